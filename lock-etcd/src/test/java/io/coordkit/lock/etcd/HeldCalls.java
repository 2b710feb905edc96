package io.coordkit.lock.etcd;

import io.etcd.jetcd.api.TxnRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A network that keeps conditional transactions on their way for as long as it likes, and delivers them in the end. */
final class HeldCalls implements ClientInterceptor {
    private final List<Runnable> held = new ArrayList<>();
    private final List<CountDownLatch> answers = new ArrayList<>();
    private boolean holding;

    /** Conditional transactions that are sent from now on do not arrive. */
    synchronized void hold() {
        holding = true;
    }

    /** What is sent from now on arrives; what is held does not yet. */
    synchronized void pass() {
        holding = false;
    }

    /** What is held arrives, and has been answered when this returns. */
    void deliver() throws InterruptedException {
        synchronized (this) {
            held.forEach(Runnable::run);
            held.clear();
        }
        for (CountDownLatch answer : answers) {
            if (!answer.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a call was not answered");
            }
        }
    }

    synchronized int count() {
        return answers.size();
    }

    /** Runs it now or on delivery. */
    private synchronized void sendOrHold(boolean hold, Runnable send) {
        if (hold) {
            held.add(send);
        } else {
            send.run();
        }
    }

    private synchronized boolean holds(Object message, CountDownLatch answer) {
        boolean hold = holding && message instanceof TxnRequest request && request.getCompareCount() > 0;
        if (hold) {
            answers.add(answer);
        }
        return hold;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        CountDownLatch answer = new CountDownLatch(1);
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            private boolean hold;

            @Override
            public void start(Listener<A> listener, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                super.onClose(status, trailers);
                                answer.countDown();
                            }
                        },
                        headers);
            }

            @Override
            public void sendMessage(Q message) {
                hold = holds(message, answer);
                sendOrHold(hold, () -> super.sendMessage(message));
            }

            @Override
            public void halfClose() {
                sendOrHold(hold, super::halfClose);
            }
        };
    }
}
