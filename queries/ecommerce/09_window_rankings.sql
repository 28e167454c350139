-- Where each order stands among those of its category, by amount: ranks, neighbours, first and last, distribution.

SELECT order_id, category, total_amount,
       row_number() OVER by_amount AS row_num,
       rank() OVER by_amount AS rank,
       dense_rank() OVER by_amount AS dense_rank,
       lag(total_amount, 1) OVER by_amount AS prev_amount,
       lead(total_amount, 1) OVER by_amount AS next_amount,
       first_value(total_amount) OVER by_amount AS first_amount,
       last_value(total_amount) OVER by_amount AS last_amount,
       cume_dist() OVER by_amount AS cumulative_dist,
       percent_rank() OVER by_amount AS percentile_rank,
       ntile(4) OVER by_amount AS quartile
FROM enriched
WINDOW by_amount AS (PARTITION BY category ORDER BY total_amount, order_id);
