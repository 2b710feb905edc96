package io.coordkit.samples.service;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A gRPC server, with health and reflection. Thread-safe. */
public final class GrpcServer implements AutoCloseable {
    private static final long GRACE_SECONDS = 5;

    private final Server server;
    private final HealthStatusManager health;
    private final ExecutorService threads;

    private GrpcServer(Server server, HealthStatusManager health, ExecutorService threads) {
        this.server = server;
        this.health = health;
        this.threads = threads;
    }

    /**
     * Starts serving, and says so on standard output.
     *
     * @param host the address to listen on
     * @param port 0 for any free one
     * @throws StartupException if the port is busy, or the host none of this machine's
     */
    public static GrpcServer start(String name, String host, int port, BindableService... services) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name + "-call-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        HealthStatusManager health = new HealthStatusManager();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
                .executor(threads)
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance());
        for (BindableService service : services) {
            builder.addService(service);
        }
        try {
            Server server = builder.build().start();
            System.out.println("listening on " + host + ":" + server.getPort());
            return new GrpcServer(server, health, threads);
        } catch (IOException e) {
            threads.shutdown();
            throw new StartupException(
                    "port " + port + " of " + host
                            + " cannot be used, most likely it is busy; choose another --port or --bind",
                    e);
        }
    }

    /** Serves until the server is closed. */
    public void await() throws InterruptedException {
        server.awaitTermination();
    }

    /** Takes no more calls, and gives those that run a few seconds. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        threads.shutdown();
    }
}
