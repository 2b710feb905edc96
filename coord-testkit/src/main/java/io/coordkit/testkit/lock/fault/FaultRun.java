package io.coordkit.testkit.lock.fault;

import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.lock.fault.GuardedResource.Order;
import io.coordkit.testkit.server.TcpProxy;
import io.coordkit.testkit.server.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Processes that contend for one lock on a store of their own, and what a {@link LockFault} may do to them. Each reaches
 * each server over a link of its own.
 *
 * <p>Not thread-safe: one test's thread.
 */
public final class FaultRun implements AutoCloseable {
    private static final int WORKERS = 3;
    private static final int SETTLED = 5;
    private static final int LENIENT_TTLS = 10;
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final FaultStore store;
    private final Duration ttl;
    private final boolean tokensSurviveDataLoss;
    private final int connectionsBefore;
    private final GuardedResource resource;
    private final List<Worker> workers = new ArrayList<>();

    /** One contending process. */
    public static final class Worker {
        private final int number;
        private final ChildJvm process;
        private final List<TcpProxy> links;
        private boolean killed;

        private Worker(int number, ChildJvm process, List<TcpProxy> links) {
            this.number = number;
            this.process = process;
            this.links = links;
        }

        /** Its links to the servers, in their order. */
        public List<TcpProxy> links() {
            return links;
        }

        /** Stops it in its tracks (SIGSTOP). */
        public void pause() {
            process.pause();
        }

        /** Lets it go on. */
        public void resume() {
            process.resume();
        }

        /** Kills it. */
        public void kill() {
            killed = true;
            process.kill9();
        }
    }

    FaultRun(
            FaultStore store,
            Class<? extends Subject> subject,
            Duration ttl,
            String settings,
            GuardedResource resource,
            boolean tokensSurviveDataLoss,
            Path logs) {
        this.store = store;
        this.ttl = ttl;
        this.tokensSurviveDataLoss = tokensSurviveDataLoss;
        this.resource = resource;
        this.connectionsBefore = store.connections().size();
        for (int number = 1; number <= WORKERS; number++) {
            List<TcpProxy> links = store.servers().stream()
                    .map(server -> TcpProxy.to(server.port()))
                    .toList();
            ChildJvm process = ChildJvm.start(
                    FaultWorker.class,
                    logs.resolve("worker-" + number),
                    subject.getName(),
                    store.address(links.stream().map(TcpProxy::address).toList()) + settings,
                    ttl.toString(),
                    "fault",
                    Integer.toString(resource.port()),
                    Integer.toString(number));
            workers.add(new Worker(number, process, links));
        }
    }

    /** The store, as the suite has started it. */
    public FaultStore store() {
        return store;
    }

    /** The servers. */
    public List<? extends TestServer> servers() {
        return store.servers();
    }

    /** The server that leads the others. */
    public TestServer leader() {
        return store.leader();
    }

    /** The contending processes. */
    public List<Worker> workers() {
        return workers;
    }

    /** The TTL of the processes' clients. */
    public Duration ttl() {
        return ttl;
    }

