-- postgres.js: array types
select b.oid, b.typarray from pg_catalog.pg_type a left join pg_catalog.pg_type b on b.oid = a.typelem where a.typcategory = 'A' and b.oid in (16, 20, 21, 23, 25, 700, 701, 1043, 1114, 1184, 1700, 2950) group by b.oid, b.typarray order by b.oid;

-- Npgsql: type loading
SELECT ns.nspname, t.oid, t.typname, t.typtype, t.typnotnull, t.elemtypoid FROM ( SELECT typ.oid, typ.typnamespace, typ.typname, typ.typtype, typ.typrelid, typ.typnotnull, typ.relkind, elemtyp.oid AS elemtypoid, elemtyp.typname AS elemtypname, elemcls.relkind AS elemrelkind, CASE WHEN elemproc.proname='array_recv' THEN 'a' ELSE elemtyp.typtype END AS elemtyptype FROM ( SELECT typ.oid, typnamespace, typname, typrelid, typnotnull, relkind, typelem AS elemoid, CASE WHEN proc.proname='array_recv' THEN 'a' ELSE typ.typtype END AS typtype, CASE WHEN proc.proname='array_recv' THEN typ.typelem WHEN typ.typtype='r' THEN rngsubtype WHEN typ.typtype='m' THEN (SELECT rngtypid FROM pg_range WHERE rngmultitypid = typ.oid) WHEN typ.typtype='d' THEN typ.typbasetype END AS elemtypoid FROM pg_type AS typ LEFT JOIN pg_class AS cls ON (cls.oid = typ.typrelid) LEFT JOIN pg_proc AS proc ON proc.oid = typ.typreceive LEFT JOIN pg_range ON (pg_range.rngtypid = typ.oid) ) AS typ LEFT JOIN pg_type AS elemtyp ON elemtyp.oid = elemtypoid LEFT JOIN pg_class AS elemcls ON (elemcls.oid = elemtyp.typrelid) LEFT JOIN pg_proc AS elemproc ON elemproc.oid = elemtyp.typreceive ) AS t JOIN pg_namespace AS ns ON (ns.oid = typnamespace) WHERE ( typtype IN ('b', 'r', 'm', 'e', 'd') OR (typtype = 'c' AND relkind='c') OR (typtype = 'p' AND typname IN ('record', 'void', 'unknown')) OR (typtype = 'a' AND ( elemtyptype IN ('b', 'r', 'm', 'e', 'd') OR (elemtyptype = 'p' AND elemtypname IN ('record', 'void')) OR (elemtyptype = 'c' AND elemrelkind='c') )) ) AND t.oid IN (16, 23, 25, 1007, 1009, 1700, 2278, 2249) ORDER BY CASE WHEN typtype IN ('b', 'e', 'p') THEN 0 WHEN typtype = 'r' THEN 1 WHEN typtype = 'm' THEN 2 WHEN typtype = 'c' THEN 3 WHEN typtype = 'd' AND elemtyptype <> 'a' THEN 4 WHEN typtype = 'a' THEN 5 WHEN typtype = 'd' AND elemtyptype = 'a' THEN 6 END, t.oid;

-- Npgsql: composites and enums
SELECT typ.oid, att.attname, att.atttypid FROM pg_type AS typ JOIN pg_namespace AS ns ON (ns.oid = typ.typnamespace) JOIN pg_class AS cls ON (cls.oid = typ.typrelid) JOIN pg_attribute AS att ON (att.attrelid = typ.typrelid) WHERE (typ.typtype = 'c' AND cls.relkind='c') AND attnum > 0 AND NOT attisdropped ORDER BY typ.oid, att.attnum;
SELECT pg_type.oid, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid=enumtypid ORDER BY oid, enumsortorder;

-- psqlODBC: SQLColumns
select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull, c.relhasrules, c.relkind, case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, t.typtype from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace and c.relname like 'flights' and n.nspname like 'public') inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attrelid = c.oid) inner join pg_catalog.pg_type t on t.oid = a.atttypid) left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum order by n.nspname, c.relname, attnum;

-- psqlODBC: SQLTables, SQLPrimaryKeys, SQLStatistics, large object type
select relname, nspname, relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n where relkind in ('r', 'v', 'm', 'f', 'p') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'pg_temp_1') and n.oid = relnamespace order by nspname, relname;
select ta.attname, ia.attnum, ic.relname, n.nspname, tc.relname from pg_catalog.pg_attribute ta, pg_catalog.pg_attribute ia, pg_catalog.pg_class tc, pg_catalog.pg_index i, pg_catalog.pg_namespace n, pg_catalog.pg_class ic where tc.relname = 'flights' AND n.nspname = 'public' AND tc.oid = i.indrelid AND n.oid = tc.relnamespace AND i.indisprimary = 't' AND ia.attrelid = i.indexrelid AND ta.attrelid = i.indrelid AND ta.attnum = i.indkey[ia.attnum-1] AND (NOT ta.attisdropped) AND (NOT ia.attisdropped) AND ic.oid = i.indexrelid order by ia.attnum;
select oid, typbasetype from pg_type where typname = 'lo';

-- psycopg: hstore's OIDs, type information
SELECT t.oid, typarray FROM pg_type t JOIN pg_namespace ns ON typnamespace = ns.oid WHERE typname = 'hstore' and ns.nspname = 'public';
SELECT typname AS name, oid, typarray AS array_oid, oid::regtype::text AS regtype, typdelim AS delimiter FROM pg_type t WHERE t.oid = to_regtype('int4') ORDER BY t.oid;

