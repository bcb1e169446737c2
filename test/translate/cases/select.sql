-- names, stars, aliases
SELECT 1
SELECT 1, 2
SELECT 'x', NULL, true, 1.5, 10000000000
SELECT 1 AS a, 2 AS "A"
SELECT * FROM emp
SELECT emp.* FROM emp
SELECT e.id, e.name AS "Name" FROM emp e
SELECT id, id FROM emp ORDER BY 1
SELECT e.*, 1 AS one FROM emp e ORDER BY e.id
SELECT count(*), sum(id), min(name), coalesce(name, 'x') FROM emp GROUP BY name ORDER BY 4
SELECT CASE WHEN true THEN 1 END, nullif(1, 2), greatest(1, 2), least(1, 2), ARRAY[1], 1::int8, '1'::numeric, (SELECT 5), EXISTS (SELECT 1)
SELECT id::text, name::varchar, cast(id AS int8), -id, id + 1 FROM emp ORDER BY id
SELECT (SELECT max(id) FROM emp), (SELECT id AS z FROM emp WHERE id = 1)
VALUES (1, 'a'), (2, 'b')
VALUES (1), (2.5), (NULL)
TABLE dept
SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS v(n, s) ORDER BY n
SELECT column1, column2 FROM (VALUES (1, 2), (3, 4)) v ORDER BY column1
SELECT x.a FROM (SELECT 1 AS a) x
SELECT a FROM (SELECT 1 AS a, 2 AS "A") x
SELECT "A" FROM (SELECT 1 AS a, 2 AS "A") x
-- errors
SELECT nope FROM emp
SELECT emp.nope FROM emp
SELECT x.id FROM emp
SELECT dept FROM emp, dept
SELECT * FROM nowhere
SELECT id FROM emp e WHERE emp.id = 1
SELECT nofunction(1)
SELECT 1 + 'a'
SELECT id, count(*) FROM emp
SELECT count(*) FROM emp WHERE count(*) > 1
SELECT 1 FROM emp ORDER BY 2
SELECT name FROM emp GROUP BY 3
SELECT id = 'x' FROM emp
SELECT name = 1 FROM emp
SELECT * FROM emp, emp
SELECT 'abc'::int
SELECT 1/0
SELECT id / 0 FROM emp
SELECT id % 0 FROM emp
SELECT 1.0 / 0
SELECT 1::float8 / 0
SELECT salary / (id - id) FROM emp
SELECT 2147483647 + 1
SELECT 300::int2 * 300::int2
SELECT 9223372036854775807 + 1
SELECT id FROM emp LIMIT -1
SELECT (SELECT id FROM emp)
SELECT (SELECT id, name FROM emp WHERE id = 1)
SELECT row_number() FROM emp
SELECT sum(name) FROM emp
SELECT '2020-13-01'::date
SELECT 'x'::bool
SELECT DISTINCT id FROM emp ORDER BY name
SELECT id FROM emp UNION SELECT name FROM emp
SELECT id FROM emp UNION SELECT id, name FROM emp
SELECT 1 WHERE 1
SELECT NOT 1
SELECT id FROM emp GROUP BY dept
-- where
SELECT id FROM emp WHERE name = 'Ann'
SELECT id FROM emp WHERE id IN (1, 3, NULL) ORDER BY id
SELECT id FROM emp WHERE id NOT IN (1, 3) ORDER BY id
SELECT id FROM emp WHERE id NOT IN (1, NULL) ORDER BY id
SELECT id FROM emp WHERE salary BETWEEN 1000 AND 2000 ORDER BY id
SELECT id FROM emp WHERE salary NOT BETWEEN 1000 AND 2000 ORDER BY id
SELECT id FROM emp WHERE id BETWEEN SYMMETRIC 4 AND 2 ORDER BY id
SELECT id FROM emp WHERE name IS NULL OR dept IS NOT NULL ORDER BY id
SELECT id FROM emp WHERE active IS TRUE ORDER BY id
SELECT id FROM emp WHERE active IS NOT TRUE ORDER BY id
SELECT id FROM emp WHERE active IS UNKNOWN ORDER BY id
SELECT id FROM emp WHERE active IS NOT FALSE ORDER BY id
SELECT id FROM emp WHERE dept IS DISTINCT FROM 10 ORDER BY id
SELECT id FROM emp WHERE dept IS NOT DISTINCT FROM NULL ORDER BY id
SELECT id FROM emp WHERE hired < '2020-01-01' ORDER BY id
SELECT id FROM emp WHERE hired >= DATE '2020-01-01' AND hired < DATE '2020-01-01' + INTERVAL '1 year' ORDER BY id
SELECT id FROM emp WHERE seen > '2024-01-01' ORDER BY id
SELECT id FROM emp WHERE (id, dept) = (1, 10)
SELECT id FROM emp WHERE (dept, id) > (10, 1) ORDER BY id
SELECT id FROM emp WHERE (dept, id) <= (20, 3) ORDER BY id
SELECT id FROM emp WHERE (id, dept) IN ((1, 10), (3, 20)) ORDER BY id
SELECT id FROM emp WHERE active ORDER BY id
SELECT id FROM emp WHERE NOT active ORDER BY id
-- order, limit, distinct
SELECT dept FROM emp ORDER BY dept
SELECT dept FROM emp ORDER BY dept DESC
SELECT dept FROM emp ORDER BY dept NULLS FIRST
SELECT dept FROM emp ORDER BY dept DESC NULLS LAST
SELECT name FROM emp ORDER BY name
SELECT id, name AS n FROM emp ORDER BY n DESC, id
SELECT id + 1 AS id FROM emp ORDER BY id DESC
SELECT id FROM emp ORDER BY -id
SELECT id FROM emp ORDER BY id LIMIT 2
SELECT id FROM emp ORDER BY id LIMIT 2 OFFSET 1
SELECT id FROM emp ORDER BY id OFFSET 4
SELECT id FROM emp ORDER BY id LIMIT ALL
SELECT id FROM emp ORDER BY id LIMIT NULL
SELECT id FROM emp ORDER BY id FETCH FIRST 2 ROWS ONLY
SELECT id FROM emp ORDER BY id FETCH FIRST ROW ONLY
SELECT DISTINCT dept FROM emp ORDER BY dept
SELECT DISTINCT ON (dept) dept, id FROM emp ORDER BY dept, id DESC
SELECT DISTINCT dept, active FROM emp ORDER BY 1, 2
SELECT count(*) FROM (SELECT DISTINCT dept FROM emp) x
SELECT id FROM emp ORDER BY dept, name, id
SELECT dept, count(*) FROM emp GROUP BY dept ORDER BY count(*) DESC, dept
-- joins
SELECT e.id, d.title FROM emp e JOIN dept d ON e.dept = d.dept ORDER BY e.id
SELECT e.id, d.title FROM emp e LEFT JOIN dept d ON e.dept = d.dept ORDER BY e.id
SELECT e.id, d.title FROM emp e RIGHT JOIN dept d ON e.dept = d.dept ORDER BY e.id, d.title
SELECT e.id, d.title FROM emp e FULL JOIN dept d ON e.dept = d.dept ORDER BY e.id, d.title
SELECT * FROM emp JOIN dept USING (dept) ORDER BY id
SELECT dept, id FROM emp FULL JOIN dept USING (dept) ORDER BY dept, id
SELECT * FROM dept NATURAL JOIN (SELECT 10 AS dept, 'z' AS y) q
SELECT dept, e.dept, d.dept FROM emp e LEFT JOIN dept d USING (dept) ORDER BY id
SELECT count(*) FROM emp CROSS JOIN dept
SELECT count(*) FROM emp, dept
SELECT a.id, b.id FROM emp a JOIN emp b ON a.id = b.id - 1 ORDER BY 1
SELECT j.id FROM (emp JOIN dept USING (dept)) AS j ORDER BY 1
SELECT e.id, l.t FROM emp e, LATERAL (SELECT title AS t FROM dept d WHERE d.dept = e.dept) l ORDER BY e.id
SELECT e.id, l.t FROM emp e LEFT JOIN LATERAL (SELECT title AS t FROM dept d WHERE d.dept = e.dept) l ON true ORDER BY e.id
SELECT e.id, d.title FROM emp e LEFT JOIN dept d ON e.dept = d.dept AND d.dept = (SELECT min(dept) FROM dept) ORDER BY e.id
-- subqueries, with
SELECT id FROM emp WHERE dept IN (SELECT dept FROM dept) ORDER BY id
SELECT id FROM emp WHERE dept NOT IN (SELECT dept FROM dept) ORDER BY id
SELECT id FROM emp e WHERE EXISTS (SELECT 1 FROM dept d WHERE d.dept = e.dept) ORDER BY id
SELECT id FROM emp e WHERE NOT EXISTS (SELECT 1 FROM dept d WHERE d.dept = e.dept) ORDER BY id
SELECT id FROM emp WHERE salary > (SELECT avg(salary) FROM emp) ORDER BY id
SELECT id FROM emp WHERE salary > ALL (SELECT salary FROM emp WHERE dept = 10) ORDER BY id
SELECT id FROM emp WHERE dept = ANY (SELECT dept FROM dept) ORDER BY id
SELECT id FROM emp WHERE dept <> ALL (SELECT dept FROM dept WHERE dept = 10) ORDER BY id
SELECT id FROM emp WHERE (dept, active) IN (SELECT dept, true FROM dept) ORDER BY id
SELECT e.id, (SELECT title FROM dept d WHERE d.dept = e.dept) FROM emp e ORDER BY 1
WITH a AS (SELECT dept, count(*) AS c FROM emp GROUP BY dept) SELECT * FROM a ORDER BY dept
WITH a(x, y) AS (SELECT 1, 2), b AS (SELECT x + y AS z FROM a) SELECT * FROM b, a
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r ORDER BY n
WITH RECURSIVE r AS (SELECT 1 AS n, 'a' AS s UNION ALL SELECT n + 1, s || 'b' FROM r WHERE n < 3) SELECT n, s FROM r ORDER BY n
WITH RECURSIVE r(n) AS (VALUES (1) UNION SELECT n % 3 + 1 FROM r) SELECT n FROM r ORDER BY n
WITH emp AS (SELECT 1 AS q) SELECT q FROM emp
WITH a AS MATERIALIZED (SELECT 1 AS x) SELECT x FROM a
SELECT * FROM (WITH q AS (SELECT 2 AS w) SELECT w FROM q) z
-- set operations
SELECT 1 UNION SELECT 2 UNION SELECT 1 ORDER BY 1
SELECT 1 UNION ALL SELECT 1
SELECT id FROM emp EXCEPT SELECT id FROM emp WHERE id > 2 ORDER BY 1
SELECT dept FROM emp INTERSECT SELECT dept FROM dept ORDER BY 1
SELECT dept FROM emp INTERSECT ALL SELECT dept FROM dept ORDER BY 1
SELECT 1 AS a UNION SELECT 2.5 ORDER BY a
SELECT NULL UNION SELECT 'a' ORDER BY 1
SELECT NULL UNION ALL SELECT 1 ORDER BY 1
SELECT '2020-01-01' UNION SELECT hired FROM emp ORDER BY 1
SELECT name, id FROM emp UNION SELECT title, dept FROM dept ORDER BY 2, 1 LIMIT 4
(SELECT id FROM emp ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM emp ORDER BY id DESC LIMIT 1) ORDER BY 1
SELECT 1 UNION (SELECT 2 EXCEPT SELECT 2) ORDER BY 1
SELECT 1::int2 UNION SELECT 2::int8 ORDER BY 1
