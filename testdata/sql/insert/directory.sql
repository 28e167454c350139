INSERT OVERWRITE DIRECTORY '${dir}/out' USING parquet SELECT id, id * 2 AS d FROM range(5);
SELECT * FROM parquet.`${dir}/out` ORDER BY id;
INSERT OVERWRITE DIRECTORY '${dir}/out' USING parquet SELECT 'new' AS s;
SELECT * FROM parquet.`${dir}/out`;
INSERT OVERWRITE DIRECTORY '${dir}/out' USING parquet
SELECT raise_error('stop') FROM range(3);
SELECT * FROM parquet.`${dir}/out`;
INSERT OVERWRITE DIRECTORY '${dir}/dup' USING parquet SELECT 1 AS a, 2 AS A;
CREATE TEMPORARY VIEW f USING parquet OPTIONS (path '${dir}/out');
SELECT s FROM f;
CREATE TABLE e USING parquet LOCATION '${dir}/out';
SELECT * FROM e;
DROP TABLE e;
SELECT count(*) FROM parquet.`${dir}/out`;
SELECT * FROM parquet.`${dir}/missing`;
SELECT * FROM nope.`${dir}/out`;
