package io.coordkit.samples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.samples.service.StartupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderFileTest {
    private static final Set<String> SKUS = Set.of("A", "B", "I-1");

    @TempDir
    private Path directory = Path.of("unset");

    private OrderFile.Content read(String text) throws IOException {
        return OrderFile.read(Files.writeString(directory.resolve("orders.csv"), text), SKUS);
    }

    private static String line(String line) {
        return "order_no,customer,sku,quantity\n" + line + "\nO-9,zoe,A,1\n";
    }

    private void assertRejected(String bad, String why) throws IOException {
        OrderFile.Content content = read(line(bad));
        assertThat(content.rejected()).as(bad).hasSize(1);
        assertThat(content.rejected().get(0).lineNumber()).as(bad).isEqualTo(2);
        assertThat(content.rejected().get(0).why()).as(bad).contains(why);
        assertThat(content.orders()).as("the rest goes on after %s", bad).containsOnlyKeys("O-9");
    }

    @Test
    void malformedLine_isRejectedByItsNumber_andTheRestGoesOn() throws IOException {
        assertRejected("O-1,ann,A", "3 fields");
        assertRejected("O-1,ann,A,1,2", "5 fields");
        assertRejected("O-1,ann,A,0", "quantity");
        assertRejected("O-1,ann,A,-3", "quantity");
        assertRejected("O-1,ann,A,1.5", "quantity");
        assertRejected("O-1,ann,A,99999999999999999999", "quantity");
        assertRejected("O-1,ann,A,\u0663", "quantity");
        assertRejected("O-1,ann,C,1", "unknown sku 'C'");
        assertRejected("O-1,ann,i-1,1", "unknown sku 'i-1'");
        assertRejected(",ann,A,1", "order_no");
        assertRejected("O 1,ann,A,1", "order_no");
        assertRejected("O-\u0131,ann,A,1", "order_no");
        assertRejected("O-" + "1".repeat(60) + ",ann,A,1", "order_no");
        assertRejected("O-1,,A,1", "customer");
        assertRejected("O-1,ann,\"A,1", "no CSV");
        assertRejected("\"O-1\"x,ann,A,1", "no CSV");
    }

    @Test
    void bytesThatAreNoUtf8_spoilTheirLineOnly() throws IOException {
        Path file = directory.resolve("orders.csv");
        Files.write(file, line("O-1,Andr\u00e9,A,1").getBytes(StandardCharsets.ISO_8859_1));

        OrderFile.Content content = OrderFile.read(file, SKUS);

        assertThat(content.rejected())
                .singleElement()
                .satisfies(line -> assertThat(line.why()).contains("UTF-8"));
        assertThat(content.orders()).containsOnlyKeys("O-9");
    }

    @Test
    void linesOfOneOrder_areGathered_andThoseOfOneSkuAddedUp() throws IOException {
        OrderFile.Content content = read(
                "\uFEFForder_no,customer,sku,quantity\r\nO-1,\"Ann, B\",B,2\r\n\r\nO-2,bob,A,1\r\nO-1,\"Ann, B\",A,1\r\nO-1,\"Ann, B\",B,3");

        assertThat(content.rejected()).isEmpty();
        assertThat(content.orders()).containsOnlyKeys("O-1", "O-2");
        assertThat(content.orders().get("O-1"))
                .isEqualTo(new OrderFile.Order("O-1", "Ann, B", Map.of("A", 1L, "B", 5L)));
    }

    @Test
    void anotherCustomerInTheSameOrder_isRejected() throws IOException {
        OrderFile.Content content = read("order_no,customer,sku,quantity\nO-1,ann,A,1\nO-1,bob,B,1\n");

        assertThat(content.rejected())
                .singleElement()
                .satisfies(line -> assertThat(line.why()).contains("'bob'").contains("O-1"));
        assertThat(content.orders()).containsEntry("O-1", new OrderFile.Order("O-1", "ann", Map.of("A", 1L)));
    }

    @Test
    void anotherHeader_isNoOrdersFile() {
        assertThatThrownBy(() -> read("sku,price_cents,stock\nA,1,1\n"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("must begin with the line 'order_no,customer,sku,quantity'");
    }

    @Test
    void malformedProduct_isRefusedByItsLine() throws IOException {
        Path file = Files.writeString(
                directory.resolve("products.csv"), "sku,price_cents,stock\nA,100,5\nB,0,5\nA,100,5\n");

        assertThatThrownBy(() -> ProductFile.read(file))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("line 3: price_cents");
    }
}
