-- Coordkit transaction coordinators on this log, MySQL 8 or later and MariaDB 10.6 or later. until_ms: when the lease is
-- over, in milliseconds since 1970 UTC by the database's clock. start: rises with every start of that name.
-- coordinator: the name, a slash, and the start.
CREATE TABLE IF NOT EXISTS coordkit_txn_coordinator (
  name        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  start       BIGINT      NOT NULL,
  coordinator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  until_ms    BIGINT      NOT NULL,
  PRIMARY KEY (name),
  UNIQUE KEY uq_coordkit_txn_coordinator (coordinator)
) ENGINE = InnoDB;
