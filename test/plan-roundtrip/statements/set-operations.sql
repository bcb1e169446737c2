select a from {t} union select a from {u};

select a from {t} intersect all select a from {u};

select * from (values (1,'x'),(2,null)) v(a,b);

select unnest(l), a from {t};

select * from generate_series(1,10) g(i);

select * from range(3), {u};

select a from {t} except select a from {u};

select a from {t} except all select a from {u};

select a from {t} intersect select a from {u};

select a, 'one' from {t} union all select k, b from {u} union all select 7, 'z';

select unnest(l), unnest([1,2]) from {t};

select t.a, x.v from {t} t, unnest(t.l) x(v);

select * from unnest([1,2,3]) u(i), {u};

select * from generate_series(date '2020-01-01', date '2020-01-05', interval 1 day) g(d);

select * from range(5) r(i) left join {u} u on u.k = i;

select * from (values (1, 'a'), (2, 'b')) v(i, s) join {u} u on u.b = v.s || 'b';
