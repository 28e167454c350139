-- log: Cleaning data...
-- log data_processing: Cleaning data...
--
-- One row for each order, product and customer, and the gaps filled. Which of several rows with the same key stays is fixed
-- by an order over all columns, so that every run gives the same result. Columns that are not named here are carried along.

CREATE OR REPLACE TEMPORARY VIEW orders_clean AS
FROM orders
|> EXTEND row_number() OVER (PARTITION BY order_id ORDER BY order_date, struct(*)) AS pick
|> WHERE pick = 1
|> DROP pick
|> SET quantity = coalesce(quantity, 1),
       discount = coalesce(nanvl(discount, CAST(NULL AS DOUBLE)), CAST(0 AS DOUBLE));

CREATE OR REPLACE TEMPORARY VIEW products_clean AS
FROM products
|> EXTEND row_number() OVER (PARTITION BY product_id ORDER BY struct(*)) AS pick
|> WHERE pick = 1
|> DROP pick
|> SET price = coalesce(nanvl(price, CAST(NULL AS DOUBLE)), CAST(0 AS DOUBLE)),
       category = coalesce(category, 'Unknown');

CREATE OR REPLACE TEMPORARY VIEW customers_clean AS
FROM customers
|> EXTEND row_number() OVER (PARTITION BY customer_id ORDER BY struct(*)) AS pick
|> WHERE pick = 1
|> DROP pick;
