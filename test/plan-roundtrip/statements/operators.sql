select t.a, u.k from {t} t join {u} u on t.a=u.a and t.x < u.k;

select t.a from {t} t left join {u} u on t.x < u.k or t.a = u.a;

select a, b from {t} order by x, a desc nulls last limit 10 offset 3;

select a from {t} limit 3;

select a from {t} order by x;

select 1+1;

select a from {t} where false;

select a from {t} where a in (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30);

select t.a, u.k from {t} t right join {u} u on t.a=u.a where t.x > 2 or t.x is null;

select t.a, u.k from {t} t full join {u} u using (a);

select a from {t} where a in (1,7,3,29,100,234,555,777,888,999,1234,4444);

select a, a in (1,7,3,29,100,234,555,777,888,999,1234,4444, null) from {t};

select a from {t} where a not in (1,7,3,29,100,234,555,777,888,999,1234,4444);

select a from {t} where s.p > 0 and l is not null and (x < 3 or x > 5) and d >= date '2020-01-01' and d < date '2021-01-01' and (b = 'ab' or b is null);

select 1 from {t} t, {u} where t.a = 3;

select 'x', b from {t} order by 1, 2;

select a from {t} order by a limit 3 offset 2;

select t.a, u.k from {t} t left join {u} u on t.a = u.a and u.k > 3 and t.x > 1;

select t.a, u.k from {t} t full join {u} u on t.a = u.a and u.k > 3;

select t.a, u.k from {t} t left join {u} u on t.a = u.a where u.k is null;

select * from (unpivot {u} on a, k into name n value v);

select a, b from {t} where b collate nocase = 'AB';

select now() is null, current_date is null from {u};

select x from {t} order by x desc nulls first, a, d limit 4;

select s, l from {t} order by s nulls last, l, a;

select a from {t} where b like 'a%' and b like '%b';

select a from {t} where d between date '2020-01-10' and date '2020-02-01' and extract(month from d) = 1;

select case when f then a else null end, if(f, 1, 2) from {t};

select a, x from {t} where x is not null and not f order by x + a, a, d limit 3;

select b from {t} order by b collate nocase desc, a, d limit 9;

select count(*) from (select * from {t} using sample reservoir(5 rows));

select count(*) from (select a from {t} limit 0);

select a from {t} order by a offset 35;

select t.a from {t} t, {u} u where t.x + u.k > 20 and t.b <> u.b;

select count(*) from {t} t1, {t} t2, {t} t3 where t1.a = t2.a and t2.b = t3.b;

select 1 as one, a, 2 as two from {t} where a > 5 group by one, a, two;

select max(b) over (), x from (select b, x from {t} order by n desc, a limit 3);

select a, a from {t} order by a, n limit 5;

select "weird ""name", count(*) from (select a as "weird ""name" from {t}) group by 1
