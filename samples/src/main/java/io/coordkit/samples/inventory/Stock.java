package io.coordkit.samples.inventory;

import io.coordkit.samples.data.ProductFile;
import io.coordkit.samples.proto.Product;
import io.coordkit.samples.service.Tables;
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

    private final Jdbi jdbi;

    private Stock(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** The stock in that database; its tables are created if they are not there. */
    static Stock in(DataSource database) {
        Tables.ensure(database, Stock.class, "products", "reservations");
        return new Stock(Jdbi.create(database));
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
