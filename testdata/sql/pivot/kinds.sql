CREATE TEMPORARY VIEW s AS SELECT * FROM VALUES (2023, 'q1', 10), (2023, 'q2', 20), (2024, 'q1', 30), (2024, 'q1', 5), (2024, 'q3', 7) AS s(y, q, v);
SELECT * FROM s PIVOT (sum(v) FOR q IN ('q1', 'q2')) ORDER BY y;
SELECT * FROM s PIVOT (sum(v) AS t, count(*) AS n FOR q IN ('q1' AS a, 'q3' AS c)) ORDER BY y;
SELECT * FROM (SELECT q, v FROM s) PIVOT (max(v) FOR q IN ('q1', 'q2', 'q3'));
SELECT * FROM s PIVOT (sum(v) FOR (y, q) IN ((2023, 'q1'), (2024, 'q1')));
SELECT * FROM s PIVOT (v FOR q IN ('q1'));
SELECT * FROM s PIVOT (sum(v) FOR nope IN ('q1'));
SELECT * FROM VALUES (1, 10, 20), (2, NULL, 40) AS w(id, a, b) UNPIVOT (val FOR name IN (a, b)) ORDER BY id, name;
SELECT * FROM VALUES (1, 10, 20), (2, NULL, 40) AS w(id, a, b) UNPIVOT INCLUDE NULLS (val FOR name IN (a AS x, b AS y)) ORDER BY id, name;
