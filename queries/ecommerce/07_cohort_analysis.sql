-- log: Performing advanced analytics...
--
-- How many customers ordered in each month.

SELECT date_format(order_date, 'yyyy-MM') AS cohort_month,
       count(DISTINCT customer_id) AS cohort_size
FROM enriched
GROUP BY cohort_month;
