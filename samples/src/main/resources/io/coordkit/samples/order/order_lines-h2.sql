CREATE TABLE IF NOT EXISTS order_lines (
  order_no VARCHAR(50) NOT NULL,
  sku VARCHAR(40) NOT NULL,
  quantity BIGINT NOT NULL,
  PRIMARY KEY (order_no, sku)
);