    /** Waits for that many TTLs. */
    public void waitTtls(double count) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep((long) (ttl.toMillis() * count));
    }

    /** Whoever enters next, who stays inside and writes without asking the lock, until it is let go. */
    public Worker keepHolder() throws InterruptedException {
        return keep(Order.STAY);
    }

    /** Whoever enters next, who stays inside and writes for as long as the lock says that it is held. */
    public Worker watchHolder() throws InterruptedException {
        return keep(Order.WATCH);
    }

    private Worker keep(Order order) throws InterruptedException {
        resource.keepNext(order);
        await("somebody enters to stay", () -> resource.kept().isPresent());
        return workers.get(resource.kept().orElseThrow() - 1);
    }

    /** Whoever stays may go. */
    public void letHolderGo() {
        resource.letGo();
    }

    /** Whether somebody has entered since that moment. */
    public boolean hasEntryAfter(long moment) {
        return resource.history().firstEntryAfter(moment).isPresent();
    }

    /** Waits until somebody has entered since that moment. */
    public void awaitEntryAfter(long moment) throws InterruptedException {
        await("somebody gets in after the fault", () -> hasEntryAfter(moment));
    }

    /** Gives whoever wrote without asking the time to be refused: until the resource has refused once, or for a TTL. */
    public void awaitRefusalOrTtl() throws InterruptedException {
        long refused = resource.history().refused();
        becomesTrue(() -> resource.history().refused() > refused, ttl);
    }

    /** What whoever runs the store does when it has lost its data, unless its tokens rise all the same. */
    public void raiseEraIfNeeded() {
        if (!tokensSurviveDataLoss) {
            resource.raiseEra();
        }
    }

    /** Sets the clocks of the first so many servers. */
    public void setClocks(int count, Duration ahead) {
        if (store.clocks().isEmpty()) {
            throw new IllegalStateException("The servers go by the machine's clock, which is not to be set");
        }
        store.clocks().stream().limit(count).forEach(clock -> clock.set(ahead));
    }

    /** Starts servers again, together, with what they have kept. */
    public void restart(List<? extends TestServer> some) throws Exception {
        together(some, TestServer::restart);
    }

    /** Starts servers again, together, without their data. */
    public void restartEmpty(List<? extends TestServer> some) throws Exception {
        together(some, TestServer::restartEmpty);
    }

    private static void together(List<? extends TestServer> some, Consumer<TestServer> act) throws Exception {
        List<Callable<String>> tasks = some.stream()
                .map(server -> (Callable<String>) () -> {
                    act.accept(server);
                    return server.address();
                })
                .toList();
        Crowd.run(tasks);
    }

    /** Waits until the lock is in full use. */
    void settle() throws InterruptedException {
        await("all contend", () -> workers.stream().allMatch(worker -> entriesOf(worker, Long.MIN_VALUE) >= SETTLED));
    }

    /** Whether each process that lives has entered since that moment, which is waited for. */
    boolean allEnterAfter(long moment, Duration atMost) throws InterruptedException {
        return becomesTrue(
                () -> workers.stream()
                        .filter(worker -> worker.process.isAlive())
                        .allMatch(worker -> entriesOf(worker, moment) > 0),
                atMost);
    }

    private long entriesOf(Worker worker, long since) {
        return resource.history().entriesOf(worker.number, since);
    }

    History history() {
        return resource.history();
    }

    /** Ends the processes in order, and waits until nothing of theirs is left on the servers. */
    List<String> leftAfterEnd() throws InterruptedException {
        resource.close();
        List<String> left = new ArrayList<>();
        for (Worker worker : workers) {
            OptionalInt ended = worker.process.waitFor(PATIENCE);
            if (ended.isEmpty()) {
                left.add("process " + worker.number + " does not end");
            } else if (ended.getAsInt() != 0 && !worker.killed) {
                left.add("process " + worker.number + " ended with " + ended.getAsInt()
                        + ", for the reason among the errors above");
            }
        }
        workers.forEach(worker -> worker.links.forEach(TcpProxy::close));
        if (!becomesTrue(() -> onServers().isEmpty(), ttl.multipliedBy(LENIENT_TTLS))) {
            left.addAll(onServers());
        }
        return left;
    }

    private List<String> onServers() {
        List<String> left = new ArrayList<>(store.residue());
        List<String> connections = store.connections();
        if (connections.size() > connectionsBefore) { // members of a cluster may be connected to themselves
            left.add(connections.size() - connectionsBefore + " more connections: " + connections);
        }
        return left;
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        if (!becomesTrue(condition, PATIENCE)) {
            throw new AssertionError("not within " + PATIENCE + ": " + what + "; " + resource.history());
        }
    }

    private static boolean becomesTrue(BooleanSupplier condition, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        boolean is = condition.getAsBoolean();
        while (!is && System.nanoTime() - deadline < 0) {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
            is = condition.getAsBoolean();
        }
        return is;
    }

    @Override
    public void close() {
        resource.close();
        workers.forEach(worker -> {
            worker.process.close();
            worker.links.forEach(TcpProxy::close);
        });
        store.close();
    }
}
