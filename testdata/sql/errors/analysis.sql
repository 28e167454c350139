SELECT * FROM missing;
SELECT * FROM a.b.c.d;
SELECT nope;
SELECT 1 + array(1);
SELECT upper(1, 2);
SELECT
  1,
  nope
FROM VALUES (1) AS t(one);
SELECT onee FROM VALUES (1) AS t(one);
SELECT sum(a), b FROM VALUES (1, 2) AS t(a, b);
SELECT * FROM VALUES (1), (2, 3);
SELECT * FROM VALUES (1), ('a') AS t(x) WHERE x = 1;
SELECT a FROM VALUES (1) AS t(a) GROUP BY 2;
SELECT a FROM VALUES (1) AS t(a) ORDER BY nope;
SELECT max(a) FROM VALUES (1) AS t(a) GROUP BY max(a);
SELECT (SELECT 1, 2);
SELECT * FROM range('a');
SELECT * FROM nope(1);
SELECT CAST(array(1) AS INT);
SELECT 1 WHERE 1;
SELECT DISTINCT a FROM VALUES (1, 2) AS t(a, b) ORDER BY b;
SELECT date_trunc('DAY');
SELECT 'a' LIKE 'a' ESCAPE 'ab';
SELECT explode(1);
SELECT count(DISTINCT *) FROM VALUES (1) AS t(a);
