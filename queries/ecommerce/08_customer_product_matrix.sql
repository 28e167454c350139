-- The ten latest purchases of each customer; of several on a day the one with the highest order_id is the latest.

SELECT customer_id, product_id, total_amount, rank
FROM (
  SELECT customer_id, product_id, total_amount,
         row_number() OVER (PARTITION BY customer_id ORDER BY order_date DESC, order_id DESC) AS rank
  FROM enriched)
WHERE rank <= 10;
