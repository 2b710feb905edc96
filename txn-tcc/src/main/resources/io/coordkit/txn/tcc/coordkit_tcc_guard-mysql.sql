-- Coordkit TCC guard, format 2, MySQL 8 or later and MariaDB 10.6 or later; in the participant's own database. Times are
-- milliseconds since 1970 UTC: by the database's clock, deadline_ms by that of the log.
-- Binary collation: Order-1 and order-1 are two transactions. participant: whose branch it is, for there may be several.
-- state: 1 tried, 2 confirmed, 3 cancelled. seen: tries and cancels that were carried out or repeated.
-- While it is tried: payload, home and coordinator say what to end and whom to ask, due_ms when to ask next.
CREATE TABLE IF NOT EXISTS coordkit_tcc_guard (
  gid          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  branch       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  participant  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state        SMALLINT    NOT NULL,
  epoch        BIGINT      NOT NULL,
  payload_hash CHAR(64)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload      MEDIUMBLOB,
  home         VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  coordinator  VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  deadline_ms  BIGINT      NOT NULL,
  due_ms       BIGINT,
  inquiries    INT         NOT NULL,
  seen         BIGINT      NOT NULL,
  updated_ms   BIGINT      NOT NULL,
  PRIMARY KEY (gid, branch),
  KEY ix_coordkit_tcc_guard_due (due_ms),
  KEY ix_coordkit_tcc_guard_updated (updated_ms)
) ENGINE = InnoDB;
