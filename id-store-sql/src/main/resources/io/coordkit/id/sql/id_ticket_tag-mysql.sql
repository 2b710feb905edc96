-- Coordkit's tickets, MySQL 8 or later and MariaDB 10.6 or later: for each row here a table id_ticket_<id>, whose
-- AUTO_INCREMENT counts ranges of step ids. The step of a row must never be changed.
CREATE TABLE IF NOT EXISTS id_ticket_tag (
  id   INT          NOT NULL AUTO_INCREMENT,
  tag  VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  step INT          NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_id_ticket_tag (tag)
) ENGINE = InnoDB
