package io.coordkit.samples.checkout;

import io.coordkit.samples.inventory.InventoryMain;
import io.coordkit.samples.order.OrderMain;
import io.coordkit.samples.service.Lifetime;
import io.coordkit.samples.service.LockChoice;
import io.coordkit.samples.service.Secret;
import io.coordkit.samples.service.TxKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The lock store, inventory and order, each a process of its own on the loopback address, with their data in one
 * directory or on a server.
 * Started and closed by one thread; {@link #restartInventory} may be called by another in between.
 */
final class EmbeddedServices implements AutoCloseable {
    static final String INVENTORY = "inventory";
    static final String ORDER = "order";

    private static final int LOWEST_PORT = 22_000;
    private static final int HIGHEST_PORT = 32_000;

    private final Setting setting;
    private final ServiceProcess order;
    private final Lifetime lifetime;
    private volatile ServiceProcess inventory;

    private EmbeddedServices(Setting setting, ServiceProcess inventory, ServiceProcess order, Lifetime lifetime) {
        this.setting = setting;
        this.inventory = inventory;
        this.order = order;
        this.lifetime = lifetime;
    }

    /** Where inventory keeps and finds what it needs. */
    private record Setting(
            DataDirectory data,
            Path products,
            EmbeddedLocks locks,
            EmbeddedDatabases databases,
            TxKind tx,
            int orderPort,
            String secret) {}

    /**
     * Starts them. What an earlier run left behind in that directory is adopted or ended first.
     *
     * @param locks what is to carry the locks
     * @param databases where the services keep their data
     * @param tx how orders are placed in both databases
     * @throws io.coordkit.samples.service.StartupException if one of them refuses to start
     */
    static EmbeddedServices start(
            DataDirectory data, Path products, LockChoice locks, EmbeddedDatabases databases, TxKind tx)
            throws InterruptedException {
        data.pidFile(ORDER).endProcess();
        data.pidFile(INVENTORY).endProcess();
        Lifetime lifetime = new Lifetime();
        try {
            Setting setting = new Setting(
                    data,
                    products,
                    EmbeddedLocks.start(data, locks, lifetime),
                    databases,
                    tx,
                    freePort(),
                    Secret.random());
            ServiceProcess inventory = startInventory(setting, 0);
            ServiceProcess order = startOrder(setting, inventory);
            return new EmbeddedServices(setting, inventory, order, lifetime);
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
            List<String> arguments = new ArrayList<>(List.of("--port", Integer.toString(setting.orderPort())));
            arguments.addAll(setting.databases().flags(ORDER, setting.data()));
            arguments.addAll(List.of("--inventory", "127.0.0.1:" + inventory.port()));
            arguments.addAll(setting.locks().flags());
            arguments.addAll(setting.tx().flags());
            return ServiceProcess.start(ORDER, OrderMain.class, setting.data(), setting.secret(), arguments);
        } catch (RuntimeException | InterruptedException e) {
            inventory.close();
            throw e;
        }
    }

    private static ServiceProcess startInventory(Setting setting, int port) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("--port", Integer.toString(port)));
        arguments.addAll(setting.databases().flags(INVENTORY, setting.data()));
        arguments.addAll(
                List.of("--products", setting.products().toAbsolutePath().toString()));
        arguments.addAll(List.of("--order", "127.0.0.1:" + setting.orderPort()));
        arguments.addAll(setting.locks().flags());
        arguments.addAll(setting.tx().flags());
        return ServiceProcess.start(INVENTORY, InventoryMain.class, setting.data(), setting.secret(), arguments);
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
        return setting.locks().description() + ", inventory on port " + inventory.port() + ", order on port "
                + order.port() + "; data in " + setting.data().path();
    }

    @Override
    public void close() {
        order.close();
        inventory.close();
        lifetime.close();
    }
}
