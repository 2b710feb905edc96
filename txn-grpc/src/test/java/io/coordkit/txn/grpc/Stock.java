package io.coordkit.txn.grpc;

import io.coordkit.txn.RefusedException;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.tcc.TccParticipant;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** A participant with one product: its payload is the quantity, as text. */
final class Stock implements TccParticipant<Integer> {
    /** So many confirms are still to fail. */
    final AtomicInteger failingConfirms = new AtomicInteger();

    private final Jdbi jdbi;

    Stock(Jdbi jdbi, int initial) {
        this.jdbi = jdbi;
        jdbi.useHandle(handle -> {
            handle.execute("CREATE TABLE stock (available INT NOT NULL, reserved INT NOT NULL, sold INT NOT NULL)");
            handle.execute("INSERT INTO stock VALUES (?, 0, 0)", initial);
        });
    }

    static int read(byte[] payload) {
        return Integer.parseInt(new String(payload, StandardCharsets.US_ASCII));
    }

    static byte[] payload(int quantity) {
        return Integer.toString(quantity).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void onTry(Handle handle, BranchCall call, Integer quantity) {
        int changed = handle.execute(
                "UPDATE stock SET available = available - ?, reserved = reserved + ? WHERE available >= ?",
                quantity,
                quantity,
                quantity);
        if (changed == 0) {
            throw new RefusedException("çok az: fewer than " + quantity + " left");
        }
    }

    @Override
    public void onConfirm(Handle handle, BranchCall call, Integer quantity) {
        handle.execute("UPDATE stock SET reserved = reserved - ?, sold = sold + ?", quantity, quantity);
        if (failingConfirms.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IllegalStateException("confirm fails, as asked");
        }
    }

    @Override
    public void onCancel(Handle handle, BranchCall call, Integer quantity) {
        handle.execute("UPDATE stock SET reserved = reserved - ?, available = available + ?", quantity, quantity);
    }

    /** Available, reserved and sold, with slashes between. */
    String ledger() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM stock")
                .map((rows, context) -> rows.getInt(1) + "/" + rows.getInt(2) + "/" + rows.getInt(3))
                .one());
    }
}
