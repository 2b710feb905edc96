-- What XA participants have done here, H2 2.x: a row is written along with the work, and so is there if the work is.
-- done_ms: when, in milliseconds since 1970 UTC by the database's clock.
CREATE TABLE IF NOT EXISTS coordkit_xa_guard (
  gid     VARCHAR(64) NOT NULL,
  branch  VARCHAR(32) NOT NULL,
  payload_hash CHAR(64) NOT NULL,
  done_ms BIGINT      NOT NULL,
  PRIMARY KEY (gid, branch)
);
CREATE INDEX IF NOT EXISTS ix_coordkit_xa_guard_done ON coordkit_xa_guard (done_ms);
