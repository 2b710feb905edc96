package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckoutTest {
    @TempDir
    private Path data = Path.of("unset");

    @Test
    void malformedLines_areNamedByNumberAndCounted_andTheRestGoesOn() throws InterruptedException {
        Path orders = Orders.file(
                data,
                "orders",
                List.of(
                        "order_no,customer,sku,quantity",
                        "O-1,ann,SKU-010,2",
                        "O-1,ann,SKU-999,2",
                        "O-2,bob,SKU-011",
                        "O-3,cid,SKU-012,none",
                        "O-4,dan,SKU-010,1",
                        "O-5,eve,SKU-010,1000000"));

        try (Launched checkout = Launched.checkout(data, data, orders)) {
            List<String> out = checkout.assertBalanced();

            assertThat(checkout.err())
                    .hasSize(3)
                    .anyMatch(line -> line.startsWith("orders.csv:3: rejected: unknown sku 'SKU-999'"))
                    .anyMatch(line -> line.startsWith("orders.csv:4: rejected: has 3 fields"))
                    .anyMatch(line -> line.startsWith("orders.csv:5: rejected: quantity"));
            assertThat(out)
                    .anyMatch(line -> line.contains(
                            "2 confirmed, 1 cancelled (out of stock: 1), 0 unanswered; 3 lines rejected"));
            assertThat(out.get(out.size() - 1)).contains("3 orders = 2 confirmed + 1 cancelled");
        }
    }

    @Test
    void sameOrdersOnTheSameData_getTheirFirstOutcome() throws InterruptedException {
        Path orders = Orders.file(data, "S", 60);
        String first;
        try (Launched checkout = Launched.checkout(data, data, orders)) {
            List<String> out = checkout.assertBalanced();
            first = out.get(out.size() - 1);
        }

        try (Launched again = Launched.checkout(data, data, orders)) {
            List<String> out = again.assertBalanced();
            assertThat(out.get(out.size() - 1)).isEqualTo(first);
        }
    }

    @Test
    void inventoryKilledInMidRun_isSaid_andTheLedgerBalances() throws InterruptedException {
        Path orders = Orders.file(data, "K", 300);

        try (Launched checkout = Launched.checkout(data, data, orders, "--kill-inventory")) {
            assertThat(checkout.assertBalanced())
                    .anyMatch(line -> line.startsWith("Killed inventory (kill -9"))
                    .anyMatch(line -> line.startsWith("Inventory runs again"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2pc", "3pc"})
    void theLedgerBalances_withEachKindOfCommit(String kind) throws InterruptedException {
        Path orders = Orders.file(data, "C", 100);

        try (Launched checkout = Launched.checkout(data, data, orders, "--kill-inventory", "--tx", kind)) {
            assertThat(checkout.assertBalanced()).anyMatch(line -> line.startsWith("Inventory runs again"));
        }
    }

    @Test
    void help_tellsEveryDefault() throws InterruptedException {
        try (Launched help = Launched.start(CheckoutMain.class, data, "--help")) {
            assertThat(help.exit()).isZero();
            assertThat(String.join("\n", help.out()))
                    .contains("--order", "--orders", "--products", "--data", "--redis", "--kill-inventory")
                    .contains("data/orders.csv", "data/products.csv", "Default: 16", "Default: PT1M");
        }
    }
}
