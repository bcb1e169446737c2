/** A DuckDB macro that answers a Postgres catalog function, and the catalog relations it reads. */
export interface CatalogMacro {
  readonly name: string;
  /** Everything after `CREATE OR REPLACE MACRO name`: overloads by number of arguments. */
  readonly definition: string;
  readonly reads: readonly string[];
}

const C = 'sluice_catalog';

/** A type's name with its modifier, as format_type prints it; the types' SQL names are loaded beside pg_type. */
const FORMAT_TYPE = `
  CASE WHEN type_oid IS NULL THEN NULL ELSE coalesce((
    SELECT CASE
      WHEN modifier IS NULL OR modifier < 4 THEN macro_n.sql_name
      WHEN macro_n.base_oid = 1700 THEN replace(macro_n.sql_name, 'numeric', 'numeric(' || ((modifier - 4) >> 16) || ',' || ((modifier - 4) & 65535) || ')')
      WHEN macro_n.base_oid IN (1042, 1043) THEN replace(macro_n.sql_name, macro_n.base_name, macro_n.base_name || '(' || (modifier - 4) || ')')
      ELSE macro_n.sql_name END
    FROM ${C}.type_names macro_n WHERE macro_n.oid = type_oid), '???') END`;

/**
 * Every macro. DuckDB's macros are not hygienic: names inside one would capture names in its arguments, hence the `macro_`
 * aliases and the parameters that are no column's name. They stand in an order in which each comes after those it calls.
 */
