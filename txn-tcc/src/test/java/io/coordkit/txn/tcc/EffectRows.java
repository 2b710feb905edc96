package io.coordkit.txn.tcc;

import io.coordkit.txn.RefusedException;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.Operation;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Business code that leaves one row per operation, and counts in two rows that all of them contend for. Some branches
 * take the two in one order, some in the other, so that they deadlock, as business code does.
 */
final class EffectRows implements TccParticipant<String> {
    private final Jdbi jdbi;
    private final String refusal;
    private final BooleanSupplier mustFail;

    /**
     * @param binary what makes a column of this database tell case apart
     * @param refusal how a payload begins whose try is refused
     */
    EffectRows(DataSource dataSource, String binary, String refusal, BooleanSupplier mustFail) {
        this.jdbi = Jdbi.create(dataSource);
        this.refusal = refusal;
        this.mustFail = mustFail;
        jdbi.useHandle(handle -> {
            handle.execute("CREATE TABLE IF NOT EXISTS effects (gid VARCHAR(64) " + binary
                    + " NOT NULL, branch VARCHAR(32) " + binary + " NOT NULL, operation VARCHAR(10) NOT NULL)");
            handle.execute("CREATE TABLE IF NOT EXISTS total (id INT NOT NULL PRIMARY KEY, tries INT NOT NULL)");
            if (handle.createQuery("SELECT COUNT(*) FROM total")
                            .mapTo(Integer.class)
                            .one()
                    == 0) {
                handle.execute("INSERT INTO total VALUES (0, 0), (1, 0)");
            }
        });
    }

    @Override
    public void onTry(Handle handle, BranchCall call, String payload) {
        if (payload.startsWith(refusal)) {
            throw new RefusedException(payload.substring(refusal.length()));
        }
        count(handle, call, 1);
        effect(handle, call);
    }

    @Override
    public void onConfirm(Handle handle, BranchCall call, String payload) {
        effect(handle, call);
    }

    @Override
    public void onCancel(Handle handle, BranchCall call, String payload) {
        count(handle, call, -1);
        effect(handle, call);
    }

    private static void count(Handle handle, BranchCall call, int change) {
        int first = call.branch().hashCode() & 1;
        for (int id : new int[] {first, 1 - first}) {
            handle.execute("UPDATE total SET tries = tries + ? WHERE id = ?", change, id);
        }
    }

    private void effect(Handle handle, BranchCall call) {
        handle.execute(
                "INSERT INTO effects VALUES (?, ?, ?)",
                call.gid(),
                call.branch(),
                call.operation().name());
        if (mustFail.getAsBoolean()) {
            throw new IllegalStateException("business fails, as asked");
        }
    }

    int count(String gid, String branch, Operation operation) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT COUNT(*) FROM effects WHERE gid = ? AND branch = ? AND operation = ?")
                .bind(0, gid)
                .bind(1, branch)
                .bind(2, operation.name())
                .mapTo(Integer.class)
                .one());
    }
}
