import type { LookupName } from './lookups.js';

/** A DuckDB macro that answers a Postgres catalog function or reads or writes a reg* type, and the variables it reads. */
export interface CatalogMacro {
  readonly name: string;
  /** Everything after `CREATE OR REPLACE MACRO name`: overloads by number of arguments. */
  readonly definition: string;
  readonly reads: readonly LookupName[];
}

/** The value a map variable has for a key; NULL for none. */
function lookUp(variable: string, key: string): string {
  return `map_extract_value(getvariable('sluice_${variable}'), ${key})`;
}

/** The value a table of names has in the row whose `key` column is the given one. */
function select(table: string, column: string, key: string, value: string): string {
  return `(SELECT macro_t.${column} FROM sluice_catalog.${table} macro_t WHERE macro_t.${key} = ${value} ORDER BY macro_t.oid LIMIT 1)`;
}

/** Text that names something, as its key in a map: folded unless it is quoted, and without quotes that it does not need. */
const GIVEN_KEY = `CASE WHEN contains(given_name, '"') THEN regexp_replace(regexp_replace(trim(given_name), ' *[.] *', '.', 'g'), '"([a-z_][a-z0-9_$]*)"', '\\1', 'g') ELSE lower(trim(given_name)) END`;
const BARE_TYPE = `replace(regexp_replace(lower(trim(given_name)), '^"?pg_catalog"?[.]|[(][^)]*[)]', '', 'g'), ' []', '[]')`;
/** The one type whose quotes mean something is "char". */
const GIVEN_TYPE = `CASE WHEN starts_with(${BARE_TYPE}, '"char"') THEN ${BARE_TYPE} ELSE replace(${BARE_TYPE}, '"', '') END`;

const PROCEDURE_KEY = `replace(${GIVEN_KEY}, 'pg_catalog.', '')`;
const SIGNATURE_KEY = `replace(${PROCEDURE_KEY}, ', ', ',')`;
const OBJECT_OID = 'CAST(object_oid AS BIGINT)';

/** True when a role has one of the privileges of a list; of what is not listed, the system's own, everybody may read all. */
function hasPrivilege(roleOid: string): string {
  const held = lookUp('privileges', `CAST(${roleOid} AS VARCHAR) || '.' || CAST(object_oid AS VARCHAR)`);
  const word = "trim(replace(macro_word, 'WITH GRANT OPTION', ''))";
  return `CASE WHEN object_oid IS NULL OR ${roleOid} IS NULL THEN NULL ELSE list_bool_or(list_transform(string_split(upper(wanted), ','), lambda macro_word: contains(coalesce(${held}, ',SELECT,USAGE,'), ',' || ${word} || ','))) END`;
}

/** The output of a reg* type: a name, the number when nothing has it, and a dash for 0. */
function writeReg(name: string, found: string, lookup: LookupName): CatalogMacro {
  return {
    name,
    definition: `(object_oid) AS CASE WHEN object_oid = 0 THEN '-' ELSE coalesce(${found}, CAST(object_oid AS VARCHAR)) END`,
    reads: [lookup],
  };
}

/** The input of a reg* type: a number, a dash, or a name that must exist. */
function readReg(name: string, found: string, lookup: LookupName, sqlstate: string, noun: string): CatalogMacro {
  return {
    name,
    definition:
      `(given_name) AS CASE WHEN given_name IS NULL THEN NULL WHEN regexp_full_match(given_name, '[0-9]+') THEN TRY_CAST(given_name AS BIGINT) WHEN given_name = '-' THEN 0 ` +
      `ELSE coalesce(${found}, CAST(error('SLUICE:${sqlstate}:${noun} "' || given_name || '" does not exist') AS BIGINT)) END`,
    reads: [lookup],
  };
}

/** to_reg*: NULL where the input function would fail. */
function findReg(name: string, found: string, lookup: LookupName): CatalogMacro {
  return { name, definition: `(given_name) AS ${found}`, reads: [lookup] };
}

const TYPE_NAME = lookUp('type_name', 'CAST(type_oid AS BIGINT)');

