-- Branches of three-phase commits, H2 2.x. state: C can commit, P pre-committed, Y committed alone, N rolled back alone.
-- decided: C commit, A abort, as told later; changed_ms: of the state, in milliseconds since 1970 UTC by this database's
-- clock; deadline_ms: likewise, by the log's.
CREATE TABLE IF NOT EXISTS coordkit_xa_three_phase (
  gid         VARCHAR(64) NOT NULL,
  branch      VARCHAR(32) NOT NULL,
  state       CHAR(1)     NOT NULL,
  home        VARCHAR(64) NOT NULL,
  coordinator VARCHAR(96) NOT NULL,
  deadline_ms BIGINT      NOT NULL,
  changed_ms  BIGINT      NOT NULL,
  decided     CHAR(1),
  PRIMARY KEY (gid, branch)
);
CREATE INDEX IF NOT EXISTS ix_coordkit_xa_three_phase_state ON coordkit_xa_three_phase (state, changed_ms);
