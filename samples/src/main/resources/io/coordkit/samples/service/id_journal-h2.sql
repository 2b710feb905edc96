CREATE TABLE IF NOT EXISTS id_journal (
  tag VARCHAR(128) NOT NULL,
  id BIGINT NOT NULL,
  issued_at TIMESTAMP(3) NOT NULL
);
CREATE INDEX IF NOT EXISTS id_journal_by_id ON id_journal (tag, id);
