-- By which name the coordinators on a log know this database, H2 2.x.
CREATE TABLE IF NOT EXISTS coordkit_xa_resource (
  home VARCHAR(64) NOT NULL,
  name VARCHAR(64) NOT NULL,
  PRIMARY KEY (home)
);
