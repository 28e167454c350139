CREATE TABLE t USING parquet AS SELECT CAST(1 AS TINYINT) AS a, CAST(2 AS SMALLINT) AS b, 3 AS c, 4L AS d, 1.5F AS e, 2.5D AS f, 12.34 AS g, CAST(5 AS DECIMAL(38, 4)) AS h,
  'text' AS i, X'00FF' AS j, true AS k, DATE'1500-01-01' AS l, TIMESTAMP'2024-02-29 12:34:56.789012' AS m, TIMESTAMP_NTZ'2024-02-29 01:02:03' AS n,
  array(1, NULL) AS o, map('k', array('v')) AS p, named_struct('x', 1, 'y', named_struct('z', 'deep')) AS q;
SELECT * EXCEPT (j) FROM t;
SELECT hex(j), q.y.z, p['k'][0], o[1] FROM t;
DESCRIBE t;
SELECT * EXCEPT (j) FROM t WHERE d = 4 AND g > 12.3 AND l < DATE'1600-01-01' AND q.x = 1;
CREATE TABLE n USING parquet AS SELECT * FROM VALUES (1, array(named_struct('a', 1, 'b', array('x')))), (2, array()), (3, NULL), (4, array(NULL, named_struct('a', NULL, 'b', NULL))) AS n(id, xs);
SELECT * FROM n ORDER BY id;
SELECT id, x.a, size(x.b) FROM n LATERAL VIEW OUTER explode(xs) AS x ORDER BY id, 2;
CREATE TABLE i USING parquet AS SELECT INTERVAL 1 DAY AS i, INTERVAL '1-2' YEAR TO MONTH AS y;
SELECT * FROM i;
CREATE TABLE v USING parquet AS SELECT NULL AS x;
