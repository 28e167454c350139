-- What was sold of each product, the largest revenue first.

SELECT product_id, product_name, category,
       sum(quantity) AS total_quantity,
       sum(total_amount) AS total_revenue,
       count(DISTINCT customer_id) AS unique_customers
FROM enriched
GROUP BY product_id, product_name, category
ORDER BY total_revenue DESC, product_id;
