package io.coordkit.samples.checkout;

import io.coordkit.samples.proto.IdAudit;
import io.coordkit.samples.proto.OrderState;
import io.coordkit.samples.proto.ProductAudit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The ledger as people read it: the products in two columns, then one line that says it all. */
final class LedgerReport {
    private static final int SHOWN = 100;
    private static final String TITLE = String.format(
            Locale.ROOT, "%-9s %9s %6s = %5s + %5s + %5s", "product", "price", "stock", "avail", "resvd", "sold");

    private LedgerReport() {}

    /** The products that sold most, in two columns. */
    static List<String> table(Snapshot snapshot) {
        List<String> cells = snapshot.products().stream()
                .sorted(Comparator.comparingLong(ProductAudit::getSold)
                        .reversed()
                        .thenComparing(ProductAudit::getSku))
                .limit(SHOWN)
                .map(LedgerReport::cell)
                .toList();
        int rows = (cells.size() + 1) / 2;
        List<String> table = new ArrayList<>();
        table.add(cells.size() > 1 ? TITLE + "     " + TITLE : TITLE);
        for (int row = 0; row < rows; row++) {
            String right = row + rows < cells.size() ? "  |  " + cells.get(row + rows) : "";
            table.add(cells.get(row) + right);
        }
        int hidden = snapshot.products().size() - cells.size();
        if (hidden > 0) {
            table.add("and " + hidden + " more products");
        }
        return table;
    }

    private static String cell(ProductAudit product) {
        return String.format(
                Locale.ROOT,
                "%-9s %9s %6d = %5d + %5d + %5d",
                product.getSku(),
                Money.of(product.getPriceCents()),
                product.getInitial(),
                product.getAvailable(),
                product.getReserved(),
                product.getSold());
    }

    /** The last line of a run that balanced. */
    static String balanced(Snapshot snapshot) {
        long confirmed = snapshot.orders().stream()
                .filter(order -> order.getState() == OrderState.ORDER_CONFIRMED)
                .count();
        long units =
                snapshot.products().stream().mapToLong(ProductAudit::getSold).sum();
        long ids = snapshot.ids().stream().mapToLong(IdAudit::getIssued).sum();
        return String.format(
                Locale.ROOT,
                "Ledger balanced: %,d orders = %,d confirmed + %,d cancelled; %,d units of %d products sold for %s;"
                        + " %,d ids, none twice; no unfinished transaction",
                snapshot.orders().size(),
                confirmed,
                snapshot.orders().size() - confirmed,
                units,
                snapshot.products().size(),
                Money.of(Money.received(snapshot)),
                ids);
    }
}
