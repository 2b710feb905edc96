package io.coordkit.samples.service;

import io.coordkit.CoordException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a served call: with what its work sent, or with a status that says what its caller may conclude. */
public final class Answers {
    private static final Logger log = LoggerFactory.getLogger(Answers.class);

    private Answers() {}

    /** What a call does; it sends its messages itself. */
    @FunctionalInterface
    public interface Work {
        /** Does it. */
        void run() throws Exception;
    }

    /**
     * Runs the work and ends the call. A status the work throws is the answer; a store that does not answer makes it
     * UNAVAILABLE, so that the caller asks again; anything else is a defect, INTERNAL.
     *
     * @param what names the call in messages
     */
    public static void answer(String what, StreamObserver<?> answer, Work work) {
        try {
            work.run();
            answer.onCompleted();
        } catch (StatusRuntimeException e) {
            answer.onError(e.getStatus()
                    .withDescription(what + ": " + e.getStatus().getDescription())
                    .asRuntimeException());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.onError(Status.UNAVAILABLE
                    .withDescription(what + ": the service is ending")
                    .asRuntimeException());
        } catch (CoordException | JdbiException e) {
            log.warn("{} has no answer", what, e);
            answer.onError(Status.UNAVAILABLE
                    .withDescription(what + ": " + e.getMessage())
                    .asRuntimeException());
        } catch (Exception e) {
            if (answer instanceof ServerCallStreamObserver<?> call && call.isCancelled()) {
                log.debug("{} was cancelled by its caller", what, e);
                return;
            }
            log.error("{} failed; this is a defect", what, e);
            answer.onError(Status.INTERNAL.withDescription(what + ": " + e).asRuntimeException());
        }
    }
}
