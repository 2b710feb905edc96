package io.coordkit.samples.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleDataTest {
    private static final Path COMMITTED = Path.of("data");

    @TempDir
    private Path fresh = Path.of("unset");

    @Test
    void generator_writesExactlyTheCommittedFiles() throws IOException {
        SampleData.main(new String[] {fresh.toString()});

        for (String file : new String[] {"products.csv", "orders.csv"}) {
            assertThat(fresh.resolve(file)).hasSameTextualContentAs(COMMITTED.resolve(file));
        }
    }

    @Test
    void generator_withAnotherSeed_writesOthers() throws IOException {
        SampleData.main(new String[] {fresh.toString(), "1"});

        assertThat(Files.readString(fresh.resolve("orders.csv")))
                .isNotEqualTo(Files.readString(COMMITTED.resolve("orders.csv")));
    }

    @Test
    void committedOrders_areManyAndWantMoreOfSomeProductsThanThereIs() {
        Map<String, Long> stock = ProductFile.read(COMMITTED.resolve("products.csv")).stream()
                .collect(Collectors.toMap(ProductFile.Product::sku, ProductFile.Product::stock));
        OrderFile.Content content = OrderFile.read(COMMITTED.resolve("orders.csv"), stock.keySet());
        Map<String, Long> wanted = new HashMap<>();
        content.orders()
                .values()
                .forEach(order -> order.lines().forEach((sku, quantity) -> wanted.merge(sku, quantity, Long::sum)));

        assertThat(stock).hasSize(50);
        assertThat(content.rejected()).isEmpty();
        assertThat(content.orders()).hasSizeGreaterThanOrEqualTo(2_000);
        assertThat(content.orders().values())
                .anySatisfy(order -> assertThat(order.lines()).hasSizeGreaterThan(2));
        Set<String> soldOut = wanted.entrySet().stream()
                .filter(entry -> entry.getValue() > stock.getOrDefault(entry.getKey(), 0L))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(soldOut).hasSizeBetween(2, 10);
    }
}
