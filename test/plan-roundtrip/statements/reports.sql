-- shapes of TPC-DS's reports: rollups under windows, channels united, set operations of customers, correlated averages
select b, f, sum(n) as total, grouping(b) + grouping(f) as lochierarchy, rank() over (partition by grouping(b) + grouping(f), case when grouping(f) = 0 then b end order by sum(n) desc, b, f) as place from {t} group by rollup(b, f) order by lochierarchy desc, b nulls last, f nulls last, place;

with channel as (select 'one' as name, a, n from {t} union all select 'two', a, k::decimal(12, 2) from {u}) select name, a, sum(n), count(*) from channel group by cube(name, a) order by name nulls first, a nulls first, 3 limit 30;

with yearly as (select b, extract(month from d) as month, sum(n) as total from {t} group by b, extract(month from d)) select y1.b, y2.total / y1.total from yearly y1, yearly y2 where y1.b = y2.b and y1.month = 1 and y2.month = 2 and y1.total > 0 order by 1;

select count(*) from ((select distinct a, b from {t}) intersect (select distinct a, b from {u}) intersect (select a, b from {u} where k > 1)) hot;

select b, d, total, avg_total from (select b, d, sum(n) as total, avg(sum(n)) over (partition by b) as avg_total from {t} group by b, d) v where avg_total > 0 and case when avg_total > 0 then abs(total - avg_total) / avg_total else null end > 0.1 order by b nulls last, d, total;

select t1.b, count(distinct t1.a), sum(t1.n) from {t} t1 where t1.x > (select 1.2 * avg(t2.x) from {t} t2 where t2.b = t1.b) and exists (select * from {u} u where u.a = t1.a) and not exists (select * from {u} u where u.b = t1.b and u.k > 15) group by t1.b order by 1;

select a, b, row_number() over (partition by b order by n desc, a, d) as place from {t} qualify place <= 2 order by b nulls last, place;

select b, sum(n) as total, sum(sum(n)) over (order by b nulls last rows between unbounded preceding and current row) as running from {t} group by b order by b nulls last;

select b, count(case when x <= 1 then 1 end) as low, count(case when x > 1 then 1 end) as high, count(case when x is null then 1 end) as missing from {t} group by b order by b nulls first;

with best as (select b, max(n) as most from {t} group by b), frequent as (select a from {t} group by a having count(*) > 2) select t.b, t.n from {t} t, best where t.b = best.b and t.n > 0.5 * best.most and t.a in (select a from frequent) order by t.b, t.n;

select coalesce(x.a, y.a) as a, x.n, y.k from (select a, sum(n) n from {t} group by a) x full outer join (select a, sum(k) k from {u} group by a) y on x.a = y.a order by 1 nulls last, 2, 3;

select i, a, (select count(*) from {u} u where u.k between i and i + 3) as near from range(0, 12, 4) r(i), (select a from {t} order by a, d limit 2) order by i, a;

select b, (select max(u.k) from {u} u where u.b = t.b) as most, a in (select a from {u}) as known, a not in (select a from {u} where a is not null) as other from {t} t order by b nulls last, a, d, x
