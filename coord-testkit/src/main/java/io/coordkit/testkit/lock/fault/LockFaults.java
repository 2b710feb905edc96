package io.coordkit.testkit.lock.fault;

import io.coordkit.testkit.server.TcpProxy;
import io.coordkit.testkit.server.TestServer;
import java.time.Duration;
import java.util.List;

/** The faults by which locks are usually lost. */
public final class LockFaults {

    /** Nothing happens. */
    public static final LockFault NONE = new LockFault("none", LockFaults::calm);

    /** Nothing happens, and nobody is overtaken. */
    public static final LockFault NONE_FAIR = new LockFault("none, fair", true, false, LockFaults::calm);

    /** The holder's process is stopped for longer than its TTL, goes on, and writes. */
    public static final LockFault HOLDER_PAUSED = new LockFault("holder paused (SIGSTOP) past its TTL", run -> {
        FaultRun.Worker holder = run.keepHolder();
        holder.pause();
        long paused = System.nanoTime();
        try {
            run.awaitEntryAfter(paused);
        } finally {
            holder.resume();
        }
        run.awaitRefusalOrTtl();
        run.letHolderGo();
        return paused;
    });

    /** The holder's process is killed. */
    public static final LockFault HOLDER_KILLED = new LockFault("holder killed (kill -9)", run -> {
        FaultRun.Worker holder = run.keepHolder();
        holder.kill();
        run.letHolderGo();
        return System.nanoTime();
    });

    /** Every server is stopped for longer than the TTL, and goes on. */
    public static final LockFault SERVERS_PAUSED = new LockFault("servers paused (SIGSTOP)", run -> {
        run.servers().forEach(TestServer::pause);
        try {
            run.waitTtls(1.5);
        } finally {
            run.servers().forEach(TestServer::resume);
        }
        return System.nanoTime();
    });

    /** Every server, which has a network of its own, is off it for longer than the TTL, and is back. */
    public static final LockFault SERVERS_DISCONNECTED = new LockFault("servers off their network", run -> {
        run.servers().forEach(TestServer::disconnect);
        try {
            run.waitTtls(1.5);
        } finally {
            run.servers().forEach(TestServer::reconnect);
        }
        return System.nanoTime();
    });

    /** Every server is killed, and started again with what it has kept. */
    public static final LockFault SERVERS_KILLED = new LockFault("servers killed, back with their data", run -> {
        run.servers().forEach(TestServer::kill9);
        run.waitTtls(0.5);
        run.restart(run.servers());
        return System.nanoTime();
    });

    /** Every server is killed, and started again without data; whoever runs them raises the era where he must. */
    public static final LockFault SERVERS_EMPTIED = new LockFault("servers killed, back without their data", run -> {
        run.keepHolder();
        run.servers().forEach(TestServer::kill9);
        run.raiseEraIfNeeded();
        run.restartEmpty(run.servers());
        long back = System.nanoTime();
        run.awaitEntryAfter(back);
        run.awaitRefusalOrTtl();
        run.letHolderGo();
        return back;
    });

    /** What the servers answer is lost for longer than the TTL, though they carry it out. */
    public static final LockFault REPLIES_DROPPED = new LockFault("replies dropped", run -> {
        run.workers().forEach(worker -> worker.links().forEach(TcpProxy::dropReplies));
        run.waitTtls(1.5);
        run.workers().forEach(worker -> worker.links().forEach(TcpProxy::mend));
        return System.nanoTime();
    });

    /** The holder is cut off from every server for longer than its TTL, and goes on writing. */
    public static final LockFault HOLDER_CUT_OFF = holderCutOff("all", Integer.MAX_VALUE);

    /**
     * What the holder sends is lost, while what it is answered still comes, and comes late: whoever counts its TTL from
     * an answer thinks that it holds when another does.
     */
    public static final LockFault REPLIES_LATE = new LockFault("holder's renewals lost, replies late", run -> {
        Duration late = run.ttl().multipliedBy(2).dividedBy(5);
        FaultRun.Worker holder = run.watchHolder();
        run.waitTtls(1); // a first renewal may take more than one round trip
        holder.links().forEach(link -> link.delayReplies(late));
        run.waitTtls(1);
        holder.links().forEach(TcpProxy::cutRequests);
        long cut = System.nanoTime();
        run.awaitEntryAfter(cut);
        run.waitTtls(0.5);
        run.letHolderGo();
        holder.links().forEach(link -> link.delayReplies(Duration.ZERO));
        holder.links().forEach(TcpProxy::mend);
        return cut;
    });

