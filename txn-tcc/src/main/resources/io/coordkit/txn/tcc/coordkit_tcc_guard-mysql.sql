-- Coordkit TCC guard, MySQL 8 or later and MariaDB 10.6 or later; in the participant's own database.
-- Binary collation: Order-1 and order-1 are two transactions. updated_ms: milliseconds since 1970 UTC.
-- state: 1 tried, 2 confirmed, 3 cancelled. seen: tries and cancels that were carried out or repeated.
CREATE TABLE IF NOT EXISTS coordkit_tcc_guard (
  gid          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  branch       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state        SMALLINT    NOT NULL,
  epoch        BIGINT      NOT NULL,
  payload_hash CHAR(64)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seen         BIGINT      NOT NULL,
  updated_ms   BIGINT      NOT NULL,
  PRIMARY KEY (gid, branch)
) ENGINE = InnoDB;
