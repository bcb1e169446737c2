select a, row_number() over (partition by b order by x desc) r, sum(a) over (order by d rows between 2 preceding and current row exclude ties), lag(a,2,0) over (order by x) from {t} qualify r < 3;

select n*2, n*n, n+n, n-1, 1-n, n*(1-n), n*(1-n)*(1+n), n/3, round(n,1), -n, abs(n), n%3, sum(n*(1-n)) over (), n+1.555, n*1.5, n+a, n::decimal(18,4)*n, n::decimal(20,4)*n, n::decimal(38,4)+n, greatest(n, 5), coalesce(n,0), case when a>1 then n else 0 end, n between 1 and 10, n > 3, n = 1.50, floor(n), ceil(n), trunc(n), n::decimal(5,2) + n::decimal(18,0), n::decimal(4,1)*n::decimal(4,1), n::decimal(9,1)*n::decimal(9,1) from {t};

select a, sum(a) over (order by d range between interval 1 day preceding and interval 2 day following), first_value(a ignore nulls) over w, nth_value(a, 2) over w, ntile(4) over w, percent_rank() over w, dense_rank() over w, sum(distinct a) filter (a>1) over w, string_agg(b, '-') over w, count(*) over w, quantile_cont(x, 0.5) over w, cume_dist() over w, rank() over w, last_value(b) over w, lead(a) over w, lag(b, 1, 'none') over w, sum(x) over (partition by f order by a desc range between 3 preceding and 1 following), avg(a) over (order by x, a, d rows between unbounded preceding and unbounded following exclude current row), count(b) over (order by a range between unbounded preceding and current row exclude group), min(d) over (partition by b), sum(n) over (order by d desc range between interval 3 days preceding and current row) from {t} window w as (partition by b order by x, a, d groups between 1 preceding and 1 following);

select a, count(*) over (), rank() over (order by n, d, a), sum(n) over (partition by b), max(x) over (partition by f, b), min(n) over (partition by a order by d) from {t};

select f, b, sum(n), sum(sum(n)) over (), sum(n) / sum(sum(n)) over (partition by f) from {t} group by f, b;

select a, sum(x) over (partition by a % 3), sum(n) over (partition by b || 'x'), avg(n) filter (where f) over (), bool_or(f) over () from {t} where a > 0;

select t.a, count(*) over (), sum(u.k) over (partition by t.b) from {t} t join {u} u on t.a = u.a
