SELECT 1 / 0;
SELECT a / b FROM VALUES (1, 1), (2, 0) AS t(a, b);
SELECT 1,
  CAST('x' AS INT);
SELECT a + 1 FROM VALUES (2147483647) AS t(a);
SELECT count(*) FROM VALUES ('1'), ('x') AS t(a) WHERE CAST(a AS INT) > 0;
SELECT sum(CAST(a AS INT)) FROM VALUES ('1'), ('x') AS t(a);
SELECT * FROM VALUES (1, 0) AS t(a, b) JOIN VALUES (1) AS u(c) ON a / b = c;
SELECT a FROM VALUES (1, 0) AS t(a, b) ORDER BY a / b;
SELECT sum(a) OVER (ORDER BY 1 / b) FROM VALUES (1, 0) AS t(a, b);
SELECT (SELECT 1 / 0);
SELECT CAST('2024-99-99' AS DATE);
SELECT from_json('{', 'a INT', map('mode', 'FAILFAST'));
SELECT to_timestamp('x');
SELECT CAST(a AS TINYINT) FROM VALUES (1000) AS t(a);
SELECT 9223372036854775807 + a FROM VALUES (1) AS t(a);
SELECT array(1, 2)[a] FROM VALUES (7) AS t(a);
SELECT ELEMENT_AT(map('a', 1), b) FROM VALUES ('z') AS t(b);
SELECT 1 FROM VALUES (1, 0) AS t(a, b) WHERE false AND a / b > 1;
SELECT 1 FROM VALUES (1, 0) AS t(a, b) GROUP BY a / b;
-- needs PushFilter: the row that fails is dropped first
SELECT * FROM (SELECT 1 / b AS x, a FROM VALUES (1, 0), (2, 1) AS t(a, b)) WHERE a = 2;
