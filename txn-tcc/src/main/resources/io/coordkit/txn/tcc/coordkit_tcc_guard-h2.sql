-- Coordkit TCC guard, format 2, H2 2.x; in the participant's own database. Times are milliseconds since 1970 UTC: by the
-- database's clock, deadline_ms by that of the log. participant: whose branch it is, for there may be several here.
-- state: 1 tried, 2 confirmed, 3 cancelled. seen: tries and cancels that were carried out or repeated.
-- While it is tried: payload, home and coordinator say what to end and whom to ask, due_ms when to ask next.
CREATE TABLE IF NOT EXISTS coordkit_tcc_guard (
  gid          VARCHAR(64) NOT NULL,
  branch       VARCHAR(32) NOT NULL,
  participant  VARCHAR(64) NOT NULL,
  state        SMALLINT    NOT NULL,
  epoch        BIGINT      NOT NULL,
  payload_hash CHAR(64)    NOT NULL,
  payload      BLOB,
  home         VARCHAR(64) NOT NULL,
  coordinator  VARCHAR(96) NOT NULL,
  deadline_ms  BIGINT      NOT NULL,
  due_ms       BIGINT,
  inquiries    INT         NOT NULL,
  seen         BIGINT      NOT NULL,
  updated_ms   BIGINT      NOT NULL,
  PRIMARY KEY (gid, branch)
);
CREATE INDEX IF NOT EXISTS ix_coordkit_tcc_guard_due ON coordkit_tcc_guard (due_ms);
CREATE INDEX IF NOT EXISTS ix_coordkit_tcc_guard_updated ON coordkit_tcc_guard (updated_ms);