    /** The leader is killed, and comes back. */
    public static final LockFault LEADER_KILLED = new LockFault("leader killed, back later", run -> {
        TestServer leader = run.leader();
        leader.kill9();
        long killed = System.nanoTime();
        run.awaitEntryAfter(killed);
        run.restart(List.of(leader));
        return killed;
    });

    /**
     * Two of several servers are killed, a holder is elected by the others, and then the two, which it does not reach, and
     * one of those who elected it come back without their data: together they could elect another.
     */
    public static final LockFault VOTES_FORGOTTEN =
            new LockFault("two servers killed, they and a third back without their data", run -> {
                List<? extends TestServer> dead = run.servers().subList(0, 2);
                dead.forEach(TestServer::kill9);
                long begun = System.nanoTime();
                run.awaitEntryAfter(begun);
                List<TcpProxy> linksToThem = run.watchHolder().links().subList(0, 2);
                linksToThem.forEach(TcpProxy::cut);
                TestServer voter = run.servers().get(2);
                voter.kill9();
                run.restartEmpty(List.of(voter, dead.get(0), dead.get(1)));
                run.waitTtls(2);
                linksToThem.forEach(TcpProxy::mend);
                run.letHolderGo();
                return begun;
            });

    /** What one server that keeps its data, and those who contend on it, may suffer. */
    public static final List<LockFault> OF_ONE_SERVER = List.of(
            NONE,
            HOLDER_PAUSED,
            HOLDER_KILLED,
            HOLDER_CUT_OFF,
            REPLIES_DROPPED,
            REPLIES_LATE,
            SERVERS_PAUSED,
            SERVERS_KILLED,
            SERVERS_EMPTIED);

    /** What a cluster of three may suffer besides. */
    public static final List<LockFault> OF_THREE_MEMBERS =
            List.of(holderCutOff("one of three", 1), holderCutOff("two of three", 2), HOLDER_CUT_OFF, LEADER_KILLED);

    private static final Duration STEP = Duration.ofHours(1);

    private LockFaults() {}

    private static long calm(FaultRun run) throws InterruptedException {
        long begun = System.nanoTime();
        run.waitTtls(1);
        return begun;
    }

    /**
     * The holder is cut off from some of several servers for longer than its TTL, and goes on writing.
     *
     * @param which of them, in words
     * @param count how many; more than there are is all
     */
    public static LockFault holderCutOff(String which, int count) {
        return new LockFault("holder cut off from " + which, run -> {
            FaultRun.Worker holder = run.keepHolder();
            long cut = System.nanoTime();
            holder.links().stream().limit(count).forEach(TcpProxy::cut);
            run.waitTtls(1.5);
            boolean another = run.hasEntryAfter(cut);
            holder.links().forEach(TcpProxy::mend);
            run.awaitRefusalOrTtl();
            run.letHolderGo();
            return another ? cut : System.nanoTime();
        });
    }

    /**
     * The wall clock of some servers is set an hour forward while somebody holds who writes without asking.
     *
     * @param which of them, in words
     * @param count how many; more than there are is all
     * @param fencedOnly whether that is more than the store can bear
     */
    public static LockFault clocksForward(String which, int count, boolean fencedOnly) {
        return new LockFault("clock of " + which + " an hour forward", false, fencedOnly, run -> {
            run.keepHolder();
            run.setClocks(count, STEP);
            long set = System.nanoTime();
            run.waitTtls(2);
            boolean another = run.hasEntryAfter(set);
            run.letHolderGo();
            return another ? set : System.nanoTime();
        });
    }

    /**
     * The wall clock of some servers is set an hour back, and the holder dies. After two TTLs the clock is right again.
     *
     * @param which of them, in words
     * @param count how many; more than there are is all
     * @param fencedOnly whether that is more than the store can bear
     */
    public static LockFault clocksBack(String which, int count, boolean fencedOnly) {
        return new LockFault("clock of " + which + " an hour back, holder killed", false, fencedOnly, run -> {
            FaultRun.Worker holder = run.keepHolder();
            run.setClocks(count, STEP.negated());
            holder.kill();
            long killed = System.nanoTime();
            run.waitTtls(2);
            boolean another = run.hasEntryAfter(killed);
            run.setClocks(count, Duration.ZERO);
            run.letHolderGo();
            return another ? killed : System.nanoTime();
        });
    }
}
