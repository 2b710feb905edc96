package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.samples.inventory.InventoryMain;
import io.coordkit.samples.order.OrderMain;
import io.coordkit.testkit.server.MariaDbServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample on a server of MariaDB, by an account that has a password and its two databases. */
class MySqlTest {
    private static final String PASSWORD = "s3cret;word'";

    private static MariaDbServer server = MariaDbServer.start();

    @TempDir
    private Path directory = Path.of("unset");

    @BeforeAll
    static void createAccount() throws SQLException {
        execute("CREATE USER ann@'%' IDENTIFIED BY '" + PASSWORD.replace("'", "''") + "'");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(""));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String url(String database) {
        return "jdbc:mysql://" + server.address() + "/" + database;
    }

    private static String database(String name) throws SQLException {
        server.createDatabase(name);
        execute("GRANT ALL ON " + name + ".* TO ann@'%'");
        return url(name);
    }

    private Path passwordFile(String password) throws IOException {
        return Files.writeString(directory.resolve("password"), password + "\n");
    }

    private Launched checkout(String label, int orders, String... more) throws Exception {
        List<String> flags = new ArrayList<>(List.of(
                "--db=mysql",
                "--order-db",
                database("orders_" + label),
                "--inventory-db",
                database("inventory_" + label),
                "--db-user=ann",
                "--db-password-file",
                passwordFile(PASSWORD).toString()));
        flags.addAll(List.of(more));
        Path data = Files.createDirectories(directory.resolve("data"));
        return Launched.checkout(directory, data, Orders.file(directory, label, orders), flags.toArray(String[]::new));
    }

    @Test
    void tcc_withInventoryKilled_balances_andSoDoesTheSecondRun() throws Exception {
        String last;
        try (Launched first = checkout("tcc", 150, "--kill-inventory")) {
            List<String> out = first.assertBalanced();
            assertThat(out).anyMatch(line -> line.startsWith("Killed inventory (kill -9"));
            last = out.get(out.size() - 1);
        }
        try (Launched again = checkout("tcc", 150)) {
            List<String> out = again.assertBalanced();
            assertThat(out.get(out.size() - 1)).as("first outcomes stand").isEqualTo(last);
        }
        assertIsThere("tcc", 150);
    }

    @Test
    void twoPhase_withInventoryKilled_balances_andLeavesNothingPrepared() throws Exception {
        try (Launched checkout = checkout("xa", 150, "--tx=2pc", "--kill-inventory")) {
            assertThat(checkout.assertBalanced()).anyMatch(line -> line.startsWith("Killed inventory (kill -9"));
        }
        assertIsThere("xa", 150);
        assertThat(rows("inventory_xa", "SELECT 1 FROM coordkit_xa_guard"))
                .as("branches that the database has committed")
                .isPositive();
        assertThat(rows("", "XA RECOVER")).as("prepared branches").isZero();
    }

    private static int rows(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(database));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int count = 0;
            while (rows.next()) {
                count++;
            }
            return count;
        }
    }

    /** On the server and nowhere else, and the password in no file. */
    private void assertIsThere(String label, int orders) throws Exception {
        assertThat(rows("orders_" + label, "SELECT 1 FROM orders WHERE state <> 'PENDING'"))
                .isEqualTo(orders);
        try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(file.toString()).doesNotEndWith(".mv.db");
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain(PASSWORD);
            }
        }
    }

    private void assertRefused(Class<?> main, List<String> arguments, String... words) throws InterruptedException {
        try (Launched program = Launched.start(main, directory, arguments.toArray(String[]::new))) {
            program.assertRefused(words);
            assertThat(program.out()).noneMatch(line -> line.contains("wr0ng"));
            assertThat(program.err()).noneMatch(line -> line.contains("wr0ng"));
        }
    }

    @Test
    void wrongDatabase_isRefused() throws Exception {
        String password = passwordFile("wr0ng").toString();
        List<String> checkout = new ArrayList<>(List.of(
                "--orders",
                Orders.file(directory, "W", 1).toString(),
                "--products",
                Launched.PRODUCTS.toString(),
                "--db=mysql",
                "--order-db",
                url("orders_w"),
                "--inventory-db",
                url("inventory_w"),
                "--db-user=ann"));
        assertRefused(CheckoutMain.class, checkout, "--db-url", url("inventory_w"), "Access denied", "ann");
        checkout.addAll(List.of("--db-password-file", password));
        assertRefused(CheckoutMain.class, checkout, "--db-url", url("inventory_w"), "Access denied", "ann");
    }

    @Test
    void contradictingFlags_areRefused() throws Exception {
        String here = url("orders_x");
        for (Class<?> main : List.of(CheckoutMain.class, OrderMain.class, InventoryMain.class)) {
            assertRefused(main, List.of("--db", "oracle"), "--db", "oracle", "h2", "mysql");
        }
        assertRefused(CheckoutMain.class, List.of("--db=mysql"), "--db=mysql", "--order-db", "jdbc:mysql://");
        assertRefused(CheckoutMain.class, List.of("--db=mysql", "--order-db", here), "--db=mysql", "--inventory-db");
        assertRefused(CheckoutMain.class, List.of("--order-db", here), "--order-db", "--db=h2", here);
        assertRefused(CheckoutMain.class, List.of("--db-user", "ann"), "--db-user", "--db=h2", "ann");
        assertRefused(CheckoutMain.class, List.of("--db=mysql", "--order", "127.0.0.1:1"), "--db", "--order");
        assertRefused(
                CheckoutMain.class,
                List.of("--db=mysql", "--order-db", here, "--inventory-db", here + "?user=ann"),
                "--order-db",
                "--inventory-db",
                "two databases",
                here);
        assertRefused(
                CheckoutMain.class,
                List.of("--db=mysql", "--order-db", here + "?password=wr0ng", "--inventory-db", url("y")),
                "--order-db",
                here,
                "COORDKIT_DB_PASSWORD");
        assertRefused(OrderMain.class, List.of("--db=mysql"), "--db=mysql", "--db-url", "jdbc:mysql://");
        assertRefused(OrderMain.class, List.of("--db-url", here), "--db-url", "--db=h2", here);
        assertRefused(
                OrderMain.class,
                List.of("--db=mysql", "--db-url", here, "--db-file", "some-file"),
                "--db-file",
                "--db=mysql",
                "some-file");
        assertRefused(
                OrderMain.class,
                List.of("--db=mysql", "--db-url", here + "?user=bob", "--db-user", "ann"),
                "--db-url",
                here,
                "--db-user",
                "ann");
    }
}
