CREATE TEMPORARY VIEW orders USING parquet OPTIONS (path 'testdata/ecommerce/orders');
SELECT count(*) FROM orders;
SELECT count(*) FROM parquet.`testdata/ecommerce/products`;
SELECT count(*) FROM parquet.`testdata/ecommerce/*`;
SELECT round(sum(CASE WHEN quantity <> 0 THEN discount / quantity END), 6) AS d, count_if(quantity = 0), count(quantity) FROM orders;
CREATE TABLE d USING parquet AS SELECT IF(id % 4 = 0, 0, CAST(id % 3 AS INT)) AS b, id AS a FROM range(10000);
SELECT b, CASE WHEN b <> 0 THEN 12 / b END AS r, count(*) FROM d GROUP BY ALL ORDER BY b;
SELECT sum(CASE WHEN b <> 0 THEN a DIV b END) FROM d;
SELECT count(12 / b) FROM d;
