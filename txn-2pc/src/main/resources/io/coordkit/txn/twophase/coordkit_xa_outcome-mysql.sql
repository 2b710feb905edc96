-- Transactions over this database alone, MySQL 8 or later, MariaDB 10.6 or later: a row is written along with the work, and so
-- is the decision. committed: 1, or 0 for one that was given up. decided_ms: in milliseconds since 1970 UTC by the
-- database's clock.
CREATE TABLE IF NOT EXISTS coordkit_xa_outcome (
  gid        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  committed  SMALLINT     NOT NULL,
  reason     VARCHAR(500) CHARACTER SET utf8mb4 NOT NULL,
  decided_ms BIGINT       NOT NULL,
  PRIMARY KEY (gid),
  KEY ix_coordkit_xa_outcome_decided (decided_ms)
) ENGINE=InnoDB;
