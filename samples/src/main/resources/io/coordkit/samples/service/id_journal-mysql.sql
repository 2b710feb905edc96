-- MySQL 8 or later and MariaDB 10.6 or later. Binary collation: Order-1 and order-1 are two orders.
CREATE TABLE IF NOT EXISTS id_journal (
  tag VARCHAR(128) NOT NULL,
  id BIGINT NOT NULL,
  issued_at DATETIME(3) NOT NULL,
  KEY id_journal_by_id (tag, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
