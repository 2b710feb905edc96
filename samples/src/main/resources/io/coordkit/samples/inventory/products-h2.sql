CREATE TABLE IF NOT EXISTS products (
  sku VARCHAR(40) NOT NULL,
  price_cents BIGINT NOT NULL,
  initial BIGINT NOT NULL,
  available BIGINT NOT NULL CHECK (available >= 0),
  reserved BIGINT NOT NULL CHECK (reserved >= 0),
  sold BIGINT NOT NULL CHECK (sold >= 0),
  fence_era INT NOT NULL,
  fence_token BIGINT NOT NULL,
  PRIMARY KEY (sku)
);
