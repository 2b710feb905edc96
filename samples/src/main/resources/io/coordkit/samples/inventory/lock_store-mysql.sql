-- MySQL 8 or later and MariaDB 10.6 or later. Binary collation: Order-1 and order-1 are two orders.
CREATE TABLE IF NOT EXISTS lock_store (
  id INT NOT NULL,
  store VARCHAR(2000) NOT NULL,
  era INT NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
