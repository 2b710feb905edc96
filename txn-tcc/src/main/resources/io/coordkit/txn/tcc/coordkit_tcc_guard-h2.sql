-- Coordkit TCC guard, H2 2.x; in the participant's own database. updated_ms: milliseconds since 1970 UTC.
-- state: 1 tried, 2 confirmed, 3 cancelled. seen: tries and cancels that were carried out or repeated.
CREATE TABLE IF NOT EXISTS coordkit_tcc_guard (
  gid          VARCHAR(64) NOT NULL,
  branch       VARCHAR(32) NOT NULL,
  state        SMALLINT    NOT NULL,
  epoch        BIGINT      NOT NULL,
  payload_hash CHAR(64)    NOT NULL,
  seen         BIGINT      NOT NULL,
  updated_ms   BIGINT      NOT NULL,
  PRIMARY KEY (gid, branch)
);