export const CATALOG_MACROS: readonly CatalogMacro[] = [
  { name: 'format_type', definition: `(type_oid, modifier) AS (${FORMAT_TYPE})`, reads: ['type_names'] },
  {
    name: 'pg_get_userbyid',
    definition: `(role_oid) AS coalesce((SELECT macro_r.rolname FROM ${C}.pg_roles macro_r WHERE macro_r.oid = role_oid), 'unknown (OID=' || role_oid || ')')`,
    reads: ['pg_catalog.pg_roles'],
  },
  {
    name: 'pg_table_is_visible',
    definition: `(relation_oid) AS (SELECT macro_n.nspname IN ('public', 'pg_catalog', 'pg_temp') FROM ${C}.pg_class macro_c JOIN ${C}.pg_namespace macro_n ON macro_n.oid = macro_c.relnamespace WHERE macro_c.oid = relation_oid)`,
    reads: ['pg_catalog.pg_class', 'pg_catalog.pg_namespace'],
  },
  { name: 'pg_type_is_visible', definition: '(type_oid) AS true', reads: [] },
  { name: 'pg_function_is_visible', definition: '(function_oid) AS true', reads: [] },
  { name: 'pg_operator_is_visible', definition: '(operator_oid) AS true', reads: [] },
  { name: 'pg_opclass_is_visible', definition: '(opclass_oid) AS true', reads: [] },
  { name: 'pg_opfamily_is_visible', definition: '(family_oid) AS true', reads: [] },
  { name: 'pg_collation_is_visible', definition: '(collation_oid) AS true', reads: [] },
  { name: 'pg_conversion_is_visible', definition: '(conversion_oid) AS true', reads: [] },
  { name: 'pg_get_expr', definition: '(node, relation_oid) AS node::VARCHAR, (node, relation_oid, pretty) AS node::VARCHAR', reads: [] },
  { name: 'pg_encoding_to_char', definition: "(encoding) AS CASE encoding WHEN 6 THEN 'UTF8' WHEN 0 THEN 'SQL_ASCII' ELSE '' END", reads: [] },
  {
    name: 'pg_char_to_encoding',
    definition: "(name) AS CASE upper(name) WHEN 'UTF8' THEN 6 WHEN 'UNICODE' THEN 6 WHEN 'SQL_ASCII' THEN 0 ELSE -1 END",
    reads: [],
  },
  { name: 'pg_get_constraintdef', definition: '(constraint_oid) AS NULL::VARCHAR, (constraint_oid, pretty) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_indexdef', definition: '(index_oid) AS NULL::VARCHAR, (index_oid, column_number, pretty) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_ruledef', definition: '(rule_oid) AS NULL::VARCHAR, (rule_oid, pretty) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_triggerdef', definition: '(trigger_oid) AS NULL::VARCHAR, (trigger_oid, pretty) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_functiondef', definition: '(function_oid) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_function_result', definition: '(function_oid) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_function_arguments', definition: '(function_oid) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_function_identity_arguments', definition: '(function_oid) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_function_sqlbody', definition: '(function_oid) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_partkeydef', definition: '(relation_oid) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_partition_constraintdef', definition: '(relation_oid) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_statisticsobjdef_columns', definition: '(statistics_oid) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_get_serial_sequence', definition: '(table_name, column_name) AS NULL::VARCHAR', reads: [] },
  {
    name: 'pg_get_viewdef',
    definition: `(view_oid) AS (SELECT macro_v.definition FROM ${C}.pg_views macro_v JOIN ${C}.pg_class macro_c ON macro_c.relname = macro_v.viewname JOIN ${C}.pg_namespace macro_n ON macro_n.oid = macro_c.relnamespace AND macro_n.nspname = macro_v.schemaname WHERE macro_c.oid = view_oid), (view_oid, pretty) AS (SELECT macro_v.definition FROM ${C}.pg_views macro_v JOIN ${C}.pg_class macro_c ON macro_c.relname = macro_v.viewname JOIN ${C}.pg_namespace macro_n ON macro_n.oid = macro_c.relnamespace AND macro_n.nspname = macro_v.schemaname WHERE macro_c.oid = view_oid)`,
    reads: ['pg_catalog.pg_views', 'pg_catalog.pg_class', 'pg_catalog.pg_namespace'],
  },
  { name: 'obj_description', definition: '(object_oid) AS NULL::VARCHAR, (object_oid, catalog_name) AS NULL::VARCHAR', reads: [] },
  { name: 'shobj_description', definition: '(object_oid, catalog_name) AS NULL::VARCHAR', reads: [] },
  { name: 'col_description', definition: '(relation_oid, column_number) AS NULL::VARCHAR', reads: [] },
  { name: 'pg_relation_is_publishable', definition: '(relation_oid) AS false', reads: [] },
  { name: 'pg_is_in_recovery', definition: '() AS false', reads: [] },
  { name: 'pg_tablespace_location', definition: "(tablespace_oid) AS ''", reads: [] },
  { name: 'has_table_privilege', definition: '(relation, privilege) AS true, (role, relation, privilege) AS true', reads: [] },
  { name: 'has_schema_privilege', definition: '(schema_name, privilege) AS true, (role, schema_name, privilege) AS true', reads: [] },
  { name: 'has_database_privilege', definition: '(database_name, privilege) AS true, (role, database_name, privilege) AS true', reads: [] },
  { name: 'has_column_privilege', definition: '(relation, column_name, privilege) AS true, (role, relation, column_name, privilege) AS true', reads: [] },
  { name: 'has_any_column_privilege', definition: '(relation, privilege) AS true, (role, relation, privilege) AS true', reads: [] },
  { name: 'has_function_privilege', definition: '(function_name, privilege) AS true, (role, function_name, privilege) AS true', reads: [] },
  { name: 'pg_has_role', definition: '(role, privilege) AS true, (user_name, role, privilege) AS true', reads: [] },
  {
    name: 'pg_total_relation_size',
    definition: `(relation_oid) AS (SELECT macro_s.byte_count FROM ${C}.relation_sizes macro_s WHERE macro_s.oid = relation_oid)`,
    reads: ['relation_sizes'],
  },
  {
    name: 'pg_table_size',
    definition: `(relation_oid) AS (SELECT macro_s.byte_count FROM ${C}.relation_sizes macro_s WHERE macro_s.oid = relation_oid)`,
    reads: ['relation_sizes'],
  },
  {
    name: 'pg_relation_size',
    definition: `(relation_oid) AS (SELECT macro_s.byte_count FROM ${C}.relation_sizes macro_s WHERE macro_s.oid = relation_oid), (relation_oid, fork) AS (SELECT macro_s.byte_count FROM ${C}.relation_sizes macro_s WHERE macro_s.oid = relation_oid)`,
    reads: ['relation_sizes'],
  },
  { name: 'pg_indexes_size', definition: '(relation_oid) AS 0::BIGINT', reads: [] },
  {
    name: 'pg_database_size',
    definition: `(database_name) AS (SELECT coalesce(sum(macro_s.byte_count), 0)::BIGINT FROM ${C}.relation_sizes macro_s)`,
    reads: ['relation_sizes'],
  },
  {
    name: 'pg_size_pretty',
    definition: `(byte_count) AS CASE
      WHEN abs(byte_count) < 10240 THEN byte_count::BIGINT || ' bytes'
      WHEN abs(byte_count) < 10240 * 1024 - 512 THEN round(byte_count / 1024.0)::BIGINT || ' kB'
      WHEN abs(byte_count) < (10240 * 1024 - 512) * 1024 THEN round(byte_count / 1048576.0)::BIGINT || ' MB'
      WHEN abs(byte_count) < (10240 * 1024 - 512) * 1048576 THEN round(byte_count / 1073741824.0)::BIGINT || ' GB'
      ELSE round(byte_count / 1099511627776.0)::BIGINT || ' TB' END`,
    reads: [],
  },
  {
    name: 'pg_regclass_out',
    definition: `(relation_oid) AS CASE WHEN relation_oid = 0 THEN '-' ELSE coalesce((SELECT CASE WHEN macro_n.nspname IN ('public', 'pg_catalog', 'pg_temp') THEN '' ELSE macro_n.nspname || '.' END || CASE WHEN regexp_full_match(macro_c.relname, '[a-z_][a-z0-9_$]*') THEN macro_c.relname ELSE '"' || replace(macro_c.relname, '"', '""') || '"' END FROM ${C}.pg_class macro_c JOIN ${C}.pg_namespace macro_n ON macro_n.oid = macro_c.relnamespace WHERE macro_c.oid = relation_oid), relation_oid::VARCHAR) END`,
    reads: ['pg_catalog.pg_class', 'pg_catalog.pg_namespace'],
  },
  {
    name: 'pg_regclass_in',
    definition: `(given_name) AS CASE WHEN regexp_full_match(given_name, '[0-9]+') THEN try_cast(given_name AS BIGINT) WHEN given_name = '-' THEN 0 ELSE coalesce(
      (SELECT macro_c.oid FROM ${C}.pg_class macro_c JOIN ${C}.pg_namespace macro_n ON macro_n.oid = macro_c.relnamespace
       WHERE CASE WHEN regexp_matches(given_name, '\\.') THEN macro_n.nspname || '.' || macro_c.relname = ${foldName('given_name')} ELSE macro_c.relname = ${foldName('given_name')} AND macro_n.nspname IN ('public', 'pg_catalog', 'pg_temp') END
       ORDER BY macro_n.nspname = 'pg_temp' DESC, macro_n.nspname = 'pg_catalog' DESC LIMIT 1),
      error('SLUICE:42P01:relation "' || given_name || '" does not exist')::BIGINT) END`,
    reads: ['pg_catalog.pg_class', 'pg_catalog.pg_namespace'],
  },
  { name: 'pg_regtype_out', definition: "(type_oid) AS CASE WHEN type_oid = 0 THEN '-' ELSE format_type(type_oid, NULL::INTEGER) END", reads: ['type_names'] },
  {
    name: 'pg_regtype_in',
    definition: `(given_name) AS CASE WHEN regexp_full_match(given_name, '[0-9]+') THEN try_cast(given_name AS BIGINT) WHEN given_name = '-' THEN 0 ELSE coalesce(
      (SELECT abs(macro_n.oid) FROM ${C}.type_names macro_n WHERE macro_n.name = lower(trim(replace(given_name, 'pg_catalog.', ''))) OR macro_n.sql_name = lower(trim(replace(given_name, 'pg_catalog.', ''))) ORDER BY macro_n.oid DESC LIMIT 1),
      error('SLUICE:42704:type "' || given_name || '" does not exist')::BIGINT) END`,
    reads: ['type_names'],
  },
  {
    name: 'to_regclass',
    definition: `(given_name) AS (SELECT macro_c.oid FROM ${C}.pg_class macro_c JOIN ${C}.pg_namespace macro_n ON macro_n.oid = macro_c.relnamespace WHERE macro_c.relname = ${foldName('given_name')} OR macro_n.nspname || '.' || macro_c.relname = ${foldName('given_name')} ORDER BY macro_n.nspname LIMIT 1)`,
    reads: ['pg_catalog.pg_class', 'pg_catalog.pg_namespace'],
  },
  {
    name: 'to_regtype',
    definition: `(given_name) AS (SELECT abs(macro_n.oid) FROM ${C}.type_names macro_n WHERE macro_n.name = lower(trim(given_name)) OR macro_n.sql_name = lower(trim(given_name)) ORDER BY macro_n.oid DESC LIMIT 1)`,
    reads: ['type_names'],
  },
];

/** A relation name as text, folded like an identifier unless it is quoted. */
function foldName(argument: string): string {
  return `CASE WHEN contains(${argument}, '"') THEN replace(${argument}, '"', '') ELSE lower(trim(${argument})) END`;
}
