-- MySQL 8 or later and MariaDB 10.6 or later. Binary collation: Order-1 and order-1 are two orders.
CREATE TABLE IF NOT EXISTS orders (
  order_no VARCHAR(50) NOT NULL,
  order_id BIGINT NOT NULL,
  gid VARCHAR(64) NOT NULL,
  customer VARCHAR(100) NOT NULL,
  state VARCHAR(16) NOT NULL,
  reason VARCHAR(1000) NOT NULL,
  amount_cents BIGINT NOT NULL,
  PRIMARY KEY (order_no),
  UNIQUE (order_id),
  KEY orders_by_state (state)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
