-- Coordkit transaction coordinators on this log, H2 2.x. until_ms: when the lease is over, in milliseconds since 1970 UTC
-- by the database's clock. start: rises with every start of that name. coordinator: the name, a slash, and the start.
CREATE TABLE IF NOT EXISTS coordkit_txn_coordinator (
  name        VARCHAR(64) NOT NULL,
  start       BIGINT      NOT NULL,
  coordinator VARCHAR(96) NOT NULL,
  until_ms    BIGINT      NOT NULL,
  PRIMARY KEY (name),
  UNIQUE (coordinator)
);
