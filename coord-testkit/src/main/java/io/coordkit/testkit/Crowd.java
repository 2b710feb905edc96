package io.coordkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs tasks at once, each on a thread of its own that is used for nothing else. */
public final class Crowd {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Crowd() {}

    /** The results in the order of the tasks; all tasks begin together. The first failure is thrown. */
    public static <T> List<T> run(List<? extends Callable<T>> tasks) throws Exception {
        return run(tasks, LIMIT);
    }

    /** The same for tasks that may take that long. */
    public static <T> List<T> run(List<? extends Callable<T>> tasks, Duration limit) throws Exception {
        CyclicBarrier start = new CyclicBarrier(tasks.size());
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> task : tasks) {
                futures.add(threads.submit(() -> {
                    start.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(limit.toSeconds(), TimeUnit.SECONDS));
            }
            return results;
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("threads of the test have ended")
                    .isTrue();
        }
    }

    /** The results, in no order, of tasks of which so many at a time are under way; all together may take that long. */
    public static <T> List<T> share(List<? extends Callable<T>> tasks, int atOnce, Duration limit) throws Exception {
        Queue<Callable<T>> open = new ConcurrentLinkedQueue<>(tasks);
        Callable<List<T>> worker = () -> {
            List<T> results = new ArrayList<>();
            for (Callable<T> task = open.poll(); task != null; task = open.poll()) {
                results.add(task.call());
            }
            return results;
        };
        return run(Collections.nCopies(Math.min(atOnce, Math.max(1, tasks.size())), worker), limit).stream()
                .flatMap(List::stream)
                .toList();
    }

    /** The result of one task, on a new thread. */
    public static <T> T alone(Callable<T> task) throws Exception {
        return run(List.of(task)).get(0);
    }
}
