package io.coordkit.txn.tcc;

import io.coordkit.txn.RefusedException;
import io.coordkit.txn.spi.BranchCall;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Accounts in one database. What goes out is frozen by its try and gone with its confirm; what comes in is announced by
 * its try and there with its confirm. A payload says {@code out} or {@code in}, the account, and the amount.
 */
final class BankAccounts implements TccParticipant<String[]> {
    static final int FUNDS = 1_000;
    /** States of branches as the guard stores them. */
    static final int TRIED = 1;

    static final int CONFIRMED = 2;
    static final int CANCELLED = 3;

    private final Jdbi jdbi;

    /** The accounts of that database; created with their funds unless they are there. */
    BankAccounts(Jdbi jdbi, int accounts) {
        this.jdbi = jdbi;
        jdbi.useHandle(handle -> {
            handle.execute("CREATE TABLE IF NOT EXISTS account (id INT NOT NULL PRIMARY KEY, balance BIGINT NOT NULL,"
                    + " frozen BIGINT NOT NULL, coming BIGINT NOT NULL)");
            for (int id = 0; id < accounts; id++) {
                handle.execute(
                        "INSERT INTO account SELECT ?, ?, 0, 0 FROM DUAL WHERE NOT EXISTS"
                                + " (SELECT 1 FROM account WHERE id = ?)",
                        id,
                        FUNDS,
                        id);
            }
        });
    }

    static byte[] payload(String direction, int account, int amount) {
        return (direction + " " + account + " " + amount).getBytes(StandardCharsets.US_ASCII);
    }

    static String[] read(byte[] payload) {
        return new String(payload, StandardCharsets.US_ASCII).split(" ", -1);
    }

    @Override
    public void onTry(Handle handle, BranchCall call, String[] payload) {
        if (isIn(payload)) {
            change(handle, payload, "coming = coming + :amount");
        } else if (change(handle, payload, "balance = balance - :amount, frozen = frozen + :amount") == 0) {
            throw new RefusedException("account " + payload[1] + " has no " + payload[2] + " left");
        }
    }

    @Override
    public void onConfirm(Handle handle, BranchCall call, String[] payload) {
        change(
                handle,
                payload,
                isIn(payload) ? "coming = coming - :amount, balance = balance + :amount" : "frozen = frozen - :amount");
    }

    @Override
    public void onCancel(Handle handle, BranchCall call, String[] payload) {
        change(
                handle,
                payload,
                isIn(payload) ? "coming = coming - :amount" : "frozen = frozen - :amount, balance = balance + :amount");
    }

    private static boolean isIn(String[] payload) {
        return payload[0].equals("in");
    }

    private static int change(Handle handle, String[] payload, String what) {
        String funded = what.startsWith("balance") ? " AND balance >= :amount" : "";
        return handle.createUpdate("UPDATE account SET " + what + " WHERE id = :id" + funded)
                .bind("id", Integer.parseInt(payload[1]))
                .bind("amount", Integer.parseInt(payload[2]))
                .execute();
    }

    /** Whether nothing is frozen or announced: what was reserved is all used or given back. */
    boolean isSettled() {
        return sum("frozen") + sum("coming") == 0;
    }

    long sum(String column) {
        return number("SELECT SUM(" + column + ") FROM account");
    }

    long lowest(String column) {
        return number("SELECT MIN(" + column + ") FROM account");
    }

    private long number(String question) {
        return jdbi.withHandle(
                handle -> handle.createQuery(question).mapTo(Long.class).one());
    }

    /** The states of all branches here whose gid begins like that and that have changed since then, by gid. */
    Map<String, Integer> branches(String prefix, Instant since) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT gid, state FROM coordkit_tcc_guard WHERE gid LIKE ? AND updated_ms >= ?")
                .bind(0, prefix + "%")
                .bind(1, since.toEpochMilli())
                .map((rows, context) -> Map.entry(rows.getString("gid"), rows.getInt("state")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }
}
