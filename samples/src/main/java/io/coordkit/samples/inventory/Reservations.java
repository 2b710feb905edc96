package io.coordkit.samples.inventory;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockLostException;
import io.coordkit.samples.proto.Line;
import io.coordkit.samples.proto.ReserveRequest;
import io.coordkit.sql.SqlFence;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.tcc.TccParticipant;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The inventory's share of an order. Try raises the fence of each product and reserves under it; confirm and cancel
 * come after the locks are gone, when newer tokens have passed, so they use neither lock nor fence: they move what the
 * reservation rows of their branch say. Rows are locked in sorted order everywhere. Thread-safe.
 */
final class Reservations implements TccParticipant<ReserveRequest> {
    private final SqlFence fence;
    private final Map<BranchKey, TryAtWork> atWork;

    /**
     * @param era of the lock store, see {@link SqlFence}
     * @param atWork what each try brought along
     */
    Reservations(int era, Map<BranchKey, TryAtWork> atWork) {
        this.fence = new SqlFence("products", "sku", era);
        this.atWork = atWork;
    }

    @Override
    public void onTry(Handle handle, BranchCall call, ReserveRequest request) throws SQLException {
        take(handle, call, request, "RESERVED", "reserved");
    }

    /** The same without a reservation, for a transaction that its database prepares. */
    void sell(Handle handle, BranchCall call, ReserveRequest request) throws SQLException {
        take(handle, call, request, "SOLD", "sold");
    }

    private void take(Handle handle, BranchCall call, ReserveRequest request, String state, String counter)
            throws SQLException {
        TryAtWork mine = atWork.get(BranchKey.of(call));
        if (mine == null) {
            throw new IllegalStateException("No locks were taken for " + call);
        }
        for (Line line : request.getLinesList()) {
            enter(handle, line.getSku(), mine.hold(line));
        }
        PreparedBatch rows = handle.prepareBatch(
                "INSERT INTO reservations (reservation_id, gid, branch, order_no, sku, quantity, price_cents, state)"
                        + " SELECT ?, ?, ?, ?, sku, ?, price_cents, ? FROM products WHERE sku = ?");
        for (Line line : request.getLinesList()) {
            count(handle, line, counter);
            rows.add(
                    mine.id(line),
                    call.gid(),
                    call.branch(),
                    request.getOrderNo(),
                    line.getQuantity(),
                    state,
                    line.getSku());
        }
        rows.execute();
    }

    private void enter(Handle handle, String sku, Hold hold) throws SQLException {
        if (fence.enter(handle.getConnection(), sku, hold)) {
            return;
        }
        if (handle.createQuery("SELECT COUNT(*) FROM products WHERE sku = ?")
                        .bind(0, sku)
                        .mapTo(int.class)
                        .one()
                == 0) {
            throw new RefusedException("unknown product " + sku);
        }
        throw new LockLostException(hold.name(), "a newer holder has written " + sku, null);
    }

    private static void count(Handle handle, Line line, String counter) {
        int updated = handle.execute(
                "UPDATE products SET available = available - ?, " + counter + " = " + counter
                        + " + ? WHERE sku = ? AND available >= ?",
                line.getQuantity(),
                line.getQuantity(),
                line.getSku(),
                line.getQuantity());
        if (updated == 0) {
            long left = handle.createQuery("SELECT available FROM products WHERE sku = ?")
                    .bind(0, line.getSku())
                    .mapTo(long.class)
                    .one();
            throw new RefusedException(
                    "out of stock: " + line.getSku() + " has " + left + " left, " + line.getQuantity() + " wanted");
        }
    }

    @Override
    public void onConfirm(Handle handle, BranchCall call, ReserveRequest request) {
        move(handle, call, "SOLD", "UPDATE products SET reserved = reserved - ?, sold = sold + ? WHERE sku = ?");
    }

    @Override
    public void onCancel(Handle handle, BranchCall call, ReserveRequest request) {
        move(
                handle,
                call,
                "CANCELLED",
                "UPDATE products SET reserved = reserved - ?, available = available + ? WHERE sku = ?");
    }

    private static void move(Handle handle, BranchCall call, String state, String counters) {
        List<Line> reserved = handle.createQuery("SELECT sku, quantity FROM reservations"
                        + " WHERE gid = ? AND branch = ? AND state = 'RESERVED' ORDER BY sku FOR UPDATE")
                .bind(0, call.gid())
                .bind(1, call.branch())
                .map((row, context) -> Line.newBuilder()
                        .setSku(row.getString("sku"))
                        .setQuantity(row.getLong("quantity"))
                        .build())
                .list();
        handle.execute(
                "UPDATE reservations SET state = ? WHERE gid = ? AND branch = ? AND state = 'RESERVED'",
                state,
                call.gid(),
                call.branch());
        for (Line line : reserved) {
            handle.execute(counters, line.getQuantity(), line.getQuantity(), line.getSku());
        }
    }
}
