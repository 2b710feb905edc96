-- MySQL 8 or later and MariaDB 10.6 or later. Binary collation: Order-1 and order-1 are two orders.
CREATE TABLE IF NOT EXISTS reservations (
  reservation_id BIGINT NOT NULL,
  gid VARCHAR(64) NOT NULL,
  branch VARCHAR(32) NOT NULL,
  order_no VARCHAR(50) NOT NULL,
  sku VARCHAR(40) NOT NULL,
  quantity BIGINT NOT NULL,
  price_cents BIGINT NOT NULL,
  state VARCHAR(10) NOT NULL,
  PRIMARY KEY (reservation_id),
  KEY reservations_by_branch (gid, branch)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
