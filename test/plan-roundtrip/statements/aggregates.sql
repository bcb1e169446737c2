select distinct on (b) a, b from {t} order by b, a desc;

select distinct a, b from {t};

select b, grouping(b), count(*) from {t} group by rollup(b, a);

select coalesce(a,1), nullif(a,1), a between 1 and 5, case when a=1 then 'x' else b end, case a when 1 then 2 end, a is null, a is distinct from 3, not (a>1), a in (1,2,x), try_cast(b as int), x::int, cast(x as decimal(10,2)), s.p, s['q'], l[1], l[1:2], l[:2] from {t};

select sum(n*(1-n)), sum(n*(1-n)*(1+n)), avg(n), min(n), max(n), sum(n), sum(x), sum(a), count(distinct b), count(n), avg(a), stddev(x), var_pop(x), any_value(5), sum(case when a > 1 then n else 0 end)/sum(n) from {t};

select quantile_cont(x, 0.5), quantile_disc(a, [0.25, 0.75]), string_agg(b, '|' order by a desc, d), approx_quantile(x, 0.3), arg_max(a, x), arg_max(a, x, 3), list(b order by x desc nulls last, a, d), first(a order by d, a), median(x), histogram(a), sum(distinct a), bool_and(a>1), corr(x, a), percentile_cont(0.3) within group (order by x desc), array_agg(b order by d, b), count_if(a>1), approx_count_distinct(b), min(b, 2), bitstring_agg(a, -3, 10), product(x), kurtosis(x), mode(a order by a), quantile_cont(x, [0.1, 0.9]), quantile_disc(b, 0.5), mad(x), skewness(x), entropy(a), bit_and(a), arg_min_null(a, x), list(distinct f order by f), string_agg(distinct b, ',' order by b), group_concat(b, '' order by b, d), histogram(a), max(a) filter (b = 'ab'), regr_slope(x, a), covar_samp(x,a), favg(x), fsum(x), approx_top_k(f, 1), weighted_avg(x, a) from {t};

select b, sum(x) filter (a > 3), count(*) filter (where x is null), count(distinct d) from {t} group by b having count(*) > 3 order by 2 desc, 1 limit 5;

select count(*) from {t};

select count(*) from {t}, {u};

select count(*) from {t}, {u}, {e};

select count(*), sum(1), max(2) from {t} where a > 2;

select count(*) from {e};

select sum(k), count(*), max(b) from {e};

select b, sum(k) from {e} group by b;

select b, sum(k) from {e} group by rollup(b);

select sum(k) from {e} group by ();

select b, f, count(*), grouping(b), grouping(f), grouping(b,f) from {t} group by cube(b, f);

select b, f, count(*) from {t} group by grouping sets ((b), (f), (b), ());

select 1, count(*) from {t} group by 1;

select a % 2, b || 'x', count(*) from {t} group by 1, 2 order by 1, 2;

select distinct on (b) b, a from {t} order by b, a, d;

select distinct on (b) b from {t};

pivot {t} on b in ('ab', 'bb') using sum(a) group by f;

select distinct b collate nocase from {t};

select b collate nocase, count(*) from {t} group by 1 order by 1;

select f, count(*) from {t} where f group by f;

select max(t.a) from {t} t join {u} u using (b) group by u.k having max(t.a) > 2;

select b, median(x), median(d) from {t} group by b;

select count(distinct a), median(n) from {t};

select f, b, grouping(f), grouping(b, f), median(x), count(*) filter (where a > 2), list(a order by a, d) from {t} group by grouping sets ((f, b), (f), (b), (), ());

select f, b, count(distinct a), count(*), sum(1), sum(x) from {t} group by cube (f, b);

select f, b, count(distinct a), count(*), sum(1), median(x), count(distinct d) from {t} where a > 100 group by rollup (f, b);

select count(distinct a), count(*), sum(1), sum(x), median(n), count(distinct b) filter (where f) from {t};

select count(distinct t.a), count(distinct t.b), sum(x), list(t.a order by t.a, d) from {e} e join {t} t using (a);

select f, count(distinct b) c, sum(a), avg(n), arg_max(d, n * 100 + a), bit_xor(a) from {t} group by f;

select f, string_agg(distinct b, ','  order by b), count(*) from {t} group by f;

select arg_max(a, n * 100 + a), arg_min(d, n * 100 + a) filter (where f), max_by(b, n * 100 + a), count(*) from {t};

select b, arg_max(x, n * 100 + a), min_by(x, n * 100 + a) from {t} group by b;

select count(distinct a), count(distinct b), median(a) from (select any_value(a) a, b from {t} group by b, a) v;

select count(*), count(distinct b), sum(k), avg(k) from {e};

select count(*), count(distinct y), max(y) from (select b y from {t} intersect select 'none') v
