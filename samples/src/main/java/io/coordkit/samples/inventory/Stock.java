package io.coordkit.samples.inventory;

import io.coordkit.samples.data.ProductFile;
import io.coordkit.samples.proto.Product;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The inventory's tables, and the catalogue in them. Thread-safe. */
final class Stock {
    private static final Logger log = LoggerFactory.getLogger(Stock.class);
    private static final String[] TABLES = {
        """
        CREATE TABLE IF NOT EXISTS products (
          sku VARCHAR(40) PRIMARY KEY,
          price_cents BIGINT NOT NULL,
          initial BIGINT NOT NULL,
          available BIGINT NOT NULL CHECK (available >= 0),
          reserved BIGINT NOT NULL CHECK (reserved >= 0),
          sold BIGINT NOT NULL CHECK (sold >= 0),
          fence_era INT NOT NULL,
          fence_token BIGINT NOT NULL)
        """, """
        CREATE TABLE IF NOT EXISTS reservations (
          reservation_id BIGINT PRIMARY KEY,
          gid VARCHAR(64) NOT NULL,
          branch VARCHAR(32) NOT NULL,
          order_no VARCHAR(50) NOT NULL,
          sku VARCHAR(40) NOT NULL,
          quantity BIGINT NOT NULL,
          price_cents BIGINT NOT NULL,
          state VARCHAR(10) NOT NULL)
        """, "CREATE INDEX IF NOT EXISTS reservations_by_branch ON reservations (gid, branch)"
    };

    private final Jdbi jdbi;

    private Stock(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** The stock in that database; its tables are created if they are not there. */
    static Stock in(DataSource database) {
        Jdbi jdbi = Jdbi.create(database);
        jdbi.useHandle(handle -> {
            for (String table : TABLES) {
                handle.execute(table);
            }
        });
        return new Stock(jdbi);
    }

    /**
     * Puts in the products that are not there yet. Those that are keep their price and stock: what was sold was sold
     * at that price.
     */
    void add(List<ProductFile.Product> products) {
        Map<String, Product> known = products().stream().collect(Collectors.toMap(Product::getSku, product -> product));
        for (ProductFile.Product product : products) {
            Product stored = known.get(product.sku());
            if (stored != null
                    && (stored.getPriceCents() != product.priceCents() || stored.getInitial() != product.stock())) {
                log.warn(
                        "{} is in the database with price {} and stock {}, which stand; the file has {} and {}",
                        product.sku(),
                        stored.getPriceCents(),
                        stored.getInitial(),
                        product.priceCents(),
                        product.stock());
            }
        }
        jdbi.useTransaction(handle -> products.stream()
                .filter(product -> !known.containsKey(product.sku()))
                .forEach(product -> handle.execute(
                        "INSERT INTO products (sku, price_cents, initial, available, reserved, sold, fence_era,"
                                + " fence_token) VALUES (?, ?, ?, ?, 0, 0, 0, 0)",
                        product.sku(),
                        product.priceCents(),
                        product.stock(),
                        product.stock())));
    }

    /** The catalogue, sorted by SKU. */
    List<Product> products() {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT sku, price_cents, initial FROM products ORDER BY sku")
                        .map((row, context) -> Product.newBuilder()
                                .setSku(row.getString("sku"))
                                .setPriceCents(row.getLong("price_cents"))
                                .setInitial(row.getLong("initial"))
                                .build())
                        .list());
    }

    Jdbi jdbi() {
        return jdbi;
    }
}
