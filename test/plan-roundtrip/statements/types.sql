select 1::tinyint, (-128)::tinyint, 32767::smallint, (-32768)::smallint, 2147483647, -2147483648, 9223372036854775807, (-9223372036854775808)::bigint, 170141183460469231731687303715884105727::hugeint, ('-170141183460469231731687303715884105728')::hugeint, 340282366920938463463374607431768211455::uhugeint, 18446744073709551615::ubigint, 255::utinyint, 65535::usmallint, 4294967295::uinteger, -1::hugeint, 0::hugeint;

select 9999999999999999999999999999999999999.9::decimal(38,1), (-9999999999999999999999999999999999999.9)::decimal(38,1), 1.5::decimal(4,1), -0.05::decimal(4,2), 1.123::decimal(9,3), 123456789.123::decimal(18,3), 0.00000000000000000000000000000000000001::decimal(38,38), 5::decimal(1,0), 0::decimal(10,2);

select 1e300::double, 'nan'::double, '-inf'::float, 'inf'::double, 0.1::float, '-0.0'::double, 0.1::double, 5e-324::double, 1.7976931348623157e308::double, 3.4028235e38::float, 1e-45::float, 123456789.123::double, 1/3.0::double, 16777217::float, 9007199254740993::double;

select true, false, 'a''b\n\x', '', 'é😀"\', 'a'||chr(0)||'b', '\x00\xFF a\x27\x5C'::blob, ''::blob, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, '00000000-0000-0000-0000-000000000000'::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid, '{"a": [1, null]}'::json, 'x
y'::varchar;

select date '2020-01-01', date '-infinity', date 'infinity', date '5877642-06-25 (BC)', date '5881580-07-10', date '0001-01-01', date '0001-12-31 (BC)', date '2000-02-29', date '1900-03-01', date '9999-12-31', date '1969-12-31', date '0005-02-28 (BC)', date '0001-02-29 (BC)';

select time '12:34:56.789', time '00:00:00', time '23:59:59.999999', time '24:00:00', timetz '12:34:56+05:30', timetz '00:00:00+15:59:59', timetz '23:59:59.999999-15:59:59', timetz '01:02:03-00:00:30', '12:34:56.123456789'::time_ns;

select timestamp '2020-01-01 01:02:03.456', timestamp 'infinity', timestamp '-infinity', timestamp '0001-01-01 (BC) 00:00:00', timestamp '1969-12-31 23:59:59.999999', timestamp '290309-12-22 (BC) 00:00:00', timestamp '294247-01-10 04:00:54.775806', timestamp_s '2020-01-01 00:00:00', timestamp_s '1969-12-31 23:59:59', timestamp_ms '2020-01-01 00:00:00.123', timestamp_ms '1960-12-31 23:59:59.001', timestamp_ns '2020-01-01 00:00:00.123456789', timestamp_ns '1677-09-22 00:00:00', timestamptz '2020-01-01 00:00:00+02', timestamptz 'infinity', timestamptz '0044-03-15 (BC) 12:00:00+00';

select interval '1 month 2 days 3.5 seconds', interval '-1 month', interval '1 month' - interval '40 days', interval '0 days', interval '100 years', to_microseconds(9223372036854775807), to_microseconds(-5), to_days(-2147483648), interval '-00:00:00.000001';

select null, null::int, null::decimal(5,2), null::int[], null::struct(a int), null::map(varchar, int), null::enum('x','y'), null::date, null::blob, null::json, null::uuid, null::interval, null::int[3], null::union(a int, b varchar), null::bit, null::bignum, null::timetz;

