-- What XA participants have done here, MySQL 8 or later, MariaDB 10.6 or later: a row is written along with the work, and so
-- is there if the work is. done_ms: when, in milliseconds since 1970 UTC by the database's clock.
CREATE TABLE IF NOT EXISTS coordkit_xa_guard (
  gid     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  branch  VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  done_ms BIGINT NOT NULL,
  PRIMARY KEY (gid, branch),
  KEY ix_coordkit_xa_guard_done (done_ms)
) ENGINE=InnoDB;
