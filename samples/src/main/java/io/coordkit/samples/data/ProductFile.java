package io.coordkit.samples.data;

import io.coordkit.samples.service.StartupException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code products.csv}: {@code sku,price_cents,stock}. */
public final class ProductFile {
    /** The header of the file. */
    public static final String HEADER = "sku,price_cents,stock";

    /** The longest SKU. */
    public static final int MAX_SKU = 40;

    private static final long MAX_PRICE = 100_000_000;
    private static final long MAX_STOCK = 1_000_000_000;

    private ProductFile() {}

    /** A product at its beginning. */
    public record Product(String sku, long priceCents, long stock) {}

    /**
     * The products, in the order of the file. Stock is what everything else is measured by: a file with any mistake is
     * refused.
     *
     * @throws StartupException if the file is not there, or naming the first line that is malformed
     */
    public static List<Product> read(Path file) {
        Map<String, Product> products = new LinkedHashMap<>();
        CsvLines.read(file, "products", HEADER, new CsvLines.Sink() {
            @Override
            public void accept(int lineNumber, List<String> fields) throws CsvLines.MalformedLine {
                Product product = new Product(
                        CsvLines.key("sku", fields.get(0), MAX_SKU),
                        CsvLines.number("price_cents", fields.get(1), 1, MAX_PRICE),
                        CsvLines.number("stock", fields.get(2), 0, MAX_STOCK));
                if (products.putIfAbsent(product.sku(), product) != null) {
                    throw new CsvLines.MalformedLine("repeats sku '" + product.sku() + "'");
                }
            }

            @Override
            public void malformed(int lineNumber, String why) {
                throw new StartupException("products file " + file + ", line " + lineNumber + ": " + why);
            }
        });
        if (products.isEmpty()) {
            throw new StartupException("products file " + file + " has no products");
        }
        return new ArrayList<>(products.values());
    }
}