-- asyncpg: the types it does not know
WITH RECURSIVE typeinfo_tree(oid, ns, name, kind, basetype, elemtype, elemdelim, depth) AS (SELECT t.oid, ns.nspname, t.typname, t.typtype, NULL::oid, t.typelem, t.typdelim, 0 FROM pg_catalog.pg_type AS t INNER JOIN pg_catalog.pg_namespace ns ON ns.oid = t.typnamespace WHERE t.oid = any(ARRAY[1007]::oid[]) UNION ALL SELECT t.oid, ns.nspname, t.typname, t.typtype, NULL::oid, t.typelem, t.typdelim, tt.depth + 1 FROM typeinfo_tree tt, pg_catalog.pg_type AS t INNER JOIN pg_catalog.pg_namespace ns ON ns.oid = t.typnamespace WHERE tt.elemtype = t.oid AND tt.elemtype <> 0) SELECT DISTINCT *, elemtype::regtype::text AS elemtype_name FROM typeinfo_tree ORDER BY depth DESC;

-- Sequelize: ranges
WITH ranges AS (SELECT pg_range.rngtypid, pg_type.typname AS rngtypname, pg_type.typarray AS rngtyparray, pg_range.rngsubtype FROM pg_range LEFT OUTER JOIN pg_type ON pg_type.oid = pg_range.rngtypid) SELECT pg_type.typname, pg_type.typtype, pg_type.oid, pg_type.typarray, ranges.rngtypname, ranges.rngtypid, ranges.rngtyparray FROM pg_type LEFT OUTER JOIN ranges ON pg_type.oid = ranges.rngsubtype WHERE pg_type.typtype IN ('b', 'e') AND pg_type.typname IN ('bool', 'varchar', 'json') ORDER BY pg_type.typname;

-- SQLAlchemy: columns
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS format_type, (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef) AS "default", a.attnotnull AS not_null, c.relname AS table_name, pgd.description AS comment, a.attgenerated AS generated, NULL::json AS identity_options FROM pg_class c LEFT OUTER JOIN pg_attribute a ON c.oid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped LEFT OUTER JOIN pg_description pgd ON pgd.objoid = a.attrelid AND pgd.objsubid = a.attnum JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = ANY (ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_table_is_visible(c.oid) AND n.nspname != 'pg_catalog' AND c.relname IN ('flights') ORDER BY c.relname, a.attnum;

-- Metabase: tables by privilege
SELECT n.nspname AS schema, c.relname AS name, has_table_privilege(c.oid, 'SELECT') AS readable FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'public' AND has_table_privilege(format('%I.%I', n.nspname, c.relname), 'SELECT') ORDER BY 2;

-- information_schema
SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 2;
SELECT column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, character_octet_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision, interval_type, udt_schema, udt_name, dtd_identifier, is_self_referencing, is_identity, identity_cycle, is_generated FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'flights' ORDER BY ordinal_position;
SELECT tc.constraint_name, kcu.column_name FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu USING (constraint_schema, constraint_name) WHERE tc.constraint_type = 'PRIMARY KEY' AND tc.table_name = 'flights';
SELECT schema_name FROM information_schema.schemata WHERE schema_name IN ('public', 'pg_catalog', 'information_schema') ORDER BY 1;
SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'pg_catalog' AND table_name IN ('pg_class', 'pg_type', 'pg_attribute') ORDER BY table_name, ordinal_position;

-- object names
SELECT 'flights'::regclass, 'public.flights'::regclass::text, '"flights"'::regclass, 'pg_catalog.pg_class'::regclass::oid, 'integer'::regtype, 'int4[]'::regtype, 1043::regtype, 'public'::regnamespace, 'array_in'::regproc, 'upper(text)'::regprocedure, 0::regclass, to_regclass('nosuch'), to_regtype('nosuch'), 99999999::regclass;
SELECT typname, typinput, typoutput, typreceive, typsend, typmodin, typmodout, typsubscript, typlen, typbyval, typalign, typstorage, typcategory, typispreferred, typcollation FROM pg_type WHERE oid IN (16, 17, 20, 21, 23, 25, 26, 700, 701, 1007, 1042, 1043, 1082, 1114, 1184, 1186, 1700, 2205, 2950, 3802) ORDER BY oid;
SELECT array_agg(oid::regtype ORDER BY oid) FROM pg_type WHERE oid IN (23, 25, 1007);
SELECT format_type(1043, 14), format_type(1700, 655366), format_type(1042, 9), format_type(1114, 3), format_type(1015, 14), format_type(23, NULL), format_type(0, NULL), format_type(99999999, -1), format_type(1042, -1), format_type(NULL, 4);
SELECT pg_size_pretty(10239::int8), pg_size_pretty(10240::int8), pg_size_pretty(10485247::int8), pg_size_pretty(10485248::int8), pg_size_pretty(123456789012::int8), pg_size_pretty(-20000::int8);
SELECT oprname, oprkind, oprleft::regtype, oprright::regtype, oprresult::regtype, oprcode FROM pg_operator WHERE oid IN (96, 98, 551, 641) ORDER BY oid;
SELECT proname, prokind, proretset, provolatile, proargtypes, prorettype::regtype, pg_get_function_arguments(oid), pg_get_function_result(oid), oidvectortypes(proargtypes) FROM pg_proc WHERE oid IN (870, 871, 3058, 2803, 1067) ORDER BY oid;
