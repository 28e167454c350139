CREATE DATABASE d LOCATION '${dir}/d';
USE d;
CREATE TABLE t USING parquet AS SELECT id, id % 3 AS k FROM range(3000);
CACHE TABLE t OPTIONS ('storageLevel' = 'DISK_ONLY');
-- needs MergeProjects
EXPLAIN SELECT * FROM t;
SELECT k, count(*), sum(id) FROM t GROUP BY k ORDER BY k;
DESCRIBE EXTENDED t;
REFRESH TABLE t;
-- needs MergeProjects
EXPLAIN SELECT * FROM t;
UNCACHE TABLE t;
-- needs MergeProjects
EXPLAIN SELECT * FROM t;
CACHE TABLE t OPTIONS ('storageLevel' 'memory_only');
-- needs MergeProjects
EXPLAIN SELECT * FROM t;
INSERT INTO t VALUES (-1, -1);
SELECT count(*) FROM t;
CACHE LAZY TABLE t;
-- needs MergeProjects
EXPLAIN SELECT * FROM t;
SELECT count(*) FROM t;
CACHE TABLE x OPTIONS ('storageLevel' 'NOPE') AS SELECT 1;
CLEAR CACHE;
-- needs MergeProjects
EXPLAIN SELECT * FROM t;
