-- MySQL 8 or later and MariaDB 10.6 or later. Binary collation: Order-1 and order-1 are two orders.
CREATE TABLE IF NOT EXISTS products (
  sku VARCHAR(40) NOT NULL,
  price_cents BIGINT NOT NULL,
  initial BIGINT NOT NULL,
  available BIGINT NOT NULL CHECK (available >= 0),
  reserved BIGINT NOT NULL CHECK (reserved >= 0),
  sold BIGINT NOT NULL CHECK (sold >= 0),
  fence_era INT NOT NULL,
  fence_token BIGINT NOT NULL,
  PRIMARY KEY (sku)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
