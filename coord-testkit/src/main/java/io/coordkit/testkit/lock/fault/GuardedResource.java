package io.coordkit.testkit.lock.fault;

import io.coordkit.testkit.lock.fault.HistoryEvent.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a lock guards: a resource on loopback that workers enter and write to, and that keeps a history of it. Everything
 * happens there one after the other, so the history needs no clocks to be in order.
 *
 * <p>It is fenced as {@code SqlFence} fences a row: it accepts nothing from a holder older than the newest it has heard.
 * Thread-safe; a daemon thread for each worker.
 */
final class GuardedResource implements AutoCloseable {
    /** What a worker that is inside is told. */
    enum Order {
        /** To leave when it is done. */
        GO,
        /** To stay, and to write without asking the lock. */
        STAY,
        /** To stay, and to write for as long as the lock says that it is held. */
        WATCH
    }

    private final ServerSocket listener;
    private final boolean fenced;
    private final List<HistoryEvent> events = new ArrayList<>();
    private final Set<Socket> workers = new HashSet<>();
    private HistoryEvent newest = new HistoryEvent(Kind.ENTER, 0, 0, 0, 1, true, true, 0);
    private Order order = Order.GO;
    private OptionalInt kept = OptionalInt.empty();
    private long tenures;
    private int era;

    /**
     * A resource that nobody has entered.
     *
     * @param fenced false to see what happens to one that takes every write
     */
    GuardedResource(boolean fenced) {
        this.fenced = fenced;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::serveAll);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** What has happened so far. */
    synchronized History history() {
        return new History(events);
    }

    /** The store has been replaced, and whoever runs it says so: holders from before are older than all from now on. */
    synchronized void raiseEra() {
        era++;
    }

    /** The next worker to enter is given that order, until {@link #letGo}. */
    synchronized void keepNext(Order given) {
        order = given;
        kept = OptionalInt.empty();
    }

    /** The worker who has been given the order, once it has entered. */
    synchronized OptionalInt kept() {
        return kept;
    }

    /** Nobody need stay inside. */
    synchronized void letGo() {
        order = Order.GO;
    }

    private void serveAll() {
        while (!listener.isClosed()) {
            try {
                Socket worker = listener.accept();
                synchronized (this) {
                    workers.add(worker);
                }
                daemon(() -> serve(worker));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket worker) {
        try (worker) {
            worker.setTcpNoDelay(true);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(worker.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = worker.getOutputStream();
            Visit visit = new Visit();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write((visit.happens(line) + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException gone) {
            // The worker was killed.
        } finally {
            synchronized (this) {
                workers.remove(worker);
            }
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "coordkit-guarded-resource");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
            synchronized (this) {
                for (Socket worker : workers) {
                    worker.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One worker's connection, and the tenure in which it is. */
    private final class Visit {
        private int requestedInEra;
        private long tenure;

        /** Takes {@code KIND worker token checked}, answers with whether it is accepted, and an order. */
        String happens(String line) {
            String[] words = line.split(" ", -1);
            Kind kind = Kind.valueOf(words[0]);
            synchronized (GuardedResource.this) {
                HistoryEvent event = judge(
                        kind, Integer.parseInt(words[1]), Long.parseLong(words[2]), Boolean.parseBoolean(words[3]));
                events.add(event);
                return event.accepted() + " " + orderFor(event);
            }
        }

        private HistoryEvent judge(Kind kind, int worker, long token, boolean checked) {
            if (kind == Kind.REQUEST) {
                requestedInEra = era;
                tenure = 0;
            } else if (kind == Kind.ENTER) {
                tenure = ++tenures;
            }
            HistoryEvent asked =
                    new HistoryEvent(kind, worker, tenure, requestedInEra, token, checked, true, System.nanoTime());
            if (kind == Kind.ENTER || kind == Kind.WRITE) {
                if (asked.isOlderThan(newest) && token != 0 && fenced) {
                    return new HistoryEvent(kind, worker, tenure, requestedInEra, token, checked, false, asked.at());
                }
                newest = asked.isOlderThan(newest) ? newest : asked;
            }
            return asked;
        }

        private Order orderFor(HistoryEvent event) {
            if (order != Order.GO && kept.isEmpty() && event.kind() == Kind.ENTER && event.accepted()) {
                kept = OptionalInt.of(event.worker());
            }
            return kept.isPresent() && kept.getAsInt() == event.worker() ? order : Order.GO;
        }
    }
}
