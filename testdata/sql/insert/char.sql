-- char(n): filled up where it is written, read and compared
CREATE TABLE codes (c CHAR(5), v VARCHAR(5), n INT) USING parquet;
INSERT INTO codes VALUES ('ab', 'ab', 1), ('abc', 'abc  ', 2), ('äöü   ', 'x', 3), (NULL, NULL, 4);
SELECT n, concat(c, '|'), concat(v, '|'), length(c), char_length(v) FROM codes ORDER BY n;
-- comparisons with constants, whichever side they stand on
SELECT n FROM codes WHERE c = 'ab';
SELECT n FROM codes WHERE 'ab       ' = c;
SELECT n, c = 'ab', c <=> 'ab', c <> 'ab', c < 'abc', c <= 'ab', c > 'ab', c >= 'abc', c IS DISTINCT FROM 'ab' FROM codes ORDER BY n;
SELECT n FROM codes WHERE c = concat('a', 'b');
SELECT n FROM codes WHERE c IN ('ab', 'abc') ORDER BY n;
SELECT n FROM codes WHERE c IN ('ab', 'abcdefgh', NULL);
SELECT n FROM codes WHERE c NOT IN ('ab') ORDER BY n;
SELECT n, CASE c WHEN 'ab' THEN 'one' WHEN 'abc' THEN 'two' ELSE 'none' END, decode(c, 'ab', 1, 'abc', 2, 0) FROM codes ORDER BY n;
-- what is computed is compared as it is, and so are LIKE, BETWEEN and columns of varchar
SELECT n FROM codes WHERE upper(c) = 'AB';
SELECT n FROM codes WHERE c LIKE 'ab';
SELECT n FROM codes WHERE c BETWEEN 'ab' AND 'abc';
SELECT n FROM codes WHERE c = v;
SELECT n FROM codes WHERE c IN (SELECT 'ab' AS k);
-- a column stays one through queries, unions and groups
SELECT d FROM (SELECT c AS d FROM codes) WHERE d = 'ab';
SELECT c, count(*) FROM codes GROUP BY c HAVING c = 'ab';
SELECT c FROM (SELECT c FROM codes UNION SELECT v FROM codes) WHERE c = 'ab';
SELECT c, v, grouping_id() FROM codes WHERE n < 3 GROUP BY GROUPING SETS ((c, v)) HAVING c = 'ab';
CREATE VIEW coded AS SELECT c, n FROM codes;
SELECT n FROM coded WHERE c = 'ab';
-- columns of other lengths
CREATE TABLE wide (c CHAR(3), d CHAR(8), m INT) USING parquet;
INSERT INTO wide VALUES ('ab', 'ab', 10), ('abc', 'abc', 20);
SELECT n, m FROM codes JOIN wide ON codes.c = wide.d ORDER BY n;
SELECT concat(c, '|'), n, m FROM codes JOIN wide USING (c) ORDER BY n;
SELECT m, c = d, c IN (d), c IN (d, 'ab') FROM wide ORDER BY m;
SELECT n, (SELECT max(m) FROM wide WHERE wide.d = codes.c) AS m FROM codes ORDER BY n;
-- within structs, arrays and maps
CREATE TABLE nest (s STRUCT<a: CHAR(3), b: VARCHAR(2)>, r ARRAY<CHAR(3)>, m MAP<CHAR(2), VARCHAR(2)>) USING parquet;
INSERT INTO nest VALUES (named_struct('a', 'x', 'b', 'y'), array('p', NULL), map('k', 'v')), (NULL, NULL, NULL);
SELECT concat(s.a, '|'), concat(s.b, '|'), concat(r[0], '|'), m FROM nest WHERE s IS NOT NULL;
INSERT INTO nest VALUES (named_struct('a', 'xxxx', 'b', 'y'), NULL, NULL);
INSERT INTO nest VALUES (NULL, array('p', 'pppp'), NULL);
INSERT INTO nest VALUES (NULL, NULL, map('k', 'vvv'));
INSERT INTO nest VALUES (NULL, NULL, map('k', 'a', 'k ', 'b'));
CREATE TABLE nest_wide (s STRUCT<a: CHAR(6), b: VARCHAR(2)>, r ARRAY<CHAR(6)>) USING parquet;
INSERT INTO nest_wide VALUES (named_struct('a', 'x', 'b', 'y'), array('p', NULL));
SELECT nest.s = w.s, nest.r <=> w.r, nest.s.a = 'x' FROM nest CROSS JOIN nest_wide AS w WHERE nest.s IS NOT NULL;
-- partitions
CREATE TABLE parted (n INT, c CHAR(4)) USING parquet PARTITIONED BY (c);
INSERT INTO parted PARTITION (c = 'cd') VALUES (1);
INSERT INTO parted VALUES (2, 'ef');
INSERT INTO parted PARTITION (c = 'too long') VALUES (3);
ALTER TABLE parted ADD PARTITION (c = 'gh');
SHOW PARTITIONS parted;
SELECT n, concat(c, '|') FROM parted WHERE c = 'cd';
ALTER TABLE parted DROP PARTITION (c = 'ef');
SHOW PARTITIONS parted;
-- settings
SET spark.sql.legacy.charVarcharAsString = true;
INSERT INTO codes VALUES ('longer than five', 'longer too', 5);
SELECT n FROM codes WHERE c = 'ab';
SET spark.sql.legacy.charVarcharAsString = false;
SET spark.sql.readSideCharPadding = false;
SELECT n FROM codes WHERE c = 'ab';
RESET spark.sql.readSideCharPadding;
RESET spark.sql.legacy.charVarcharAsString;
-- tables made of queries keep the types; a cast to char is one to string
CREATE TABLE copied USING csv AS SELECT c, v, upper(c) AS u FROM codes WHERE n = 1;
DESCRIBE copied;
SELECT concat(c, '|'), concat(CAST(c AS CHAR(1)), '|') FROM copied;
DROP VIEW coded;
DROP TABLE codes;
DROP TABLE wide;
DROP TABLE nest;
DROP TABLE nest_wide;
DROP TABLE parted;
DROP TABLE copied;
