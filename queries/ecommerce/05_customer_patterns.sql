-- log: Performing customer analysis...
--
-- What each customer buys, and when they began and last did.

SELECT customer_id, customer_tier,
       count(*) AS total_orders,
       sum(total_amount) AS total_spent,
       avg(total_amount) AS avg_order_value,
       min(order_date) AS first_purchase,
       max(order_date) AS last_purchase
FROM enriched
GROUP BY customer_id, customer_tier;
