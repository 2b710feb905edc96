-- Coordkit worker leases, H2 2.x. Times in milliseconds since 1970.
CREATE TABLE IF NOT EXISTS coordkit_worker_lease (
  tag            VARCHAR(128) NOT NULL,
  worker         INT          NOT NULL,
  owner          VARCHAR(40)  NOT NULL,
  reserved_until BIGINT       NOT NULL,
  PRIMARY KEY (tag, worker)
);
