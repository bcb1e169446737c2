-- positional join is not known
select t.a from {t} t positional join {u} u;

-- asof join is not known
select * from {t} t asof join {u} u on t.x >= u.k;

-- recursive cte is not known
with recursive r as (select 1 i union all select i + 1 from r where i < 5) select * from r;

-- list_transform() takes a lambda
select l from {t} where list_transform(l, lambda z: z + 1) is not null;

-- random() gives another value on each call
select random() from {t};

-- gen_random_uuid() gives another value on each call
select gen_random_uuid() from {t};

-- a LIMIT or OFFSET that is not a constant number of rows
select a from {t} limit 10%;

-- a LIMIT or OFFSET that is not a constant number of rows
select a from {t} limit (select max(k) from {u});

-- DuckDB's plan cannot be read (unexpected text at 0)
select '0101'::bit;

-- type VARIANT is not known
select '1'::variant;

-- a constant of rows without field names cannot be written in SQL
select [row(1, 2)];

-- create table is not known
create table x (a int);

