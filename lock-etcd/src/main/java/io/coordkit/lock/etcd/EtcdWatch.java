package io.coordkit.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Watches one key at a time, and wakes when it is deleted. When the stream breaks, the client library resumes it where
 * it was; when it ends for good, that wakes too, a moment later. Thread-safe.
 */
final class EtcdWatch {
    private static final Duration PAUSE_AFTER_THE_END = Duration.ofMillis(500);

    private final Watch watches;
    private final Runnable wake;
    private final AtomicReference<@Nullable Vigil> current = new AtomicReference<>();

    EtcdWatch(Watch watches, Runnable wake) {
        this.watches = watches;
        this.wake = wake;
    }

    /** Watches that key for deletions from that revision on, and no other any more. */
    void follow(ByteSequence key, long fromRevision) {
        Vigil now = current.get();
        if (now != null && now.isOn(key)) {
            return;
        }
        stop();
        Vigil next = new Vigil(key);
        current.set(next);
        WatchOption deletions = WatchOption.builder()
                .withRevision(fromRevision)
                .withNoPut(true)
                .withRequireLeader(true)
                .build();
        next.began(watches.watch(key, deletions, next));
    }

    void stop() {
        Vigil over = current.getAndSet(null);
        if (over != null) {
            over.end();
        }
    }

    private final class Vigil implements Watch.Listener {
        private final ByteSequence key;
        private final AtomicReference<Watch.@Nullable Watcher> watcher = new AtomicReference<>();
        private volatile boolean over;

        Vigil(ByteSequence key) {
            this.key = key;
        }

        boolean isOn(ByteSequence wanted) {
            return !over && key.equals(wanted);
        }

        void began(Watch.Watcher begun) {
            watcher.set(begun);
            if (over) {
                begun.close();
            }
        }

        void end() {
            over = true;
            Watch.Watcher begun = watcher.get();
            if (begun != null) {
                begun.close();
            }
        }

        @Override
        public void onNext(WatchResponse response) {
            if (response.getEvents().stream().anyMatch(event -> event.getEventType() == WatchEvent.EventType.DELETE)) {
                wake.run();
            }
        }

        @Override
        public void onError(Throwable failure) {
            // The library resumes the watch, or completes it.
        }

        @Override
        public void onCompleted() {
            if (!over) {
                over = true;
                EtcdCalls.later(PAUSE_AFTER_THE_END, wake);
            }
        }
    }
}