/** A type's name with its modifier, as format_type prints it. */
const FORMAT_TYPE = `CASE
  WHEN type_oid IS NULL THEN NULL
  WHEN type_oid = 0 THEN '-'
  WHEN modifier = -1 AND type_oid = 1042 THEN 'bpchar'
  WHEN modifier IS NULL OR modifier < 0 THEN coalesce(${TYPE_NAME}, '???')
  WHEN type_oid IN (1700, 1231) THEN replace(${TYPE_NAME}, 'numeric', 'numeric(' || ((modifier - 4) >> 16) || ',' || ((modifier - 4) & 65535) || ')')
  WHEN type_oid IN (1042, 1014) THEN replace(${TYPE_NAME}, 'character', 'character(' || (modifier - 4) || ')')
  WHEN type_oid IN (1043, 1015) THEN replace(${TYPE_NAME}, 'varying', 'varying(' || (modifier - 4) || ')')
  WHEN type_oid IN (1560, 1561) THEN replace(${TYPE_NAME}, 'bit', 'bit(' || modifier || ')')
  WHEN type_oid IN (1562, 1563) THEN replace(${TYPE_NAME}, 'varying', 'varying(' || modifier || ')')
  WHEN type_oid IN (1083, 1183, 1266, 1270, 1114, 1115, 1184, 1185) THEN replace(${TYPE_NAME}, ' with', '(' || modifier || ') with')
  WHEN type_oid IN (1186, 1187) AND (modifier & 65535) <> 65535 THEN replace(${TYPE_NAME}, 'interval', 'interval(' || (modifier & 65535) || ')')
  ELSE coalesce(${TYPE_NAME}, '???') END`;

const RELATION_BYTES = `coalesce(${lookUp('relation_bytes', 'relation_oid')}, CASE WHEN ${lookUp('relation_name', 'relation_oid')} IS NOT NULL THEN 0 END)`;
const VIEW_DEFINITION = lookUp('view_definition', 'view_oid');

/**
 * Every macro. DuckDB's macros are not hygienic: names inside one would capture names in its arguments, hence parameters
 * that are no column's name.
 */
