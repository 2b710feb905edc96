-- Coordkit id ranges, MySQL 8 or later and MariaDB 10.6 or later. Binary collation: Order and order are two tags.
CREATE TABLE IF NOT EXISTS id_generator (
  id       BIGINT       NOT NULL AUTO_INCREMENT,
  biz_type VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  max_id   BIGINT       NOT NULL,
  step     INT          NOT NULL,
  version  BIGINT       NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_id_generator_biz_type (biz_type)
) ENGINE = InnoDB
