package io.coordkit.txn.tcc;

import io.coordkit.config.Settings;
import io.coordkit.observe.CoordObserver;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.coordinator.CoordinatorSettings;
import io.coordkit.txn.spi.TccProvider;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.ServiceLoader;

/** A coordinator on a log of its own, from the settings that {@link TccCoordinator} lists. */
public final class SettingsTccProvider implements TccProvider {
    /** For {@link ServiceLoader}. */
    public SettingsTccProvider() {}

    @Override
    public Tcc open(Settings settings, CoordObserver observer) {
        Deque<Runnable> opened = new ArrayDeque<>();
        TccCoordinator.Builder builder = TccCoordinator.builder();
        try {
            CoordinatorSettings.apply(builder, "coordkit.tcc", settings, observer, opened);
            return builder.open();
        } catch (RuntimeException e) {
            CoordinatorSettings.closeAll(opened);
            throw e;
        }
    }
}
