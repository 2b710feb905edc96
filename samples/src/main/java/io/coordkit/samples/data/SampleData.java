package io.coordkit.samples.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * Writes {@code products.csv} and {@code orders.csv}, always the same for the same seed: {@link Random} is specified
 * down to its arithmetic. Usage: {@code SampleData DIRECTORY [SEED]}.
 */
public final class SampleData {
    /** The seed of the files in the repository. */
    public static final long SEED = 4711;

    private static final int PRODUCTS = 50;
    private static final int HOT = 5;
    private static final int ORDERS = 2_400;
    private static final int CUSTOMERS = 300;

    private SampleData() {}

    /** Writes the files into the directory. */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args.length > 0 ? args[0] : "samples/data");
        Random random = new Random(args.length > 1 ? Long.parseLong(args[1]) : SEED);
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("products.csv"), String.join("\n", products(random)) + "\n");
        Files.writeString(directory.resolve("orders.csv"), String.join("\n", orders("O", ORDERS, random)) + "\n");
    }

    private static List<String> products(Random random) {
        List<String> lines = new ArrayList<>();
        lines.add(ProductFile.HEADER);
        for (int product = 1; product <= PRODUCTS; product++) {
            // The hot ones run out when some four fifths of the orders are placed; the others never do.
            int stock = product <= HOT ? 660 + random.nextInt(60) : 600 + random.nextInt(400);
            lines.add(sku(product) + "," + (199 + 50 * random.nextInt(200)) + "," + stock);
        }
        return lines;
    }

    /**
     * Orders of one to four lines, 30 % of which want one of the hot products.
     *
     * @param prefix what their numbers begin with
     * @return the lines of a file, the header first
     */
    public static List<String> orders(String prefix, int count, Random random) {
        List<String> lines = new ArrayList<>();
        lines.add(OrderFile.HEADER);
        for (int order = 1; order <= count; order++) {
            String head =
                    String.format(Locale.ROOT, "%s-%05d,customer-%03d,", prefix, order, 1 + random.nextInt(CUSTOMERS));
            Set<String> skus = new LinkedHashSet<>();
            int wanted = 1 + random.nextInt(4);
            while (skus.size() < wanted) {
                skus.add(sku(random.nextInt(10) < 3 ? 1 + random.nextInt(HOT) : 1 + random.nextInt(PRODUCTS)));
            }
            for (String sku : skus) {
                lines.add(head + sku + "," + (1 + random.nextInt(3)));
            }
        }
        return lines;
    }

    private static String sku(int product) {
        return String.format(Locale.ROOT, "SKU-%03d", product);
    }
}
