CREATE TABLE t USING parquet AS SELECT * FROM VALUES (1, 0), (2, 4) AS t(a, b);
CREATE VIEW ratio AS
SELECT a,
       a / b AS r
FROM t;
SELECT * FROM ratio;
SELECT a FROM ratio ORDER BY a;
-- needs PushFilter
SELECT * FROM ratio WHERE a = 2;
SET spark.sql.ansi.enabled = false;
-- needs PushFilter
SELECT * FROM ratio WHERE a = 2;
CREATE VIEW loose AS SELECT a, a / b AS r FROM t;
SELECT * FROM loose ORDER BY a;
SET spark.sql.ansi.enabled = true;
SELECT * FROM loose ORDER BY a;
CREATE VIEW bad AS SELECT nope FROM t;
CREATE VIEW outer_view AS SELECT r + 1 AS s FROM ratio;
SELECT * FROM outer_view;
CREATE VIEW IF NOT EXISTS ratio AS SELECT 1;
CREATE VIEW ratio AS SELECT 1;
CREATE OR REPLACE VIEW ratio AS SELECT a, 1.5 AS r FROM t;
SELECT * FROM outer_view ORDER BY 1;
DROP TABLE t;
SELECT * FROM ratio;
DROP TABLE ratio;
DROP VIEW ratio;
SELECT * FROM outer_view;
