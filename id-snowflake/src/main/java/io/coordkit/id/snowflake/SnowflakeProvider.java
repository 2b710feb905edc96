package io.coordkit.id.snowflake;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdGeneratorProvider;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.observe.CoordObserver;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Serves {@code type = snowflake}.
 *
 * <table>
 * <caption>Settings below {@code coordkit.ids.<tag>}; one of the first two must be set</caption>
 * <tr><td>{@code worker}</td><td>a number, or {@code ordinal} for that of a StatefulSet's pod</td></tr>
 * <tr><td>{@code worker-store}</td><td>where numbers are leased: {@code jdbc:...}, {@code redis://...},
 * {@code etcd://...}, {@code zk://...}; the module of that store may read more settings</td></tr>
 * <tr><td>{@code datacenter}</td><td>in layouts that have one, with {@code worker} the machine in it</td></tr>
 * <tr><td>{@code layout}</td><td>as {@link SnowflakeLayout#parse} takes it, default {@code 41/10/12}</td></tr>
 * <tr><td>{@code epoch}</td><td>ISO-8601, default {@code 2024-01-01T00:00:00Z}</td></tr>
 * <tr><td>{@code window}, {@code borrow}, {@code patience}, {@code horizon}</td><td>ISO-8601, see
 * {@link SnowflakeOptions}</td></tr>
 * </table>
 */
public final class SnowflakeProvider implements IdGeneratorProvider {

    /** For {@link java.util.ServiceLoader}. */
    public SnowflakeProvider() {}

    @Override
    public String type() {
        return "snowflake";
    }

    @Override
    public IdGenerator open(String tag, Settings settings, CoordObserver observer) {
        try {
            SnowflakeOptions options = options(settings);
            WorkerLeaseSource source = source(tag, settings, options.layout());
            try {
                return SnowflakeIds.leased(tag, source, options, observer, source::close);
            } catch (RuntimeException e) {
                source.close();
                throw e;
            }
        } catch (DateTimeParseException e) {
            throw new ConfigurationException(
                    "Ids '" + tag + "': epoch must be an instant such as 2024-01-01T00:00:00Z, was '"
                            + e.getParsedString() + "'",
                    e);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("Ids '" + tag + "': " + e.getMessage(), e);
        }
    }

    private static SnowflakeOptions options(Settings settings) {
        SnowflakeOptions defaults = SnowflakeOptions.DEFAULTS;
        return new SnowflakeOptions(
                settings.text("layout").map(SnowflakeLayout::parse).orElse(defaults.layout()),
                settings.text("epoch").map(Instant::parse).orElse(defaults.epoch()),
                settings.duration("patience").orElse(defaults.patience()),
                settings.duration("borrow").orElse(defaults.borrow()),
                settings.duration("window").orElse(defaults.window()),
                settings.duration("horizon").orElse(defaults.horizon()));
    }

    private static WorkerLeaseSource source(String tag, Settings settings, SnowflakeLayout layout) {
        Optional<String> store = settings.text("worker-store");
        if (store.isPresent()) {
            if (settings.text("worker").isPresent()) {
                throw new ConfigurationException(
                        "Ids '" + tag + "': set either worker or worker-store; a leased number cannot be chosen");
            }
            return WorkerLeases.open(store.get(), settings);
        }
        String worker = settings.requireText("worker");
        if (worker.equals("ordinal")) {
            return WorkerLeases.ordinal();
        }
        int machine = settings.integer("worker").orElseThrow();
        Optional<Integer> datacenter = settings.integer("datacenter");
        return WorkerLeases.fixed(datacenter.isPresent() ? layout.worker(datacenter.get(), machine) : machine);
    }
}
