-- Columns without names take Spark's names of their expressions.
SELECT 1, 'a', 1.5, 1.5D, 1L, 2S, 3Y, true, NULL, X'1F', DATE'2024-02-29';
SELECT 1 + 2 * 3, -(4), NOT true, 7 / 2, 7 DIV 2, 7 % 3, 'a' || 'b';
SELECT a, b AS c, a + 1 FROM VALUES (1, 'x'), (2, 'y'), (NULL, NULL) AS t(a, b);
SELECT t.*, a AS again FROM VALUES (1, 2) AS t(a, b);
SELECT * EXCEPT (b) FROM VALUES (1, 2, 3) AS t(a, b, c);
SELECT DISTINCT a FROM VALUES (1), (2), (1), (NULL), (NULL) AS t(a) ORDER BY a;
SELECT a + 1 AS b, b * 2 AS c FROM VALUES (1), (2) AS t(a);
SELECT current_date(), current_timestamp(), current_database(), current_catalog();
SELECT 1 WHERE false;
SELECT 'it''s', "double", r'raw\n', 'tab\there', 'con' 'cat';
