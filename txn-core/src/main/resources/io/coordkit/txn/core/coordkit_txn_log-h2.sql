-- Coordkit transaction log, format 2, H2 2.x. Times are milliseconds since 1970 UTC by the database's clock.
-- A row is a decision. state: 1 committing, 2 aborting, 3 committed, 4 aborted. coordinator: who carries it out.
-- attention: 1 if a person has to look; note: why, or why it was ended by hand.
-- format: of the row, the column branches included.
CREATE TABLE IF NOT EXISTS coordkit_txn_log (
  gid         VARCHAR(64)  NOT NULL,
  format      SMALLINT     NOT NULL,
  state       SMALLINT     NOT NULL,
  epoch       BIGINT       NOT NULL,
  coordinator VARCHAR(96)  NOT NULL,
  reason      VARCHAR(500) NOT NULL,
  decided_ms  BIGINT       NOT NULL,
  deadline_ms BIGINT       NOT NULL,
  attention   SMALLINT     NOT NULL,
  note        VARCHAR(1000) NOT NULL,
  branches    BLOB         NOT NULL,
  PRIMARY KEY (gid)
);
CREATE INDEX IF NOT EXISTS ix_coordkit_txn_log_state ON coordkit_txn_log (state, decided_ms);
