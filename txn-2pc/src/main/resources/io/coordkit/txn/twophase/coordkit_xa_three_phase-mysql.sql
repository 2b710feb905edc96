-- Branches of three-phase commits, MySQL 8 or later, MariaDB 10.6 or later. state: C can commit, P pre-committed,
-- Y committed alone, N rolled back alone. decided: C commit, A abort, as told later; changed_ms: of the state, in
-- milliseconds since 1970 UTC by this database's clock; deadline_ms: likewise, by the log's.
CREATE TABLE IF NOT EXISTS coordkit_xa_three_phase (
  gid         VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  branch      VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state       CHAR(1)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  home        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  coordinator VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  deadline_ms BIGINT      NOT NULL,
  changed_ms  BIGINT      NOT NULL,
  decided     CHAR(1)     CHARACTER SET ascii COLLATE ascii_bin,
  PRIMARY KEY (gid, branch),
  KEY ix_coordkit_xa_three_phase_state (state, changed_ms)
) ENGINE=InnoDB;
