-- Transactions over this database alone, H2 2.x: a row is written along with the work, and so is the decision.
-- committed: 1, or 0 for one that was given up. decided_ms: in milliseconds since 1970 UTC by the database's clock.
CREATE TABLE IF NOT EXISTS coordkit_xa_outcome (
  gid        VARCHAR(64)  NOT NULL,
  committed  SMALLINT     NOT NULL,
  reason     VARCHAR(500) NOT NULL,
  decided_ms BIGINT       NOT NULL,
  PRIMARY KEY (gid)
);
CREATE INDEX IF NOT EXISTS ix_coordkit_xa_outcome_decided ON coordkit_xa_outcome (decided_ms);
