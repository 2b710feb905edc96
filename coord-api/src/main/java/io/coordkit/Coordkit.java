package io.coordkit;

import io.coordkit.config.Settings;
import io.coordkit.id.IdGenerator;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.observe.CoordObserver;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TwoPhase;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * The facade: locks, ids and transactions of one application. Made from properties ({@link #open}) or from parts
 * ({@link #builder}).
 *
 * <p>Closing it closes what it opened from properties, transactions first, and never a part it was given. Thread-safe.
 */
public final class Coordkit implements AutoCloseable {
    private final @Nullable LockClient locks;
    private final Map<String, IdGenerator> ids;
    private final @Nullable Tcc tcc;
    private final @Nullable TwoPhase twoPhase;
    private final Deque<AutoCloseable> opened;

    private Coordkit(Builder builder) {
        locks = builder.locks;
        ids = Map.copyOf(builder.ids);
        tcc = builder.tcc;
        twoPhase = builder.twoPhase;
        opened = builder.opened;
    }

    /** A kit from properties, without an observer. See {@link #open(CoordkitConfig, CoordObserver)}. */
    public static Coordkit open(CoordkitConfig config) {
        return open(config, CoordObserver.NONE);
    }

    /**
     * Opens every part the properties name, through {@link java.util.ServiceLoader}. On failure what was opened by then
     * is closed again.
     *
     * @throws ConfigurationException if a property is missing, unknown or malformed, or a part's module is not on the
     *     class path
     * @throws BackendUnreachableException if a store does not answer
     */
    public static Coordkit open(CoordkitConfig config, CoordObserver observer) {
        Builder builder = builder();
        Settings settings = config.settings();
        try {
            Parts.open(settings, observer.guarded(), builder);
            settings.refuseUnread();
            return builder.build();
        } catch (RuntimeException e) {
            Parts.closeAll(builder.opened);
            throw e;
        }
    }

    /** A kit from parts that the caller made, and will close. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The locks.
     *
     * @throws IllegalStateException if none were configured
     */
    public LockClient locks() {
        if (locks == null) {
            throw new IllegalStateException("No locks configured: set coordkit.locks.uri or call builder().locks(...)");
        }
        return locks;
    }

    /**
     * The ids of that tag.
     *
     * @throws IllegalStateException if that tag was not configured
     */
    public IdGenerator ids(String tag) {
        IdGenerator generator = ids.get(tag);
        if (generator == null) {
            throw new IllegalStateException("No ids configured for tag '" + tag + "', only for " + ids.keySet()
                    + ": set coordkit.ids." + tag + ".type or call builder().ids(...)");
        }
        return generator;
    }

    /**
     * The TCC coordinator.
     *
     * @throws IllegalStateException if none was configured
     */
    public Tcc tcc() {
        if (tcc == null) {
            throw new IllegalStateException("No TCC configured: set coordkit.tcc.* or call builder().tcc(...)");
        }
        return tcc;
    }

    /**
     * The two-phase commit coordinator.
     *
     * @throws IllegalStateException if none was configured
     */
    public TwoPhase twoPhase() {
        if (twoPhase == null) {
            throw new IllegalStateException(
                    "No two-phase commit configured: set coordkit.two-phase.* or call builder().twoPhase(...)");
        }
        return twoPhase;
    }

    /** Closes what {@link #open} opened, newest first. Idempotent. */
    @Override
    public void close() {
        Parts.closeAll(opened);
    }

    /** Collects the parts. Not thread-safe. */
    public static final class Builder {
        private final Map<String, IdGenerator> ids = new LinkedHashMap<>();
        private final EnumSet<LockGuarantee> required = EnumSet.noneOf(LockGuarantee.class);
        final Deque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();
        private @Nullable LockClient locks;
        private @Nullable Tcc tcc;
        private @Nullable TwoPhase twoPhase;

        private Builder() {}

        /** The locks. */
        public Builder locks(LockClient client) {
            locks = client;
            return this;
        }

        /** What the locks must guarantee, or {@link #build} refuses them. */
        public Builder requireLocks(LockGuarantee... guarantees) {
            for (LockGuarantee guarantee : guarantees) {
                required.add(guarantee);
            }
            return this;
        }

        /**
         * A generator, under its tag.
         *
         * @throws ConfigurationException if that tag has one
         */
        public Builder ids(IdGenerator generator) {
            if (ids.putIfAbsent(generator.tag(), generator) != null) {
                throw new ConfigurationException("Two id generators for tag '" + generator.tag() + "'");
            }
            return this;
        }

        /** The TCC coordinator. */
        public Builder tcc(Tcc coordinator) {
            tcc = coordinator;
            return this;
        }

        /** The two-phase commit coordinator. */
        public Builder twoPhase(TwoPhase coordinator) {
            twoPhase = coordinator;
            return this;
        }

        /**
         * The kit.
         *
         * @throws ConfigurationException if a required guarantee is absent
         */
        public Coordkit build() {
            if (!required.isEmpty()) {
                if (locks == null) {
                    throw new ConfigurationException("Locks must guarantee " + required + ", but none are configured");
                }
                locks.guarantees().require(required);
            }
            return new Coordkit(this);
        }
    }
}
