-- MySQL 8 or later and MariaDB 10.6 or later. Binary collation: Order-1 and order-1 are two orders.
CREATE TABLE IF NOT EXISTS order_lines (
  order_no VARCHAR(50) NOT NULL,
  sku VARCHAR(40) NOT NULL,
  quantity BIGINT NOT NULL,
  PRIMARY KEY (order_no, sku)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
