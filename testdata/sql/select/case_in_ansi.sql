-- A branch that is not taken raises nothing.
CREATE TEMPORARY VIEW t AS SELECT * FROM VALUES (10, 2), (7, 0), (NULL, 5), (9, NULL) AS t(a, b);
SELECT CASE WHEN b <> 0 THEN a / b END FROM t;
SELECT if(b = 0, -1, a DIV b), a FROM t;
SELECT coalesce(b, a), coalesce(a, a / 0) FROM t WHERE a IS NOT NULL;
SELECT b <> 0 AND a / b > 1 FROM t;
SELECT a / b FROM t;
SELECT try_divide(a, b) FROM t;
SELECT a FROM t WHERE b <> 0 AND a / b >= 5;
