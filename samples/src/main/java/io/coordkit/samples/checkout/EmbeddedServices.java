package io.coordkit.samples.checkout;

import io.coordkit.samples.inventory.InventoryMain;
import io.coordkit.samples.order.OrderMain;
import io.coordkit.samples.service.Lifetime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Redis, inventory and order, each a process of its own on the loopback address, with their data in one directory.
 * Started and closed by one thread; {@link #restartInventory} may be called by another in between.
 */
final class EmbeddedServices implements AutoCloseable {
    static final String INVENTORY = "inventory";
    static final String ORDER = "order";

    private static final int LOWEST_PORT = 22_000;
    private static final int HIGHEST_PORT = 32_000;

    private final Setting setting;
    private final String redis;
    private final ServiceProcess order;
    private final Lifetime lifetime;
    private volatile ServiceProcess inventory;

    private EmbeddedServices(
            Setting setting, String redis, ServiceProcess inventory, ServiceProcess order, Lifetime lifetime) {
        this.setting = setting;
        this.redis = redis;
        this.inventory = inventory;
        this.order = order;
        this.lifetime = lifetime;
    }

    /** Where inventory keeps and finds what it needs. */
    private record Setting(DataDirectory data, Path products, String redisUrl, int orderPort) {}

    /**
     * Starts them. What an earlier run left behind in that directory is adopted or ended first.
     *
     * @param redisUrl a Redis to use; empty for an embedded one
     * @throws io.coordkit.samples.service.StartupException if one of them refuses to start
     */
    static EmbeddedServices start(DataDirectory data, Path products, Optional<String> redisUrl)
            throws InterruptedException {
        data.pidFile(ORDER).endProcess();
        data.pidFile(INVENTORY).endProcess();
        Lifetime lifetime = new Lifetime();
        try {
            String redis;
            String url;
            if (redisUrl.isPresent()) {
                data.pidFile(RedisProcess.NAME).endProcess();
                url = redisUrl.get();
                redis = "Redis at " + url;
            } else {
                RedisProcess own = lifetime.owns(RedisProcess.in(data));
                url = own.url();
                redis = own.description();
            }
            Setting setting = new Setting(data, products, url, freePort());
            ServiceProcess inventory = startInventory(setting, 0);
            ServiceProcess order = startOrder(setting, inventory);
            return new EmbeddedServices(setting, redis, inventory, order, lifetime);
        } catch (RuntimeException | InterruptedException e) {
            lifetime.close();
            throw e;
        }
    }

    /**
     * A port for order, which inventory is told before order starts; from below those of outgoing connections, so that
     * none of them takes it meanwhile.
     */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException e) {
                // Taken: another.
            }
        }
    }

    private static ServiceProcess startOrder(Setting setting, ServiceProcess inventory) throws InterruptedException {
        try {
            return ServiceProcess.start(
                    ORDER,
                    OrderMain.class,
                    setting.data(),
                    List.of(
                            "--port",
                            Integer.toString(setting.orderPort()),
                            "--db",
                            setting.data().path().resolve("order-db").toString(),
                            "--redis",
                            setting.redisUrl(),
                            "--inventory",
                            "127.0.0.1:" + inventory.port()));
        } catch (RuntimeException | InterruptedException e) {
            inventory.close();
            throw e;
        }
    }

    private static ServiceProcess startInventory(Setting setting, int port) throws InterruptedException {
        return ServiceProcess.start(
                INVENTORY,
                InventoryMain.class,
                setting.data(),
                List.of(
                        "--port",
                        Integer.toString(port),
                        "--db",
                        setting.data().path().resolve("inventory-db").toString(),
                        "--redis",
                        setting.redisUrl(),
                        "--order",
                        "127.0.0.1:" + setting.orderPort(),
                        "--products",
                        setting.products().toAbsolutePath().toString()));
    }

    /** Kills inventory as {@code kill -9} does, and returns its process id. */
    long killInventory() throws InterruptedException {
        inventory.kill();
        return inventory.pid();
    }

    /** Starts inventory again, on the same port and data. */
    void restartInventory() throws InterruptedException {
        inventory = startInventory(setting, inventory.port());
    }

    String orderAddress() {
        return "127.0.0.1:" + order.port();
    }

    boolean orderIsAlive() {
        return order.isAlive();
    }

    /** What runs where, for the user. */
    String description() {
        return redis + ", inventory on port " + inventory.port() + ", order on port " + order.port() + "; data in "
                + setting.data().path();
    }

    @Override
    public void close() {
        order.close();
        inventory.close();
        lifetime.close();
    }
}
