SELECT ARRAY[1,2,3], ARRAY['a','b'], ARRAY[1,2.5], ARRAY[]::int[], ARRAY[NULL, 1], ARRAY[ARRAY[1,2],ARRAY[3,4]]
SELECT xs[1], xs[2], xs[0], xs[-1], xs[9], ts[1] FROM arr ORDER BY k
SELECT xs[1:2], xs[2:], xs[:2], xs[2:1] FROM arr ORDER BY k
SELECT array_length(xs, 1), cardinality(xs), array_upper(xs, 1), array_lower(xs, 1), array_ndims(xs) FROM arr ORDER BY k
SELECT xs || 9, 0 || xs, xs || ARRAY[7,8], xs || NULL::int[] FROM arr ORDER BY k
SELECT 2 = ANY(xs), 9 = ANY(xs), 2 <> ALL(xs), 1 < ALL(xs), 5 = ANY(ARRAY[1,5]), 5 = ANY('{1,5}') FROM arr ORDER BY k
SELECT 'a' = ANY(ts), 'x%' LIKE ANY(ts) FROM arr WHERE k = 1
SELECT array_append(xs, 5), array_prepend(5, xs), array_cat(xs, ARRAY[1]), array_position(xs, 2), array_remove(xs, 2), array_replace(xs, 2, 20) FROM arr ORDER BY k
SELECT array_to_string(xs, ','), array_to_string(ts, '|', '?') FROM arr ORDER BY k
SELECT unnest(xs) FROM arr WHERE k = 1
SELECT k, unnest(xs), unnest(ts) FROM arr WHERE k = 1
SELECT k, u FROM arr, unnest(xs) AS u ORDER BY k, u
SELECT k, u.v, u.o FROM arr, unnest(xs) WITH ORDINALITY AS u(v, o) ORDER BY k, o
SELECT * FROM unnest(ARRAY[1,2,3], ARRAY['a','b']) AS t(a, b) ORDER BY a
SELECT * FROM generate_series(1, 5) ORDER BY 1
SELECT g FROM generate_series(1, 10, 3) AS g ORDER BY g
SELECT g.x FROM generate_series(5, 1, -2) AS g(x) ORDER BY 1
SELECT generate_series(1, 3), generate_series(1, 2)
SELECT generate_series(1, 3) * 2
SELECT * FROM generate_series(1.0, 2.0, 0.5) ORDER BY 1
SELECT * FROM generate_series(1, 3) WITH ORDINALITY AS g(n, i) ORDER BY 1
SELECT i, s FROM generate_series(1, 2) i, generate_series(1, i) s ORDER BY 1, 2
SELECT ARRAY(SELECT id FROM emp ORDER BY id), ARRAY(SELECT name FROM emp WHERE false)
SELECT xs @> ARRAY[2], ARRAY[2] <@ xs, xs && ARRAY[3, 9] FROM arr WHERE k = 1
SELECT xs = ARRAY[1,2,3], xs <> ARRAY[1], xs < ARRAY[2] FROM arr ORDER BY k
SELECT generate_subscripts(xs, 1) FROM arr WHERE k = 1
SELECT max(u) FROM (SELECT unnest(xs) AS u FROM arr) q
SELECT array_agg(x ORDER BY x) FROM generate_series(1, 4) x WHERE x % 2 = 0
SELECT 1 = ANY(SELECT 1), 3 = ANY(ARRAY[1,2]) IS NULL, NULL = ANY(ARRAY[1])
SELECT (ARRAY[10,20,30])[2], (string_to_array('a,b,c', ','))[2]
SELECT regexp_split_to_table('a b c', ' ')
SELECT s FROM regexp_split_to_table('a,b', ',') AS s ORDER BY s
SELECT ARRAY[]
SELECT '{1,2'::int[]
-- json
SELECT '{"a": 1, "b": {"c": [1,2]}}'::json -> 'a', '{"a": 1}'::json ->> 'a', '{"b": {"c": [1,2]}}'::json -> 'b' -> 'c' -> 1, '{"b": {"c": [1,2]}}'::json #> '{b,c,0}', '{"b": {"c": [1,2]}}'::json #>> '{b,c,1}'
SELECT doc -> 'a', doc ->> 'a', doc -> 'b' ->> 0, doc ->> 'd' FROM ev
SELECT json_array_length('[1,2,3]'::json), json_typeof('{"a":1}'::json), json_typeof('[1]'::json), json_typeof('"x"'::json), json_typeof('1.5'::json), json_build_object('a', 1, 'b', 'x'), json_build_array(1, 'a', NULL), to_json('x'::text)
SELECT '{"a": 1}'::jsonb @> '{"a": 1}'::jsonb
SELECT value FROM json_array_elements('[1, {"a": 2}]'::json)
SELECT * FROM json_array_elements_text('["a","b"]'::json)
SELECT json_object_keys('{"a":1,"b":2}'::json)
-- session and rows
SELECT current_schema(), current_database(), current_user, session_user
SELECT row(1, 2) = row(1, 2), (1, 2) < (1, 3), (1, NULL) = (1, 2), row(1, 2) IS NULL
SELECT x FROM (SELECT 1 AS x) t WHERE t.x = 1
SELECT random() < 1, gen_random_uuid() IS NOT NULL
SELECT pg_catalog.lower('A'), pg_catalog.now() IS NOT NULL
SELECT coalesce(max(id), 0) FROM emp WHERE false
