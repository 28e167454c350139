-- Recency (days since the last order), frequency and monetary value of each customer, as of ref_date.

SELECT customer_id,
       datediff(CAST('${ref_date}' AS DATE), max(order_date)) AS recency,
       count(*) AS frequency,
       sum(total_amount) AS monetary
FROM enriched
GROUP BY customer_id;
