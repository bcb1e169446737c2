SELECT dept, count(*), count(name), sum(salary), avg(salary), min(hired), max(rating) FROM emp GROUP BY dept ORDER BY dept
SELECT dept AS d, count(*) FROM emp GROUP BY d ORDER BY d
SELECT dept, active, count(*) FROM emp GROUP BY 1, 2 ORDER BY 1, 2
SELECT dept, count(*) FROM emp GROUP BY dept HAVING count(*) > 1 ORDER BY dept
SELECT count(*) FILTER (WHERE active), sum(id) FILTER (WHERE dept = 10), avg(id) FILTER (WHERE id > 100) FROM emp
SELECT dept, active, count(*), grouping(dept), grouping(dept, active) FROM emp GROUP BY ROLLUP (dept, active) ORDER BY 1, 2, 4, 5
SELECT dept, active, count(*) FROM emp GROUP BY CUBE (dept, active) ORDER BY 1, 2, 3
SELECT dept, active, sum(id) FROM emp GROUP BY GROUPING SETS ((dept), (active), ()) ORDER BY 1, 2, 3
SELECT bool_and(active), bool_or(active), every(id > 0) FROM emp
SELECT array_agg(id ORDER BY id DESC), array_agg(name ORDER BY id) FROM emp
SELECT array_agg(DISTINCT dept ORDER BY dept) FROM emp
SELECT array_agg(id) FROM emp WHERE false
SELECT string_agg(name, ',' ORDER BY name DESC) FROM emp
SELECT stddev(id), variance(id), stddev_pop(rating), var_pop(rating), corr(id, rating) FROM emp
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY rating), percentile_disc(0.5) WITHIN GROUP (ORDER BY id), mode() WITHIN GROUP (ORDER BY dept) FROM emp
SELECT bit_and(id), bit_or(id) FROM emp
SELECT count(*), count(DISTINCT active), sum(1), max(NULL::int) FROM emp
SELECT json_agg(id ORDER BY id) FROM emp
SELECT count(*) + 1, sum(id) * 2, sum(id)::text, max(id) - min(id) FROM emp
SELECT sum(CASE WHEN active THEN 1 ELSE 0 END), sum(CASE WHEN active THEN salary END) FROM emp
SELECT max(name), min(name), max(active::int) FROM emp
SELECT extract(year FROM hired) AS y, count(*) FROM emp GROUP BY y ORDER BY y
SELECT extract(year FROM hired) AS y, count(*) FROM emp GROUP BY extract(year FROM hired) ORDER BY 1
SELECT id % 2 = 0 AS even, count(*) FROM emp GROUP BY id % 2 = 0 ORDER BY 1
SELECT count(*) FROM emp HAVING count(*) > 100
SELECT 'x' AS k, count(*) FROM emp GROUP BY k
SELECT dept FROM emp GROUP BY dept ORDER BY max(id)
SELECT id / 2, sum(id / 2) FROM emp GROUP BY id / 2 ORDER BY 1
-- windows
SELECT id, row_number() OVER (ORDER BY id), rank() OVER (ORDER BY dept), dense_rank() OVER (ORDER BY dept), ntile(2) OVER (ORDER BY id) FROM emp ORDER BY id
SELECT id, sum(id) OVER (), sum(id) OVER (ORDER BY id), sum(id) OVER (PARTITION BY dept ORDER BY id), avg(id) OVER (PARTITION BY dept), count(*) OVER (PARTITION BY dept) FROM emp ORDER BY id
SELECT id, lag(id) OVER (ORDER BY id), lead(id, 2) OVER (ORDER BY id), lag(name, 1, 'none') OVER (ORDER BY id), first_value(id) OVER w, last_value(id) OVER w, nth_value(id, 2) OVER w FROM emp WINDOW w AS (ORDER BY id) ORDER BY id
SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), sum(id) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING), avg(salary) OVER (ORDER BY id ROWS 2 PRECEDING), sum(id) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM emp ORDER BY id
SELECT id, count(*) OVER (ORDER BY dept), percent_rank() OVER (ORDER BY id), cume_dist() OVER (ORDER BY id) FROM emp ORDER BY id
SELECT dept, sum(salary), rank() OVER (ORDER BY sum(salary) DESC) FROM emp GROUP BY dept ORDER BY 3, 1
SELECT id, sum(id) FILTER (WHERE active) OVER (ORDER BY id) FROM emp ORDER BY id
SELECT id, sum(rating) OVER (w ROWS CURRENT ROW), max(id) OVER w FROM emp WINDOW w AS (PARTITION BY dept ORDER BY id) ORDER BY id
SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY dept ORDER BY salary DESC) AS r FROM emp) t WHERE r = 1 ORDER BY id
SELECT id FROM emp WHERE row_number() OVER () = 1
SELECT sum(id) OVER (ORDER BY hired RANGE BETWEEN '1 year' PRECEDING AND CURRENT ROW) FROM emp WHERE hired IS NOT NULL ORDER BY 1
