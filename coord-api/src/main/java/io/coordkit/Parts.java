package io.coordkit;

import io.coordkit.config.Settings;
import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdGeneratorProvider;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.spi.TccProvider;
import io.coordkit.txn.spi.TwoPhaseProvider;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the parts of a kit from settings. */
final class Parts {
    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    private Parts() {}

    static void open(Settings settings, CoordObserver observer, Coordkit.Builder builder) {
        Settings lockSettings = settings.below("locks");
        if (!lockSettings.names().isEmpty()) {
            LockClient locks = Locks.open(lockSettings.requireText("uri"), lockSettings, observer);
            builder.opened.push(locks);
            builder.locks(locks);
            lockSettings
                    .text("require")
                    .ifPresent(names -> Arrays.stream(names.split(","))
                            .forEach(name -> builder.requireLocks(guarantee(name.strip()))));
            lockSettings.refuseUnread();
        }

        Settings ids = settings.below("ids");
        for (String tag : ids.names()) {
            Settings own = ids.below(tag);
            IdGenerator generator =
                    generatorProvider(tag, own.requireText("type")).open(tag, own, observer);
            builder.opened.push(generator);
            builder.ids(generator);
            own.refuseUnread();
        }
        ids.refuseUnread();

        Settings tccSettings = settings.below("tcc");
        if (!tccSettings.names().isEmpty()) {
            Tcc tcc = ServiceLoader.load(TccProvider.class)
                    .findFirst()
                    .orElseThrow(() -> new ConfigurationException(
                            "coordkit.tcc is set, but no TCC module is on the class path; add txn-tcc"))
                    .open(tccSettings, observer);
            builder.opened.push(tcc);
            builder.tcc(tcc);
            tccSettings.refuseUnread();
        }

        Settings twoPhaseSettings = settings.below("two-phase");
        if (!twoPhaseSettings.names().isEmpty()) {
            TwoPhase twoPhase = ServiceLoader.load(TwoPhaseProvider.class)
                    .findFirst()
                    .orElseThrow(() -> new ConfigurationException(
                            "coordkit.two-phase is set, but no such module is on the class path; add txn-2pc"))
                    .open(twoPhaseSettings, observer);
            builder.opened.push(twoPhase);
            builder.twoPhase(twoPhase);
            twoPhaseSettings.refuseUnread();
        }
    }

    private static LockGuarantee guarantee(String name) {
        try {
            return LockGuarantee.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    "coordkit.locks.require knows " + Arrays.toString(LockGuarantee.values()) + ", not '" + name + "'",
                    e);
        }
    }

    private static IdGeneratorProvider generatorProvider(String tag, String type) {
        return ServiceLoader.load(IdGeneratorProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.type().equals(type))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException("coordkit.ids." + tag + ".type is '" + type
                        + "', but no module on the class path makes such ids; add id-" + type));
    }

    /** Closes all, newest first, and empties the list. */
    static void closeAll(Deque<AutoCloseable> opened) {
        for (AutoCloseable part = opened.poll(); part != null; part = opened.poll()) {
            try {
                part.close();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                log.warn("Could not close {}", part, e);
            }
        }
    }
}
