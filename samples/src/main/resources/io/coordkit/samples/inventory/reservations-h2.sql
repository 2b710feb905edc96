CREATE TABLE IF NOT EXISTS reservations (
  reservation_id BIGINT NOT NULL,
  gid VARCHAR(64) NOT NULL,
  branch VARCHAR(32) NOT NULL,
  order_no VARCHAR(50) NOT NULL,
  sku VARCHAR(40) NOT NULL,
  quantity BIGINT NOT NULL,
  price_cents BIGINT NOT NULL,
  state VARCHAR(10) NOT NULL,
  PRIMARY KEY (reservation_id)
);
CREATE INDEX IF NOT EXISTS reservations_by_branch ON reservations (gid, branch);
