select t.a from {t} t where exists (select 1 from {u} u where u.a=t.a and u.b <> t.b);

select t.a from {t} t where t.a not in (select u.a from {u} u);

select t.a from {t} t where t.a in (select u.a from {u} u) or t.x > 3;

select t.a, (select max(k) from {u} u where u.a=t.a) m from {t} t;

select t.a from {t} t where t.x > (select avg(k) from {u} u where u.a=t.a);

select t.a, (select k from {u} limit 1) from {t} t;

with c as materialized (select a from {t}) select * from c c1, c c2 where c1.a < c2.a;

select t.a, (select sum(k) from {u} u where u.a=t.a and u.b > t.b) m from {t} t;

select t.a from {t} t where t.a not in (select u.a from {u} u where u.b = t.b);

select t.a, (select k from {u} u where u.a=t.a order by k limit 1) m, (select max(k) from {u} u where u.a=t.a) m2, (select k from {u} u where u.a=t.a and u.a = 5) m3 from {t} t;

select t.a, v.k from {t} t, lateral (select k from {u} u where u.a = t.a order by k limit 2) v;

select t.a in (select a from {u}) x, exists(select 1 from {u} u where u.b=t.b) from {t} t;

select t.a from {t} t where not exists (select 1 from {u} u where u.a=t.a);

select a from {t} where (a, b) not in (select a, b from {u});

select a from {t} where (a, b) in (select a, b from {u});

select a from {t} where a > all (select a from {u});

select a from {t} where a > all (select a from {u} where a is not null);

select a from {t} where a > any (select a from {u});

select a, a > all (select a from {e}), a in (select a from {e}), exists (select 1 from {e}), a not in (select a from {e}) from {t};

select a, b in (select b from {u} u where u.k > t.a) from {t} t;

select a, x > any (select k from {u} u where u.b = t.b) from {t} t;

select * from (select a, b from {t} order by a, d limit 5) order by b;

select count(*) from (select distinct a, b from {t});

with c as (select b, count(*) n from {t} group by b) select c1.b, c2.n from c c1, c c2 where c1.n = c2.n;

with c as materialized (select b, count(*) n from {t} group by b), c2 as materialized (select * from c where n > 1) select c1.b, c2.n from c c1, c2 where c1.n = c2.n;

select i, (select count(*) from {u} u where u.k < i) from range(5) r(i);

select t.a from {t} t semi join {u} u on t.a = u.a and t.x < u.k;

select t.a from {t} t anti join {u} u on t.a = u.a and t.x < u.k;

select u.* from {u} u where exists (select 1 from {t} t where t.a = u.a);

select u.* from {u} u where u.a in (select a from {t} where x > 1 union select 3);

select t.b, (select string_agg(u.b, ',' order by u.b) from {u} u where u.a = t.a) from {t} t;

select (select max(a) from {t}) + k from {u};

select t.a, v.* from {t} t left join lateral (select u.k, u.b || t.b from {u} u where u.k = t.a) v on true;

select * from {t} t where x > (select avg(x) from {t} t2 where t2.b = t.b);

select * from {t} t where x > (select avg(x) from {t} t2 where t2.b = t.b) or not exists (select 1 from {u} u where u.a = t.a);

select t.a from {t} t where exists (select 1 from {u} u where u.a = t.a and exists (select 1 from {t} t3 where t3.b = u.b and t3.x > t.x));

select t.a from {t} t where exists (select 1 from {u} u where u.a = t.a or u.k < t.x);

select t.a from {t} t where not exists (select 1 from {u} u where u.a > t.a or u.k < t.x);

select u.k from {u} u where exists (select 1 from {t} t where t.b = u.b and t.x < u.k);

select u.k from {u} u where not exists (select 1 from {t} t where t.b = u.b and t.a = u.k);

select u.k from {u} u where u.k not in (select a from {t} where a is not null);

select count(*) from {u} u where u.k in (select a from {t} limit 5);

select t.b, t.a from {t} t where t.n > all (select u.k from {u} u where u.b = t.b);

select t.b, t.a = any (select u.a from {u} u where u.b = t.b), t.a <> all (select u.a from {u} u where u.b = t.b) from {t} t;

select t.a, exists (select 1 from {u} u where u.a is not distinct from t.a) from {t} t;

select t.a, (select count(*) from {u} u where u.a = t.a or u.k = t.a) from {t} t;

select t1.a, t1.b, t1.a in (select u.a from {u} u where u.b = t1.b and u.k in (select t2.a from {t} t2 where t2.b = u.b)) from {t} t1;

select (select (select max(u.k) from {u} u where u.b = t.b and u.a <= t.a)) from {t} t;

with w as materialized (select a, b from {u}) select t.a, (select count(*) from w where w.b = t.b) from {t} t where t.a in (select a from w);

select * from (select a, n from {t} t order by n desc, a, d limit 7) x left join lateral (select k from {u} u where u.a < x.a order by k limit 1) y on true;

select t.a, u.k from {t} t full join {u} u on t.a = u.a and t.n > 500;

select t.a, u.k from {t} t full join {u} u on t.a < u.k - 15;

select t.a, u.k from {t} t full join {u} u on t.a = u.a or u.k < 3;

select t.a, t.b, u.k from {t} t left join {u} u on t.a = u.a and t.b || u.b = 'abab';

select u.k from {u} u where exists (select 1 from {t} t where t.b = u.b and t.n + u.k > 900);

select u.k from {u} u where not exists (select 1 from {t} t where t.b = u.b and t.n + u.k > 900);

select x, x in (select x from {t} t2 where t2.f), x not in (select x from {t} t2 where x is not null and f), a in (select a from {u} where a is null) from {t}
