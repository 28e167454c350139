-- log: Performing sales analysis...
--
-- Revenue, customers and the average order of each day; orders without a date come first.

SELECT order_date,
       sum(total_amount) AS daily_revenue,
       count(DISTINCT customer_id) AS daily_customers,
       avg(total_amount) AS avg_order_value
FROM enriched
GROUP BY order_date
ORDER BY order_date;