export const CATALOG_MACROS: readonly CatalogMacro[] = [
  { name: 'format_type', definition: `(type_oid, modifier) AS ${FORMAT_TYPE}`, reads: ['types'] },
  {
    name: 'pg_get_userbyid',
    definition: `(role_oid) AS coalesce(${lookUp('role_name', 'role_oid')}, 'unknown (OID=' || role_oid || ')')`,
    reads: ['relations'],
  },
  {
    name: 'pg_has_privilege',
    definition: `(role_oid, object_oid, wanted) AS ${hasPrivilege('role_oid')}`,
    reads: ['relations'],
  },
  {
    name: 'pg_has_own_privilege',
    definition: `(object_oid, wanted) AS ${hasPrivilege("getvariable('sluice_current_role')")}`,
    reads: ['relations'],
  },
  {
    name: 'pg_is_own_member',
    definition: `(group_oid) AS contains(coalesce(${lookUp('memberships', "getvariable('sluice_current_role')")}, ''), ',' || CAST(group_oid AS VARCHAR) || ',')`,
    reads: ['relations'],
  },
  {
    name: 'pg_is_member',
    definition: `(role_oid, group_oid) AS contains(coalesce(${lookUp('memberships', 'role_oid')}, ''), ',' || CAST(group_oid AS VARCHAR) || ',')`,
    reads: ['relations'],
  },
  {
    name: 'pg_role_of',
    definition: `(given_role) AS coalesce(${lookUp('role_oid', 'CAST(given_role AS VARCHAR)')}, ${lookUp('role_oid', "'\"' || CAST(given_role AS VARCHAR) || '\"'")}, try_cast(CAST(given_role AS VARCHAR) AS BIGINT), error('SLUICE:42704:role "' || CAST(given_role AS VARCHAR) || '" does not exist'))`,
    reads: ['relations'],
  },
  {
    name: 'pg_table_is_visible',
    definition: `(relation_oid) AS CASE WHEN list_contains(getvariable('sluice_relation_visible'), relation_oid) THEN true WHEN ${lookUp('relation_name', 'relation_oid')} IS NOT NULL THEN false END`,
    reads: ['relations'],
  },
  {
    name: 'pg_serial_sequence',
    definition: `(table_oid, given_column) AS ${lookUp('serial_sequence', "CAST(table_oid AS VARCHAR) || '.' || given_column")}`,
    reads: ['relations'],
  },
  { name: 'sluice_task_sql', definition: `(given_task) AS ${lookUp('task_sql', 'given_task')}`, reads: ['tasks'] },
  { name: 'pg_get_viewdef', definition: `(view_oid) AS ${VIEW_DEFINITION}`, reads: ['relations'] },
  { name: 'pg_get_constraintdef', definition: `(constraint_oid) AS ${lookUp('constraint_definition', 'constraint_oid')}`, reads: ['relations'] },
  {
    name: 'pg_get_index_column',
    definition: `(index_oid, place) AS ${lookUp('index_column', "CAST(index_oid AS VARCHAR) || '.' || place")}`,
    reads: ['relations'],
  },
  { name: 'pg_get_indexdef', definition: `(index_oid) AS ${lookUp('index_definition', 'index_oid')}`, reads: ['relations'] },
  {
    name: 'pg_comment_of',
    definition: `(object_oid, column_number) AS ${lookUp('comment', "CAST(object_oid AS VARCHAR) || CASE WHEN column_number = 0 THEN '' ELSE '.' || column_number END")}`,
    reads: ['relations'],
  },
  { name: 'pg_relation_size', definition: `(relation_oid) AS ${RELATION_BYTES}`, reads: ['relations'] },
  {
    name: 'pg_database_size',
    definition: "() AS CAST(coalesce(list_sum(map_values(getvariable('sluice_relation_bytes'))), 0) AS BIGINT)",
    reads: ['relations'],
  },
  {
    name: 'pg_get_function_arguments',
    definition: `(procedure_oid) AS ${select('procedure_names', 'arguments', 'oid', 'procedure_oid')}`,
    reads: ['procedures'],
  },
  { name: 'pg_get_function_result', definition: `(procedure_oid) AS ${select('procedure_names', 'result', 'oid', 'procedure_oid')}`, reads: ['procedures'] },
  {
    name: 'oidvectortypes',
    definition: `(type_oids) AS array_to_string(list_transform(type_oids, lambda macro_oid: ${lookUp('type_name', 'macro_oid')}), ', ')`,
    reads: ['types'],
  },
  {
    name: 'pg_current_setting',
    definition: `(setting_name) AS coalesce(${lookUp('setting', 'lower(setting_name)')}, CASE WHEN setting_name IS NOT NULL THEN error('SLUICE:42704:unrecognized configuration parameter "' || setting_name || '"') END)`,
    reads: ['settings'],
  },
  writeReg('pg_regclass_out', lookUp('relation_name', OBJECT_OID), 'relations'),
  writeReg('pg_regtype_out', lookUp('type_name', OBJECT_OID), 'types'),
  writeReg('pg_regproc_out', select('procedure_names', 'name', 'oid', 'object_oid'), 'procedures'),
  writeReg('pg_regprocedure_out', select('procedure_names', 'signature', 'oid', 'object_oid'), 'procedures'),
  writeReg('pg_regoper_out', select('operator_names', 'name', 'oid', 'object_oid'), 'operators'),
  writeReg('pg_regoperator_out', select('operator_names', 'signature', 'oid', 'object_oid'), 'operators'),
  writeReg('pg_regnamespace_out', lookUp('schema_name', OBJECT_OID), 'relations'),
  writeReg('pg_regrole_out', lookUp('role_name', OBJECT_OID), 'relations'),
  writeReg('pg_regconfig_out', lookUp('schema_name', OBJECT_OID), 'relations'),
  writeReg('pg_regdictionary_out', lookUp('schema_name', OBJECT_OID), 'relations'),
  readReg('pg_regclass_in', lookUp('relation_oid', GIVEN_KEY), 'relations', '42P01', 'relation'),
  readReg('pg_regtype_in', lookUp('type_oid', GIVEN_TYPE), 'types', '42704', 'type'),
  readReg('pg_regproc_in', select('procedure_names', 'oid', 'bare_name', PROCEDURE_KEY), 'procedures', '42883', 'function'),
  readReg('pg_regprocedure_in', select('procedure_names', 'oid', 'signature', SIGNATURE_KEY), 'procedures', '42883', 'function'),
  readReg('pg_regnamespace_in', lookUp('schema_oid', GIVEN_KEY), 'relations', '3F000', 'schema'),
  readReg('pg_regrole_in', lookUp('role_oid', GIVEN_KEY), 'relations', '42704', 'role'),
  findReg('pg_to_regclass', lookUp('relation_oid', GIVEN_KEY), 'relations'),
  findReg('pg_to_regtype', lookUp('type_oid', GIVEN_TYPE), 'types'),
  findReg('pg_to_regproc', select('procedure_names', 'oid', 'bare_name', PROCEDURE_KEY), 'procedures'),
  findReg('pg_to_regprocedure', select('procedure_names', 'oid', 'signature', SIGNATURE_KEY), 'procedures'),
  findReg('pg_to_regnamespace', lookUp('schema_oid', GIVEN_KEY), 'relations'),
  findReg('pg_to_regrole', lookUp('role_oid', GIVEN_KEY), 'relations'),
];
