SELECT upper('abc'), lower('ABC'), length('héllo'), char_length('abc'), octet_length('héllo'), reverse('abc'), ascii('a'), chr(65)
SELECT 'a' || 'b', 'a' || 1, 1 || 'a', 'a' || NULL, 'a' || true, 'x' || 1.5
SELECT concat('a', NULL, 1, true), concat_ws(',', 'a', NULL, 'b'), concat_ws('-', 1, 2)
SELECT substring('hello' FROM 2 FOR 3), substring('hello' FROM 2), substring('hello' FOR 2), substring('hello' FROM -1 FOR 4), substring('hello', 0, 3), substr('hello', 2, 2), substr('hello', -1)
SELECT substring('hello' FROM 2 FOR -1)
SELECT substring('foobar' FROM 'o.b'), substring('foobar' FROM 'o(.)b'), substring('foobar' FROM 'zz')
SELECT position('lo' IN 'hello'), strpos('hello', 'l'), strpos('hello', 'z'), position('' IN 'abc')
SELECT left('hello', 2), left('hello', -2), right('hello', 2), right('hello', -2), left('hello', 10), left('abc', 0)
SELECT lpad('abc', 5), lpad('abc', 5, 'xy'), lpad('abc', 2), rpad('abc', 5, '*'), rpad('abc', 2), lpad('abc', -1, 'x'), lpad('abc', 5, '')
SELECT trim('  a '), trim(both 'x' from 'xxaxx'), ltrim('xxa', 'x'), rtrim('axx', 'x'), btrim('xyaxy', 'xy'), trim(leading from '  a'), trim(trailing 'a' from 'bba')
SELECT replace('banana', 'a', 'o'), replace('abc', '', 'x'), repeat('ab', 3), repeat('a', -1), translate('12345', '143', 'ax')
SELECT split_part('a,b,c', ',', 2), split_part('a,b,c', ',', 5), split_part('a,b,c', ',', -1), split_part('abc', '', 1)
SELECT split_part('a,b', ',', 0)
SELECT initcap('hello WORLD foo_bar'), md5('abc'), to_hex(255), encode('abc'::bytea, 'hex'), decode('616263', 'hex'), encode('abc'::bytea, 'base64')
SELECT starts_with('hello', 'he'), 'hello' ^@ 'he'
SELECT 'abc' LIKE 'a%', 'abc' LIKE '_b_', 'abc' NOT LIKE 'b%', 'ABC' ILIKE 'a%', 'a%c' LIKE 'a\%c', 'abc' LIKE 'a\%c', 'a%c' LIKE 'ax%c' ESCAPE 'x', 'abc' LIKE NULL
SELECT 'abc' ~ 'b', 'abc' ~ '^b', 'abc' ~* 'B', 'abc' !~ 'b', 'abc' !~* 'X', 'a.c' ~ 'a\.c', 'foo bar' ~ '\yfoo\y', 'abc' OPERATOR(pg_catalog.~) '^(a.*)$'
SELECT 'abc' SIMILAR TO 'a%', 'abc' SIMILAR TO '(a|b)%', 'abc' SIMILAR TO 'b', 'abc' NOT SIMILAR TO 'a_c'
SELECT regexp_replace('foobar', 'o', 'x'), regexp_replace('foobar', 'o', 'x', 'g'), regexp_replace('foo', '(o)', '[\1]', 'g'), regexp_replace('FOO', 'o', 'x', 'gi')
SELECT regexp_match('foobar', 'o(.)b'), regexp_match('abc', 'x'), regexp_split_to_array('a b  c', '\s+'), string_to_array('a,b,c', ','), string_to_array('', ','), array_to_string(ARRAY['a',NULL,'b'], ','), array_to_string(ARRAY['a',NULL,'b'], ',', '*')
SELECT name ~ '^[A-Z]', name LIKE 'A%', name || '!' FROM emp ORDER BY id
SELECT upper(name), length(name), name = 'bob', name > 'C' FROM emp ORDER BY id
SELECT code LIKE '%\_y\%', code || 'z', length(code), upper(code) FROM emp ORDER BY id
SELECT string_agg(name, ', ' ORDER BY id) FROM emp
SELECT string_agg(DISTINCT dept::text, ',' ORDER BY dept::text) FROM emp
SELECT quote_ident('abc'), quote_ident('A b'), quote_literal('it''s'), quote_nullable(NULL), format('%s-%I-%L', 'a', 'B c', 'd')
SELECT to_char(1234.5, 'FM9999.00'), to_char(5, '000'), to_char(-5, '99'), to_char(1234567, '9,999,999'), to_char(0.5, '0.00')
SELECT to_char(timestamp '2024-03-05 07:08:09', 'YYYY-MM-DD HH24:MI:SS'), to_char(date '2024-03-05', 'DD/MM/YYYY'), to_char(timestamp '2024-03-05 17:08:09', 'HH12:MI AM'), to_char(date '2024-03-05', 'Mon DD, YYYY'), to_char(date '2024-03-05', 'FMMonth FMDD'), to_char(date '2024-03-05', 'YYYY"Q"Q'), to_char(date '2024-03-05', 'Day'), to_char(date '2024-03-05', 'IYYY-IW')
SELECT to_date('2024-03-05', 'YYYY-MM-DD'), to_date('05/03/24', 'DD/MM/YY'), to_timestamp('2024-03-05 07:08', 'YYYY-MM-DD HH24:MI'), to_timestamp(86400), to_number('1,234.5', '9,999.9')
SELECT E'a\nb', E'\x41', $$dollar's$$, $tag$x$tag$, U&'\0041'
SELECT 'it''s', 'a' 'b'
SELECT overlay('Txxxxas' placing 'hom' from 2 for 4), bit_length('abc'), strpos('a', 'a') + 1
SELECT name COLLATE "C" FROM emp ORDER BY name COLLATE "C"
SELECT name COLLATE "default" FROM emp ORDER BY 1
SELECT '%', 'a' LIKE '%', '' LIKE '', '' = ''
SELECT left(name, 1) AS l, count(*) FROM emp GROUP BY left(name, 1) ORDER BY l
SELECT regexp_count('banana', 'a'), regexp_substr('banana', 'n.'), regexp_like('banana', 'nan')
SELECT 'abc'::char(5) || '|', length('ab'::char(5)), 'ab '::char(4) = 'ab'
