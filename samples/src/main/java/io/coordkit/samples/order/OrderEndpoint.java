package io.coordkit.samples.order;

import io.coordkit.CoordException;
import io.coordkit.samples.proto.ListProductsRequest;
import io.coordkit.samples.proto.OrderAudit;
import io.coordkit.samples.proto.OrderAuditRequest;
import io.coordkit.samples.proto.OrderServiceGrpc;
import io.coordkit.samples.proto.PlaceOrderReply;
import io.coordkit.samples.proto.PlaceOrderRequest;
import io.coordkit.samples.proto.ProductList;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order service over gRPC. INVALID_ARGUMENT says that nothing was placed; every other failure that the order may or
 * may not have been. Thread-safe.
 */
final class OrderEndpoint extends OrderServiceGrpc.OrderServiceImplBase {
    private static final Logger log = LoggerFactory.getLogger(OrderEndpoint.class);
    private static final Duration MAX_DRAIN = Duration.ofMinutes(10);

    private final Catalogue catalogue;
    private final OrderDesk desk;
    private final OrderGate gate;
    private final OrderAuditor auditor;

    OrderEndpoint(Catalogue catalogue, OrderDesk desk, OrderGate gate, OrderAuditor auditor) {
        this.catalogue = catalogue;
        this.desk = desk;
        this.gate = gate;
        this.auditor = auditor;
    }

    @Override
    public void placeOrder(PlaceOrderRequest request, StreamObserver<PlaceOrderReply> answer) {
        answer("PlaceOrder " + request.getOrderNo(), answer, () -> {
            NewOrder order = catalogue.check(request);
            answer.onNext(gate.pass(() -> desk.place(order)).toReply());
            return true;
        });
    }

    @Override
    public void listProducts(ListProductsRequest request, StreamObserver<ProductList> answer) {
        answer("ListProducts", answer, () -> {
            answer.onNext(catalogue.refresh());
            return true;
        });
    }

    @Override
    public void audit(OrderAuditRequest request, StreamObserver<OrderAudit> answer) {
        answer("Audit", answer, () -> {
            Duration patience =
                    Duration.ofMillis(Math.max(0, Math.min(MAX_DRAIN.toMillis(), request.getDrainMillis())));
            gate.drained(patience, () -> {
                auditor.drain(patience);
                auditor.read(answer::onNext);
                return true;
            });
            return true;
        });
    }

    private static void answer(String what, StreamObserver<?> answer, Callable<Boolean> work) {
        try {
            work.call();
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
                    .withCause(e)
                    .asRuntimeException());
        } catch (Exception e) {
            log.error("{} failed; this is a defect", what, e);
            answer.onError(Status.INTERNAL.withDescription(what + ": " + e).asRuntimeException());
        }
    }
}
