SELECT count(*), sum(n), min(n), max(n) FROM (SELECT id % 1000 AS k, count(*) AS n FROM range(100000) GROUP BY id % 1000);
SELECT count(DISTINCT id % 1234) FROM range(50000);
SELECT k, count(*), sum(id) FROM (SELECT id, concat('key', id % 3) AS k FROM range(30000)) GROUP BY k ORDER BY k;
SELECT count(*) FROM (SELECT DISTINCT id % 5000, id % 3 FROM range(60000));
SELECT k, size(collect_list(id)), count(DISTINCT id % 10) FROM (SELECT id, id % 4 AS k FROM range(20000)) GROUP BY k ORDER BY k;
SELECT max(s), min(s) FROM (SELECT repeat(chr(97 + int(id % 26)), 40) || id AS s FROM range(20000));
SELECT percentile(id, 0.9), avg(id), stddev_pop(id) FROM range(10001);
