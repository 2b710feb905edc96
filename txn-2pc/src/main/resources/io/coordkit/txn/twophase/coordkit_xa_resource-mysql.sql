-- By which name the coordinators on a log know this database, MySQL 8 or later, MariaDB 10.6 or later.
CREATE TABLE IF NOT EXISTS coordkit_xa_resource (
  home VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (home)
) ENGINE=InnoDB;
