SELECT count(*), sum(n), min(n), max(n) FROM (SELECT id % 1000 AS k, count(*) AS n FROM range(100000) GROUP BY id % 1000);
SELECT count(DISTINCT id % 1234) FROM range(50000);
SELECT k, count(*), sum(id) FROM (SELECT id, concat('key', id % 3) AS k FROM range(30000)) GROUP BY k ORDER BY k;
SELECT count(*) FROM (SELECT DISTINCT id % 5000, id % 3 FROM range(60000));
SELECT k, size(collect_list(id)), count(DISTINCT id % 10) FROM (SELECT id, id % 4 AS k FROM range(20000)) GROUP BY k ORDER BY k;
SELECT max(s), min(s) FROM (SELECT repeat(chr(97 + int(id % 26)), 40) || id AS s FROM range(20000));
SELECT percentile(id, 0.9), avg(id), stddev_pop(id) FROM range(10001);

-- Many groups by strings that come with a dictionary: few that are shared, and as many as there are rows.
CREATE TEMPORARY VIEW few AS SELECT id AS k, concat('a name that is rather long: ', id) AS name, if(id % 11 = 0, NULL, concat('c', id % 7)) AS class FROM range(500);

SELECT count(*), sum(n), count(DISTINCT name), count(DISTINCT class), sum(length(name)), sum(hash(name, class, v))
FROM (SELECT name, class, v, count(*) AS n FROM (SELECT id % 500 AS k, id div 3 AS v FROM range(120000)) JOIN few USING (k) GROUP BY name, class, v);

SELECT sum(hash(name, class, v)) FROM (SELECT id % 500 AS k, id div 3 AS v FROM range(120000)) JOIN few USING (k);

CREATE TEMPORARY VIEW many AS SELECT id AS k, concat('a name of its own: ', id) AS name, if(id % 11 = 0, NULL, concat('c', id % 7)) AS class FROM range(50000);

SELECT count(*), sum(n), min(name), max(name), sum(hash(name, class)), count(DISTINCT upper(class))
FROM (SELECT name, class, count(*) AS n FROM (SELECT id % 50000 AS k FROM range(100000)) JOIN many USING (k) GROUP BY name, class);

SELECT 2 * count(*), sum(hash(name, class)) FROM many;

-- Strings with a dictionary, then without: both sides of the union have the same keys.
SELECT count(*), sum(n), min(n), sum(hash(name, class)) FROM (SELECT name, class, count(*) AS n FROM
  (SELECT name, class FROM (SELECT id % 500 AS k FROM range(40000)) JOIN few USING (k)
   UNION ALL SELECT concat('a name that is rather long: ', id % 500), if(id % 500 % 11 = 0, NULL, concat('c', id % 500 % 7)) FROM range(40000)) GROUP BY name, class);
