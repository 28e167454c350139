CREATE TEMPORARY VIEW orders USING parquet OPTIONS (path 'testdata/ecommerce/orders');
SELECT count(*) FROM orders;
SELECT count(*) FROM parquet.`testdata/ecommerce/products`;
SELECT count(*) FROM parquet.`testdata/ecommerce/*`;
SELECT round(sum(CASE WHEN quantity <> 0 THEN discount / quantity END), 6) AS d, count_if(quantity = 0), count(quantity) FROM orders;
CREATE TABLE d USING parquet AS SELECT IF(id % 4 = 0, 0, CAST(id % 3 AS INT)) AS b, id AS a FROM range(10000);
SELECT b, CASE WHEN b <> 0 THEN 12 / b END AS r, count(*) FROM d GROUP BY ALL ORDER BY b;
SELECT sum(CASE WHEN b <> 0 THEN a DIV b END) FROM d;
SELECT count(12 / b) FROM d;

-- A path as a string: the format is that of the name's end, of folders Parquet.
SELECT count(*) FROM 'testdata/ecommerce/orders';
SELECT p.product_id FROM 'testdata/ecommerce/products/*.parquet' AS p JOIN 'testdata/ecommerce/orders/' USING (product_id) ORDER BY 1 LIMIT 1;
SELECT * FROM 'missing.csv.gz';
SELECT * FROM 'missing/x.jsonl';
SELECT * FROM 'orders';
SELECT * FROM 'x.parquet' 'y';
