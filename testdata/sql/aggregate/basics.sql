CREATE TEMPORARY VIEW t AS SELECT * FROM VALUES ('a', 1, 1.5D), ('a', 2, NULL), ('b', NULL, 2.5D), ('b', 4, 3.5D), (NULL, 5, 0.0D) AS t(g, i, d);
SELECT count(*), count(i), count(DISTINCT g), sum(i), avg(i), min(i), max(i) FROM t;
SELECT g, count(*), sum(i), avg(d), min(g), max(d) FROM t GROUP BY g ORDER BY g;
SELECT g, sum(i) FROM t GROUP BY g HAVING sum(i) > 3 ORDER BY g;
SELECT g, sum(i) AS s FROM t GROUP BY 1 ORDER BY s DESC;
SELECT upper(g), count(*) FROM t GROUP BY upper(g) ORDER BY 1;
SELECT g AS k, count(*) FROM t GROUP BY k ORDER BY k;
SELECT g, count(*) FROM t GROUP BY ALL ORDER BY ALL;
SELECT count(*), sum(i), max(g) FROM t WHERE false;
SELECT g, count(*) FROM t WHERE false GROUP BY g;
SELECT sum(i) FILTER (WHERE g = 'a'), count(*) FILTER (WHERE i > 1), count(DISTINCT g) FILTER (WHERE d > 1) FROM t;
SELECT count(DISTINCT g, i), sum(DISTINCT i), avg(DISTINCT d) FROM t;
SELECT collect_list(i), collect_set(g), array_sort(collect_set(i)) FROM t WHERE g = 'a';
SELECT first(i), last(i), first(i, true), any_value(g), max_by(g, i), min_by(g, i) FROM t;
SELECT round(stddev(i), 9), round(variance(i), 9), round(stddev_pop(i), 9), round(var_pop(i), 9), round(skewness(i), 9), round(kurtosis(i), 9) FROM t;
SELECT round(corr(i, d), 9), round(covar_pop(i, d), 9), round(covar_samp(i, d), 9) FROM t;
SELECT percentile(i, 0.5), median(i), percentile_approx(i, array(0.25, 0.75)), mode(g) FROM t;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY i), percentile_disc(0.5) WITHIN GROUP (ORDER BY i DESC) FROM t;
SELECT bool_and(i > 0), bool_or(i > 4), every(i > 1), some(i > 4), bit_and(i), bit_or(i), bit_xor(i), count_if(i > 1) FROM t;
SELECT listagg(g, ',') WITHIN GROUP (ORDER BY i DESC), string_agg(g) WITHIN GROUP (ORDER BY i) FROM t;
SELECT approx_count_distinct(g), try_sum(i), try_avg(i) FROM t;
SELECT g, i FROM t GROUP BY g;
SELECT sum(i) FROM t WHERE sum(i) > 1;
SELECT sum(sum(i)) FROM t;
SELECT g FROM t HAVING i > 1;
SELECT sum(g) FROM t WHERE g = 'a';

-- several columns of one row of each group, NULLs and groups without rows included
SELECT k, first(a), first(b), last(a), last(b), any_value(b), first(a, true) FROM VALUES (1, NULL, 'x'), (1, 2, NULL), (2, NULL, NULL), (2, 5, 'y') AS t(k, a, b) GROUP BY k ORDER BY k;

SELECT first(a), first(b), first(a) FILTER (WHERE a > 9), first(b) FILTER (WHERE a > 9) FROM VALUES (2, 'x'), (3, 'y') AS t(a, b);

SELECT first(a), first(b), first(s.f), last(s) FROM (SELECT a, b, named_struct('f', array(a)) AS s FROM VALUES (2, 'x'), (3, 'y') AS t(a, b)) WHERE a > 5;

-- a CASE of constants, as key, value and condition
SELECT CASE WHEN a > 2 THEN 'much' WHEN a > 1 THEN NULL WHEN a > 0 THEN 'some' END AS size, count(*), max(if(a > 2, 'y', 'x')) FROM VALUES (1), (2), (3), (4), (0), (NULL) AS t(a) GROUP BY size ORDER BY size;

SELECT a FROM VALUES (1), (2), (3), (NULL) AS t(a) WHERE CASE WHEN a > 1 THEN 'b' ELSE 'a' END = 'a';

SELECT upper(CASE WHEN a > 1 THEN 'b' WHEN a IS NULL THEN NULL ELSE 'a' END), concat(if(a > 1, 'b', 'b'), a) FROM VALUES (1), (2), (NULL) AS t(a);

-- sums and means of the same values, with and without filters, beside DISTINCT, of groups without values, that overflow
SELECT k, sum(a), avg(a), mean(a), sum(d), avg(d), try_avg(d), sum(f), avg(f), avg(a) FILTER (WHERE a > 1), sum(a) FILTER (WHERE a > 1), sum(DISTINCT a), avg(DISTINCT a), sum(a + 1), avg(a + 1)
FROM VALUES (1, 1, 1.5BD, 0.5D), (1, 2, 2.5BD, 0.25D), (1, 2, NULL, NULL), (2, NULL, NULL, NULL) AS t(k, a, d, f) GROUP BY k ORDER BY k;

SELECT avg(a), sum(a) FROM VALUES (9223372036854775807L), (1L) AS t(a);

SELECT avg(a), try_sum(a) FROM VALUES (9223372036854775807L), (1L) AS t(a);

SELECT sum(a), avg(a) FROM VALUES (INTERVAL '1' DAY), (INTERVAL '2' DAY) AS t(a);
