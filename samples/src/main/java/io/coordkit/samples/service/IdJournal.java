package io.coordkit.samples.service;

import io.coordkit.samples.proto.IdAudit;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Writes down every id when it is issued, in a commit of its own, before anything uses it. The table has no unique
 * key: a repeated id shows up as two rows here, where a primary key would have hidden it behind a retry. Thread-safe.
 */
public final class IdJournal {
    private final Jdbi jdbi;

    private IdJournal(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** The journal in that database; its table is created if it is not there. */
    public static IdJournal in(DataSource database) {
        Tables.ensure(database, IdJournal.class, "id_journal");
        return new IdJournal(Jdbi.create(database));
    }

    /** Writes these ids down, and returns once that is committed. */
    public void record(String tag, long... ids) {
        jdbi.useTransaction(handle -> {
            PreparedBatch batch =
                    handle.prepareBatch("INSERT INTO id_journal (tag, id, issued_at) VALUES (?, ?, LOCALTIMESTAMP(3))");
            for (long id : ids) {
                batch.bind(0, tag).bind(1, id).add();
            }
            batch.execute();
        });
    }

    /**
     * What the journal says of one tag.
     *
     * @param table where its ids are in use
     * @param column the column that has them
     */
    public static IdAudit audit(Handle handle, String tag, String table, String column) {
        return IdAudit.newBuilder()
                .setTag(tag)
                .setIssued(handle.createQuery("SELECT COUNT(*) FROM id_journal WHERE tag = ?")
                        .bind(0, tag)
                        .mapTo(long.class)
                        .one())
                .addAllRepeatedIds(
                        handle.createQuery("SELECT id FROM id_journal WHERE tag = ? GROUP BY id HAVING COUNT(*) > 1")
                                .bind(0, tag)
                                .mapTo(Long.class)
                                .list())
                .addAllUnjournalledIds(handle.createQuery("SELECT used.<column> FROM <table> used WHERE NOT EXISTS"
                                + " (SELECT 1 FROM id_journal j WHERE j.tag = :tag AND j.id = used.<column>)")
                        .define("table", table)
                        .define("column", column)
                        .bind("tag", tag)
                        .mapTo(Long.class)
                        .list())
                .build();
    }
}
