-- From Leaf's table to the classic one, on MySQL, MariaDB and H2. Stop every Leaf server before and start none after: the
-- two tables know nothing of each other. Leaf's max_id is the next id, the classic one the last. Tags that are there
-- already stay as they are.
INSERT INTO id_generator (biz_type, max_id, step, version)
SELECT biz_tag, max_id - 1, step, 0 FROM leaf_alloc
WHERE biz_tag NOT IN (SELECT biz_type FROM id_generator)
