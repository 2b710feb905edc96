package io.coordkit.txn.tcc;

import io.coordkit.sql.SqlDialect;
import io.coordkit.txn.Payload;
import io.coordkit.txn.spi.TxnOrigin;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The statements about one participant's reservations that are still open. */
final class ReservationTable {
    private static final String OPEN = " WHERE participant = :participant AND state = " + GuardRow.State.TRIED.code;

    private final String participant;
    private final String now;

    ReservationTable(SqlDialect dialect, String participant) {
        this.participant = participant;
        this.now = dialect.nowMillis();
    }

    /** The open ones, oldest first. */
    List<Reservation> open(Handle handle, int limit) {
        return list(handle, " ORDER BY updated_ms, gid, branch LIMIT :limit", limit);
    }

    /** Those it is time to ask about. */
    List<Reservation> due(Handle handle, int limit) {
        return list(handle, " AND due_ms <= " + now + " ORDER BY due_ms LIMIT :limit", limit);
    }

    private List<Reservation> list(Handle handle, String which, int limit) {
        return handle.createQuery("SELECT gid, branch, participant, epoch, payload, home, coordinator, deadline_ms,"
                        + " inquiries FROM " + GuardTable.NAME + OPEN + which)
                .bind("participant", participant)
                .bind("limit", limit)
                .map((rows, context) -> reservation(rows))
                .list();
    }

    /**
     * Puts off the next inquiry.
     *
     * @return false if somebody else has just done so, who will ask then, or if it is ended
     */
    boolean postpone(Handle handle, Reservation reservation, Duration delay) {
        return handle.createUpdate("UPDATE " + GuardTable.NAME + " SET due_ms = " + now
                                + " + :delay, inquiries = inquiries + 1" + OPEN
                                + " AND gid = :gid AND branch = :branch AND inquiries = :inquiries")
                        .bind("participant", participant)
                        .bind("gid", reservation.gid())
                        .bind("branch", reservation.branch())
                        .bind("inquiries", reservation.inquiries())
                        .bind("delay", delay.toMillis())
                        .execute()
                == 1;
    }

    /** Deletes rows of branches that ended that long ago. */
    int purge(Handle handle, Duration retention, int limit) {
        return handle.createUpdate("DELETE FROM " + GuardTable.NAME + " WHERE participant = :participant AND state <> "
                        + GuardRow.State.TRIED.code + " AND updated_ms < " + now + " - :retention LIMIT :limit")
                .bind("participant", participant)
                .bind("retention", retention.toMillis())
                .bind("limit", limit)
                .execute();
    }

    private static Reservation reservation(ResultSet rows) throws SQLException {
        byte[] payload = rows.getBytes("payload");
        return new Reservation(
                rows.getString("gid"),
                rows.getString("branch"),
                rows.getString("participant"),
                new TxnOrigin(
                        rows.getString("home"),
                        rows.getString("coordinator"),
                        rows.getLong("epoch"),
                        Instant.ofEpochMilli(rows.getLong("deadline_ms"))),
                Payload.of(payload == null ? new byte[0] : payload),
                rows.getInt("inquiries"));
    }
}
