CREATE TABLE a USING avro AS SELECT * FROM VALUES
  (1, 2Y, 3S, 4L, 1.5F, 2.5D, 12.34BD, -99999999999999999999.123BD, 'text', X'0102', true, DATE'2020-01-01', TIMESTAMP'2020-01-01 10:00:00.123456',
   TIMESTAMP_NTZ'1969-12-31 23:59:59.999999', array(1, NULL), map('k', 2.5D, 'l', NULL), named_struct('a', 1, 'b', array(named_struct('c', 'z')))),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
  AS t(i, b, s, l, f, d, dec, big, str, bin, bo, dt, ts, ntz, arr, m, st);
SELECT * FROM a ORDER BY i;
SELECT st.b[0].c, dec + 1, m['k'] FROM a WHERE i = 1;
INSERT OVERWRITE DIRECTORY '${dir}/a' USING avro OPTIONS (compression 'deflate') SELECT i, b, dec, m, st FROM a;
SELECT * FROM avro.`${dir}/a` ORDER BY i;
DESCRIBE TABLE avro.`${dir}/a`;
INSERT OVERWRITE DIRECTORY '${dir}/z' USING avro OPTIONS (compression 'zstandard') SELECT id FROM range(20000);
SELECT count(*), sum(id), min(id), max(id) FROM avro.`${dir}/z`;
INSERT OVERWRITE DIRECTORY '${dir}/u' USING avro OPTIONS (compression 'uncompressed') SELECT id FROM range(3);
SELECT * FROM avro.`${dir}/u` ORDER BY id;
INSERT OVERWRITE DIRECTORY '${dir}/x' USING avro OPTIONS (compression 'nope') SELECT 1 AS a;
INSERT OVERWRITE DIRECTORY '${dir}/x' USING avro SELECT 1 AS `a b`;
INSERT OVERWRITE DIRECTORY '${dir}/x' USING avro SELECT INTERVAL '1' MONTH AS a;
-- a wider type, a column that the files do not have, partitions
CREATE TABLE w (id BIGINT, more STRING) USING avro LOCATION '${dir}/u';
SELECT * FROM w ORDER BY id;
CREATE TABLE narrow (id STRING) USING avro LOCATION '${dir}/u';
SELECT * FROM narrow;
CREATE TABLE p USING avro PARTITIONED BY (k) AS SELECT id, id % 2 AS k FROM range(10);
SELECT k, sum(id) FROM p GROUP BY k ORDER BY k;
INSERT OVERWRITE DIRECTORY '${dir}/t' USING text SELECT 'no container';
CREATE TABLE broken (a INT) USING avro LOCATION '${dir}/t';
SELECT * FROM broken;
