CREATE TABLE IF NOT EXISTS orders (
  order_no VARCHAR(50) NOT NULL,
  order_id BIGINT NOT NULL,
  gid VARCHAR(64) NOT NULL,
  customer VARCHAR(100) NOT NULL,
  state VARCHAR(16) NOT NULL,
  reason VARCHAR(1000) NOT NULL,
  amount_cents BIGINT NOT NULL,
  PRIMARY KEY (order_no),
  UNIQUE (order_id)
);
CREATE INDEX IF NOT EXISTS orders_by_state ON orders (state);
