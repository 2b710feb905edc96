-- Coordkit transaction log, format 2, MySQL 8 or later and MariaDB 10.6 or later. Times are milliseconds since 1970 UTC
-- by the database's clock. Binary collation: Order-1 and order-1 are two transactions.
-- A row is a decision. state: 1 committing, 2 aborting, 3 committed, 4 aborted. coordinator: who carries it out.
-- attention: 1 if a person has to look; note: why, or why it was ended by hand.
-- format: of the row, the column branches included.
CREATE TABLE IF NOT EXISTS coordkit_txn_log (
  gid         VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  format      SMALLINT     NOT NULL,
  state       SMALLINT     NOT NULL,
  epoch       BIGINT       NOT NULL,
  coordinator VARCHAR(96)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason      VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  decided_ms  BIGINT       NOT NULL,
  deadline_ms BIGINT       NOT NULL,
  attention   SMALLINT     NOT NULL,
  note        VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  branches    LONGBLOB     NOT NULL,
  PRIMARY KEY (gid),
  KEY ix_coordkit_txn_log_state (state, decided_ms)
) ENGINE = InnoDB;