select [1,2,null], []::int[], [[1],[],null,[2,3]], {'a':1,'b':'x','c':null}, {'a':{'b':[1]}}, map{'k':1}, map{}, map{1:'a', 2:null}, [1,2]::int[2], [[1,2],[3,4]]::int[2][2], 'a'::enum('a','b'), 'it''s'::enum('it''s','b'), [date '2020-01-01', null], [{'x':1},{'x':2}], map{[1]:{'y':date '2020-01-01'}}, union_value(num := 2), union_value(s := 'x')::union(n int, s varchar), 2::union(n int, s varchar), [1.5::decimal(5,2)], ['a'::enum('a','b')], {'A b"c': 1};

select row(1,2), row(1,'x',row(3));

select * from {types};

select ti+ti, si*2::smallint, bi+1, u8 % 3, ub//2, -i, ti::bigint, i::hugeint + 1::hugeint, ub::uhugeint from {types} where i < 100 and ti < 10 and ti > -60 and bi > -100 and si < 100 and bi < 10 and ub < 10 and u8 < 3;

select count(*) from {types} where ti = 127 or si = -32768 or i = 2147483647 or bi = -9223372036854775808 or ub = 18446744073709551615 or f = 'inf' or d = 'nan' or dt = date 'infinity' or ts = timestamp '2020-01-01 00:00:00' or tz >= timestamptz '2020-01-01 00:00:00+00' or iv = interval '1 day' or bl = '\x00\xFF'::blob or uu = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' or bo or tm = time '12:00:00' or de = 1.5 or de38 > 5 or vc = 'é' or li = [1,2] or st = {'a': 1, 'b': 'x'};

select * from {types} where f > 0 and d <> 'nan' and dt > date '2000-01-01' and not bo;

select * from {types} where de between 1 and 2 or de38 in (1, 2.5) or u8 in (1, 2, 3);

select ti, count(*), sum(ti), sum(bi::hugeint), avg(de), sum(de38), min(vc), max(tz), min(uu), max(iv), avg(dt), min(li), max(st), first(m) from {types} group by ti;

select distinct li, st, m from {types};

select t1.i from {types} t1 join {types} t2 on t1.uu = t2.uu and t1.bl = t2.bl and t1.li = t2.li and t1.st is not distinct from t2.st and t1.iv = t2.iv and t1.tz = t2.tz and t1.f = t2.f;

select t1.i from {types} t1 where (t1.vc, t1.dt) in (select t2.vc, t2.dt from {types} t2);

select tz, tz::date, tz + interval 1 month, date_trunc('day', tz), extract(hour from tz), ts::timestamptz, dt::timestamptz, tm + interval 1 hour, ts - dt, tz - tz, age(ts), iv * 2, -iv, extract(epoch from iv), timezone('Europe/Berlin', tz), timezone('Europe/Berlin', ts), strftime(tz, '%Y') from {types} where isfinite(dt) and isfinite(ts) and isfinite(tz) and abs(year(dt)) < 3000 and abs(year(ts)) < 3000 and abs(year(tz)) < 3000;

select vc || vc, upper(vc), length(vc), md5(vc), vc[1], bl || bl, octet_length(bl), to_json(st), to_json(li), js->'$.a', js->>'a', json_extract(js, '$.a'), js::varchar, st.a, st['b'], m[1], map_keys(m), cardinality(m), li[1], list_sum(li), len(li), array_to_string(li, ','), struct_extract(st, 'a'), struct_insert(st, z := 1), bo and true, bo or bo, not bo, uu::varchar, hash(uu), e, e::varchar from {types};

select map {a % 3: b} m, count(*) from {t} group by m;

select [a % 3, a % 2]::bigint[2] v, count(*) from {t} group by v;

select (a % 3 + 5)::bit v, (a % 2)::bignum w, count(*) from {t} group by v, w;

select ('12:00:0' || abs(a % 3) || '+0' || abs(a % 2))::timetz v, count(*) from {t} group by v;

select y.v, count(*) from (select map {a: b} v from {t}) y join (select map {a: b} v from {t}) z on y.v = z.v group by y.v;

select [abs(a % 3)::bit] v from {t} intersect all select [abs(a % 2)::bit] from {u};
