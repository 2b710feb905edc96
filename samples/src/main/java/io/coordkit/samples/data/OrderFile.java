package io.coordkit.samples.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads {@code orders.csv}: {@code order_no,customer,sku,quantity}, one row per line of an order. A malformed line is
 * rejected by its number and the rest goes on.
 */
public final class OrderFile {
    /** The header of the file. */
    public static final String HEADER = "order_no,customer,sku,quantity";

    /** The longest order number. */
    public static final int MAX_ORDER_NO = 50;

    /** The longest name of a customer. */
    public static final int MAX_CUSTOMER = 100;

    /** The largest quantity of a line. */
    public static final long MAX_QUANTITY = 1_000_000;

    private OrderFile() {}

    /**
     * An order.
     *
     * @param lines quantity by SKU, sorted by SKU; lines of one SKU are added up
     */
    public record Order(String orderNo, String customer, Map<String, Long> lines) {}

    /** A line that was of no use. */
    public record Rejected(int lineNumber, String why) {}

    /**
     * What a file has.
     *
     * @param orders those with at least one good line, by number, in the order of the file
     */
    public record Content(Map<String, Order> orders, List<Rejected> rejected) {}

    /**
     * Returns if there is such a file and it begins as it must.
     *
     * @throws io.coordkit.samples.service.StartupException if not
     */
    public static void check(Path file) {
        read(file, Set.of());
    }

    /**
     * Reads the file.
     *
     * @param skus those that exist; a line with another is rejected
     * @throws io.coordkit.samples.service.StartupException if the file is not there or is no orders file
     */
    public static Content read(Path file, Set<String> skus) {
        Map<String, Order> orders = new LinkedHashMap<>();
        List<Rejected> rejected = new ArrayList<>();
        CsvLines.read(file, "orders", HEADER, new CsvLines.Sink() {
            @Override
            public void accept(int lineNumber, List<String> fields) throws CsvLines.MalformedLine {
                String orderNo = CsvLines.key("order_no", fields.get(0), MAX_ORDER_NO);
                String customer = customer(fields.get(1));
                String sku = fields.get(2);
                if (!skus.contains(sku)) {
                    throw new CsvLines.MalformedLine("unknown sku '" + sku + "'");
                }
                long quantity = CsvLines.number("quantity", fields.get(3), 1, MAX_QUANTITY);
                Order order = orders.get(orderNo);
                if (order != null && !order.customer().equals(customer)) {
                    throw new CsvLines.MalformedLine("customer '" + customer + "' differs from '" + order.customer()
                            + "' in an earlier line of order " + orderNo);
                }
                orders.computeIfAbsent(orderNo, key -> new Order(key, customer, new TreeMap<>()))
                        .lines()
                        .merge(sku, quantity, Long::sum);
            }

            @Override
            public void malformed(int lineNumber, String why) {
                rejected.add(new Rejected(lineNumber, why));
            }
        });
        return new Content(orders, rejected);
    }

    private static String customer(String value) throws CsvLines.MalformedLine {
        if (value.isEmpty() || value.length() > MAX_CUSTOMER) {
            throw new CsvLines.MalformedLine(
                    "customer must be 1 to " + MAX_CUSTOMER + " characters, was " + value.length());
        }
        return value;
    }
}
