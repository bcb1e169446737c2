-- arithmetic and its types
SELECT i2 + i4, i2 + i8, i4 * i8, i2 - i2, i4 / i2, i8 % 7 FROM num WHERE i2 = 1
SELECT i2 + 1, i2 * 2, i8 + 1, i4 - 1, 1 - i4 FROM num WHERE i2 = 1
SELECT n + 1, n * 2, n - n, n / 2, n % 2, -n FROM num WHERE i2 = 1
SELECT n * n, n * 1.5, n + i4, n * i8 FROM num WHERE i2 = 1
SELECT f4 + f4, f4 * 2, f8 / 2, f8 + n, f4 + f8, f8 - i4 FROM num WHERE i2 = 1
SELECT 7 / 2, -7 / 2, 7 % 3, -7 % 3, 7 / -2, 7 % -3
SELECT 7.0 / 2, 7 / 2.0, 1 / 3.0, 2 / 3.0, 10.0 / 4, 1.5 * 1.5, 0.1 + 0.2
SELECT 7::float8 / 2, 7::int8 / 2, 7::int2 / 2::int2, 7::numeric / 2
SELECT 2 ^ 10, 2.0 ^ 3, |/ 16, @ -5, 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4, 256 >> 2
SELECT 100000 / 3.0, 1e10, 1.5e3, 1e-5, 0.000001
SELECT 12345678901234567890, 123456789012345678901234567890
SELECT i4 / 2.0, i8 / 2, i2 / 3.0 FROM num WHERE i2 = -7
SELECT sum(i2), sum(i4), sum(i8), sum(n), sum(f4), sum(f8) FROM num WHERE i2 < 100
SELECT avg(i2), avg(i4), round(avg(i8), 6), avg(n), avg(f4), avg(f8) FROM num WHERE i2 < 100
SELECT avg(i4), avg(n), sum(i4) FROM num WHERE false
-- differs: an average keeps 16 digits after the point however large it is; Postgres fewer
SELECT avg(i8) FROM num
SELECT avg(salary), sum(salary), min(salary), max(salary), count(salary), avg(id), avg(rating) FROM emp
SELECT avg(-1 * id), avg(DISTINCT dept), sum(DISTINCT dept), count(DISTINCT dept) FROM emp
SELECT sum(salary) / count(*), sum(salary) / sum(id), 100.0 * sum(id) / count(*) FROM emp
SELECT salary / id, salary / 3, salary * 1.1, id / salary FROM emp ORDER BY id
SELECT NULL / 0, NULL::int / 0, NULL::int % 0
SELECT abs(-5), abs(-5.5), abs(-5::float8), sign(-3), sign(-3.5), ceil(1.2), floor(-1.2), round(2.5), round(-2.5), trunc(1.9)
SELECT round(2.5::float8), round(3.5::float8), round(0.5::float8), ceil(1.2::float8), trunc(-1.7::float8)
SELECT round(2.345, 2), round(2.344, 2), round(1.5, 3), round(-2.345, 2), trunc(2.349, 2), round(n, 1), trunc(n, 1) FROM num
SELECT sqrt(16), sqrt(2::float8), power(2, 3), power(2.0, 3), exp(1), ln(10), log(100), cbrt(27), pi()
SELECT mod(7, 3), mod(-7, 3), mod(7.5, 2), gcd(12, 18), lcm(4, 6), div(7, 2)
SELECT degrees(pi()), radians(180), sin(0), cos(0), atan2(1, 1)
SELECT sqrt(-1)
SELECT ln(0)
SELECT width_bucket(5.35, 0.024, 10.06, 5)
-- casts
SELECT 1::int2, 1::int4, 1::int8, 1::numeric, 1::float4, 1::float8, 1::text, 1::bool
SELECT '1'::int2, '-5'::int8, ' 7 '::int4, '1.50'::numeric, '1e3'::float8, 't'::bool, 'off'::bool, 'abc'::text
SELECT 2.5::int, 3.5::int, -2.5::int, 2.5::float8::int, 3.5::float8::int, -2.5::float8::int, 1.5::int8
SELECT 1.005::numeric(10,2), 2.345::numeric(5,2), 123.456::numeric(5,1), 5::numeric(5,2)
SELECT 12345::numeric(4,1)
SELECT true::int, 0::bool, true::text, false::text
SELECT 1.5::text, 100::text, 1e6::float8::text, 0.1::float8::text, 1.0::float8::text, 1e20::float8::text, 'NaN'::float8::text, '-Infinity'::float8::text
SELECT 'hello'::varchar(3), 'hi'::char(5), 'hello'::char(3), 'x'::char
SELECT salary::int, salary::text, salary::float8, rating::int, rating::numeric(5,1), id::text FROM emp ORDER BY id
SELECT hired::text, hired::timestamp, seen::date, seen::text, seen::time FROM emp ORDER BY id
SELECT '2024-02-29'::date, '2024-02-29 12:34:56.789'::timestamp, '12:34'::time, '1 day'::interval, '20240229'::date, 'Feb 29 2024'::date
SELECT '2024-02-29 12:00:00+02'::timestamptz, '2024-02-29'::timestamptz, '2024-02-29 12:00:00'::timestamp::date
SELECT '{1,2,3}'::int[], '{a,"b c",NULL}'::text[], '{}'::int[], ARRAY[1,2]::text[], ARRAY['1','2']::int[]
SELECT '\xdeadbeef'::bytea, 'abc'::bytea, E'\\001'::bytea
SELECT '{"a": 1}'::json, '[1,2]'::jsonb
SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, 'A0EEBC999C0B4EF8BB6D6BB9BD380A11'::uuid
SELECT interval '1' day, interval '2' hour, interval '1-2' year to month, interval '1 day 2 hours', interval '3:04' hour to minute, interval 'P1DT2H'
SELECT date '2024-01-01', time '10:00', timestamp '2024-01-01 10:00', timestamptz '2024-01-01 10:00+00'
SELECT 'now'::date = current_date, 'epoch'::timestamp, 'infinity'::date::text
SELECT 1::oid, '5'::oid, 12::oid::int
SELECT 300::int2::int, 70000::int2
SELECT 'abc'::bytea::text
SELECT '1.5'::int
SELECT '99999999999'::int
SELECT 'maybe'::bool
SELECT id::bool FROM emp WHERE id < 3 ORDER BY id
SELECT hired::int FROM emp
SELECT CAST(NULL AS int), NULL::text, NULL::date
SELECT x'1F'::int, b'101'
SELECT 1 = 1.0, 1 = 1::float8, 0.1::float8 = 0.1, 1::int2 = 1::int8
SELECT pg_typeof(1), pg_typeof('a'::text), pg_typeof(1.5), pg_typeof(i8), pg_typeof(f4) FROM num
SELECT 5 IN (1, 2.5, 5), 'a' IN ('a', 'b'), NULL IN (1), 1 NOT IN (2, NULL)
SELECT coalesce(NULL, 1), coalesce(NULL, 1, 2.5), coalesce(i4, 0), coalesce(n, 0), coalesce(NULL, 'x') FROM num
SELECT CASE WHEN i4 > 1 THEN 'big' WHEN i4 = 0 THEN 'zero' END, CASE i4 WHEN 2 THEN 1.5 ELSE 0 END, CASE WHEN true THEN 1 ELSE 2.5 END FROM num
SELECT greatest(1, 2.5), least('a', 'b'), greatest(NULL, 1), greatest(i2, i8) FROM num
SELECT nullif(1, 1), nullif('a', 'b'), nullif(2.5, 2)
SELECT CASE WHEN 1 THEN 2 END
SELECT coalesce(1, 'a')
SELECT 1 AS a WHERE 'a' < 'B'
SELECT 'a' < 'b', 'a' = 'a ', 'abc' > 'ab', 'B' < 'a'
