-- Coordkit worker leases, MySQL 8 or later and MariaDB 10.6 or later. Times in milliseconds since 1970.
CREATE TABLE IF NOT EXISTS coordkit_worker_lease (
  tag            VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  worker         INT          NOT NULL,
  owner          VARCHAR(40)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reserved_until BIGINT       NOT NULL,
  PRIMARY KEY (tag, worker)
) ENGINE = InnoDB;
