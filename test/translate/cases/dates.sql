SELECT date '2024-03-01' - date '2024-02-28', date '2024-01-01' + 5, 5 + date '2024-01-01', date '2024-01-01' - 1, date '2024-01-01' + interval '1 month', date '2024-01-01' + time '10:00'
SELECT timestamp '2024-03-01 10:00' - timestamp '2024-02-28 12:30', timestamp '2024-01-31' + interval '1 month', timestamp '2024-01-01' - interval '1 day 2 hours', interval '1 day' + interval '2 hours', interval '1 day' * 2, interval '1 day' * 1.5, interval '3 hours' / 2, 2 * interval '1 hour', -interval '1 day'
SELECT time '10:00' - time '08:30', time '10:00' + interval '90 minutes', time '23:00' + interval '2 hours'
SELECT timestamptz '2024-01-01 00:00+00' - timestamptz '2023-12-31 12:00+00', timestamptz '2024-01-01 00:00+00' + interval '1 hour'
SELECT extract(year FROM date '2024-03-05'), extract(month FROM timestamp '2024-03-05 01:02:03.5'), extract(second FROM timestamp '2024-03-05 01:02:03.5'), extract(epoch FROM timestamp '2024-01-01 00:00:00.25'), extract(dow FROM date '2024-03-05'), extract(isodow FROM date '2024-03-10'), extract(doy FROM date '2024-03-05'), extract(week FROM date '2024-03-05'), extract(quarter FROM date '2024-03-05'), extract(hour FROM time '10:20')
SELECT extract(epoch FROM interval '1 day 1 hour'), extract(day FROM interval '5 days 3 hours'), extract(hour FROM interval '5 days 3 hours'), extract(epoch FROM date '2024-01-01'), extract(milliseconds FROM timestamp '2024-03-05 01:02:03.5'), extract(microseconds FROM timestamp '2024-03-05 01:02:03.5'), extract(century FROM date '2024-01-01'), extract(decade FROM date '2024-01-01')
SELECT date_part('year', date '2024-03-05'), date_part('hour', timestamp '2024-03-05 10:00'), date_part('epoch', timestamptz '2024-01-01 00:00+00')
SELECT date_trunc('month', timestamp '2024-03-05 10:20:30'), date_trunc('hour', timestamptz '2024-03-05 10:20:30+00'), date_trunc('year', date '2024-03-05'), date_trunc('week', timestamp '2024-03-05'), date_trunc('day', interval '3 days 5 hours'), date_trunc('quarter', timestamp '2024-05-05')
SELECT age(timestamp '2024-03-05', timestamp '2023-01-01'), age(date '2024-03-05', date '2024-02-29'), make_date(2024, 2, 29), make_time(1, 2, 3.5), make_timestamp(2024, 1, 2, 3, 4, 5.5)
SELECT timestamp '2024-06-01 12:00' AT TIME ZONE 'America/New_York', timestamptz '2024-06-01 12:00+00' AT TIME ZONE 'Europe/Berlin', timestamptz '2024-06-01 12:00+00' AT TIME ZONE 'UTC'
SELECT extract(year FROM hired), date_trunc('month', seen), hired + 1, hired - date '2020-01-01', seen - interval '1 day', seen::date - hired FROM emp ORDER BY id
SELECT hired, count(*) FROM emp WHERE hired BETWEEN '2019-01-01' AND '2020-12-31' GROUP BY hired ORDER BY hired
SELECT ts, ts::date, ts::timestamp, ts + iv, d + iv, t + interval '1 hour', iv * 2, iv + interval '1 day' FROM ev
SELECT extract(epoch FROM ts), extract(hour FROM ts), extract(month FROM iv), date_trunc('day', ts) FROM ev
SELECT min(ts), max(d), min(t), max(iv), sum(iv), count(ts) FROM ev
SELECT avg(iv) FROM ev WHERE false
SELECT interval '1 day' > interval '23 hours', interval '1 month' = interval '30 days', date '2024-01-01' = timestamp '2024-01-01', date '2024-01-01' < timestamptz '2024-01-01 01:00+00'
SELECT d = '2024-01-31', ts > '2024-01-01', t < '09:00' FROM ev
SELECT '2024-01-01'::date + '1 day'::interval, '2024-01-01'::timestamp + '1 day'
SELECT date '2024-01-15' + interval '1 year 2 months 3 days', date '2024-03-31' - interval '1 month'
SELECT extract(foo FROM date '2024-01-01')
SELECT current_date = now()::date, now() = current_timestamp, now() = transaction_timestamp()
SELECT date_trunc('second', seen), seen::time, to_char(seen, 'YYYY-MM') FROM emp ORDER BY id
SELECT timestamp '2024-01-01 00:00:00.123456', timestamp(0) '2024-01-01 00:00:00.6', '2024-01-01 10:11:12.345678'::timestamp(3)
SELECT isfinite(date '2024-01-01'), date '2024-01-01' IS NULL, interval '2 weeks', interval '1.5 days', interval '1 year -3 months', interval '00:00:01.5', interval '-1 day'
SELECT interval '1 day'::text, interval '1 year 2 months 3 days 04:05:06'::text, interval '-1 mon'::text
SELECT generate_series(date '2024-01-01', date '2024-01-03', interval '1 day')
SELECT d::date FROM generate_series('2024-01-01'::date, '2024-01-03', '1 day') AS d ORDER BY 1
SELECT * FROM generate_series(timestamp '2024-01-01', timestamp '2024-01-02', interval '12 hours') ORDER BY 1
SELECT justify_hours(interval '-5 days 27:30:00'), justify_days(interval '1 mon -65 days 03:00'), justify_interval(interval '2 mons -40 days 50:00:01.5')
SELECT make_interval(1, 2, hours => 5, secs => 1.25), make_interval(weeks => 2), make_interval()
SELECT to_char(timestamp '2024-01-01', 'TMMonth TMDay')
