package io.coordkit.lock.etcd;

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

/** A network that keeps transactions on their way for as long as it likes, and delivers them in the end. */
final class HeldCalls implements ClientInterceptor {
    private final List<Runnable> held = new ArrayList<>();
    private final List<CountDownLatch> ends = new ArrayList<>();
    private boolean holding;

    /** Transactions that are sent from now on do not arrive. */
    synchronized void hold() {
        holding = true;
    }

    /** Transactions that are sent from now on arrive; those held do not yet. */
    synchronized void pass() {
        holding = false;
    }

    /** Those held arrive, and have been answered when this returns. */
    void deliver() throws InterruptedException {
        synchronized (this) {
            held.forEach(Runnable::run);
            held.clear();
        }
        for (CountDownLatch end : ends) {
            if (!end.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a call was not answered");
            }
        }
    }

    synchronized int count() {
        return ends.size();
    }

    @Override
    public synchronized <Q, A> ClientCall<Q, A> interceptCall(
            MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        ClientCall<Q, A> call = next.newCall(method, options);
        if (!holding || !"etcdserverpb.KV/Txn".equals(method.getFullMethodName())) {
            return call;
        }
        CountDownLatch end = new CountDownLatch(1);
        ends.add(end);
        return new SimpleForwardingClientCall<>(call) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                held.add(() -> super.start(
                        new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                super.onClose(status, trailers);
                                end.countDown();
                            }
                        },
                        headers));
            }

            @Override
            public void sendMessage(Q message) {
                held.add(() -> super.sendMessage(message));
            }

            @Override
            public void request(int messages) {
                held.add(() -> super.request(messages));
            }

            @Override
            public void halfClose() {
                held.add(super::halfClose);
            }
        };
    }
}
