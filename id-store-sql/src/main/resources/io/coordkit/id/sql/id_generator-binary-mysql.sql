-- Makes Order and order two tags in an id_generator that was created with a collation that ignores case.
ALTER TABLE id_generator
  MODIFY biz_type VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
