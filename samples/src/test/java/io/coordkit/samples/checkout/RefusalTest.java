package io.coordkit.samples.checkout;

import io.coordkit.samples.inventory.InventoryMain;
import io.coordkit.samples.order.OrderMain;
import io.coordkit.testkit.server.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong with a call is said in one line, and the exit code is 2. */
class RefusalTest {
    @TempDir
    private Path directory = Path.of("unset");

    private void assertRefused(Class<?> main, List<String> arguments, String... words) throws InterruptedException {
        try (Launched program = Launched.start(main, directory, arguments.toArray(String[]::new))) {
            program.assertRefused(words);
        }
    }

    private List<String> inventory(String redis, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--db-file",
                directory.resolve("inventory").toString(),
                "--products",
                Launched.PRODUCTS.toString(),
                "--redis",
                redis));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private List<String> order(String redis, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("--db-file", directory.resolve("order").toString(), "--redis", redis));
        arguments.addAll(List.of(more));
        return arguments;
    }

    @Test
    void wrongFlag_isRefused() throws Exception {
        for (Class<?> main : List.of(CheckoutMain.class, OrderMain.class, InventoryMain.class)) {
            assertRefused(main, List.of("--ordres", "x"), "--ordres");
        }
        assertRefused(CheckoutMain.class, List.of("--concurrency", "many"), "--concurrency", "many");
        assertRefused(CheckoutMain.class, List.of("--order", "nowhere"), "--order", "HOST:PORT", "nowhere");
        assertRefused(OrderMain.class, List.of("--port", "70000"), "--port", "70000");
        assertRefused(OrderMain.class, List.of("--bind", "nowhere.invalid"), "--bind", "nowhere.invalid");
        assertRefused(OrderMain.class, List.of("--inventory", "x:y"), "--inventory", "x:y");
        assertRefused(OrderMain.class, List.of("--timeout", "PT0S"), "--timeout", "PT0S");
        assertRefused(
                InventoryMain.class, inventory("redis://127.0.0.1:1", "--lock-ttl", "PT0S"), "--lock-ttl", "PT0S");
        assertRefused(InventoryMain.class, inventory("redis://127.0.0.1:1", "--fence-era", "-1"), "--fence-era", "-1");
    }

    @Test
    void wrongLockStore_isRefused() throws Exception {
        String orders = Orders.file(directory, "O", 1).toString();
        assertRefused(CheckoutMain.class, List.of("--lock", "zookeper"), "--lock", "zookeper", "zookeeper");
        assertRefused(
                CheckoutMain.class,
                List.of("--orders", orders, "--lock=etcd", "--redis", "redis://127.0.0.1:1"),
                "--redis",
                "--lock-uri");
        assertRefused(
                CheckoutMain.class,
                List.of("--orders", orders, "--lock=etcd", "--lock-uri", "zk://127.0.0.1:1"),
                "--lock-uri",
                "etcd://",
                "zk");
        assertRefused(CheckoutMain.class, List.of("--order", "127.0.0.1:1", "--lock=etcd"), "--order", "--lock");
        String nowhere = "127.0.0.1:" + FreePort.find();
        assertRefused(
                InventoryMain.class,
                List.of("--products", Launched.PRODUCTS.toString(), "--lock=etcd", "--lock-uri", "etcd://" + nowhere),
                nowhere);
        assertRefused(OrderMain.class, List.of("--lock=zookeeper", "--lock-uri", "zk://" + nowhere), nowhere);
    }

    @Test
    void missingFile_isRefused() throws Exception {
        Path missing = directory.resolve("missing.csv");
        Path orders = Orders.file(directory, "O", 1);

        assertRefused(
                CheckoutMain.class, List.of("--orders", missing.toString()), missing.toString(), "does not exist");
        assertRefused(
                CheckoutMain.class,
                List.of("--orders", orders.toString(), "--products", missing.toString()),
                missing.toString(),
                "does not exist");
        assertRefused(InventoryMain.class, List.of("--products", missing.toString()), missing.toString());
        assertRefused(
                CheckoutMain.class, List.of("--orders", Launched.PRODUCTS.toString()), "must begin with the line");
    }

    @Test
    void unreachableRedis_isRefused() throws Exception {
        String nowhere = "redis://127.0.0.1:" + FreePort.find();
        Path orders = Orders.file(directory, "O", 1);

        assertRefused(OrderMain.class, order(nowhere), nowhere.substring("redis://".length()));
        assertRefused(InventoryMain.class, inventory(nowhere), nowhere.substring("redis://".length()));
        assertRefused(
                CheckoutMain.class,
                List.of("--orders", orders.toString(), "--products", Launched.PRODUCTS.toString(), "--redis", nowhere),
                nowhere.substring("redis://".length()));
        assertRefused(OrderMain.class, order("rides://127.0.0.1:1"), "redis://", "rides");
    }

    @Test
    void unreachableOrderService_isRefused() throws Exception {
        Path orders = Orders.file(directory, "O", 1);
        String nowhere = "127.0.0.1:" + FreePort.find();

        assertRefused(CheckoutMain.class, List.of("--orders", orders.toString(), "--order", nowhere), nowhere);
    }

    @Test
    void busyPortAndBusyDatabase_areRefused() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        try (DataDirectory ours = DataDirectory.kept(data);
                RedisProcess redis = RedisProcess.in(ours);
                Launched inventory = Launched.start(
                        InventoryMain.class,
                        directory,
                        inventory(redis.url(), "--port", "0").toArray(String[]::new))) {
            String busy = Integer.toString(inventory.port());

            assertRefused(
                    InventoryMain.class,
                    inventory(redis.url(), "--port", "0"),
                    "inventory",
                    "in use by another process");
            assertRefused(OrderMain.class, order(redis.url(), "--port", busy), "port " + busy, "busy");
            assertRefused(
                    CheckoutMain.class,
                    List.of(
                            "--orders",
                            Orders.file(directory, "O", 1).toString(),
                            "--products",
                            Launched.PRODUCTS.toString(),
                            "--data",
                            data.toString()),
                    data.toString(),
                    "in use by another checkout");
            assertRefused(OrderMain.class, order(redis.url(), "--worker", "5000"), "--worker", "5000");
        }
    }
}
