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

/** Text that names something, as its key in a map: folded unless it is quoted. */
const GIVEN_KEY = `CASE WHEN contains(given_name, '"') THEN trim(given_name) ELSE lower(trim(given_name)) END`;
const GIVEN_TYPE = `replace(regexp_replace(lower(trim(given_name)), '^pg_catalog[.]|[(][^)]*[)]', '', 'g'), ' []', '[]')`;

/** The output of a reg* type: a name, the number when nothing has it, and a dash for 0. */
function writeReg(name: string, variable: string, lookup: LookupName): CatalogMacro {
  return {
    name,
    definition: `(object_oid) AS CASE WHEN object_oid = 0 THEN '-' ELSE coalesce(${lookUp(variable, 'CAST(object_oid AS BIGINT)')}, CAST(object_oid AS VARCHAR)) END`,
    reads: [lookup],
  };
}

/** The input of a reg* type: a number, a dash, or a name that must exist. */
function readReg(name: string, variable: string, lookup: LookupName, key: string, sqlstate: string, noun: string): CatalogMacro {
  return {
    name,
    definition:
      `(given_name) AS CASE WHEN given_name IS NULL THEN NULL WHEN regexp_full_match(given_name, '[0-9]+') THEN TRY_CAST(given_name AS BIGINT) WHEN given_name = '-' THEN 0 ` +
      `ELSE coalesce(${lookUp(variable, key)}, CAST(error('SLUICE:${sqlstate}:${noun} "' || given_name || '" does not exist') AS BIGINT)) END`,
    reads: [lookup],
  };
}

/** to_reg*: NULL where the input function would fail. */
function findReg(name: string, variable: string, lookup: LookupName, key: string): CatalogMacro {
  return { name, definition: `(given_name) AS ${lookUp(variable, key)}`, reads: [lookup] };
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
    name: 'pg_table_is_visible',
    definition: `(relation_oid) AS CASE WHEN list_contains(getvariable('sluice_relation_visible'), relation_oid) THEN true WHEN ${lookUp('relation_name', 'relation_oid')} IS NOT NULL THEN false END`,
    reads: ['relations'],
  },
  { name: 'pg_get_viewdef', definition: `(view_oid) AS ${VIEW_DEFINITION}`, reads: ['relations'] },
  { name: 'pg_relation_size', definition: `(relation_oid) AS ${RELATION_BYTES}`, reads: ['relations'] },
  {
    name: 'pg_database_size',
    definition: "() AS CAST(coalesce(list_sum(map_values(getvariable('sluice_relation_bytes'))), 0) AS BIGINT)",
    reads: ['relations'],
  },
  { name: 'pg_get_function_arguments', definition: `(procedure_oid) AS ${lookUp('procedure_arguments', 'procedure_oid')}`, reads: ['procedures'] },
  { name: 'pg_get_function_result', definition: `(procedure_oid) AS ${lookUp('procedure_result', 'procedure_oid')}`, reads: ['procedures'] },
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
  writeReg('pg_regclass_out', 'relation_name', 'relations'),
  writeReg('pg_regtype_out', 'type_name', 'types'),
  writeReg('pg_regproc_out', 'procedure_name', 'procedures'),
  writeReg('pg_regprocedure_out', 'procedure_signature', 'procedures'),
  writeReg('pg_regoper_out', 'operator_name', 'operators'),
  writeReg('pg_regoperator_out', 'operator_signature', 'operators'),
  writeReg('pg_regnamespace_out', 'schema_name', 'relations'),
  writeReg('pg_regrole_out', 'role_name', 'relations'),
  writeReg('pg_regconfig_out', 'schema_name', 'relations'),
  writeReg('pg_regdictionary_out', 'schema_name', 'relations'),
  readReg('pg_regclass_in', 'relation_oid', 'relations', GIVEN_KEY, '42P01', 'relation'),
  readReg('pg_regtype_in', 'type_oid', 'types', GIVEN_TYPE, '42704', 'type'),
  readReg('pg_regproc_in', 'procedure_oid', 'procedures', `replace(${GIVEN_KEY}, 'pg_catalog.', '')`, '42883', 'function'),
  readReg('pg_regprocedure_in', 'procedure_oid', 'procedures', `replace(replace(${GIVEN_KEY}, 'pg_catalog.', ''), ', ', ',')`, '42883', 'function'),
  readReg('pg_regnamespace_in', 'schema_oid', 'relations', GIVEN_KEY, '3F000', 'schema'),
  readReg('pg_regrole_in', 'role_oid', 'relations', GIVEN_KEY, '42704', 'role'),
  findReg('pg_to_regclass', 'relation_oid', 'relations', GIVEN_KEY),
  findReg('pg_to_regtype', 'type_oid', 'types', GIVEN_TYPE),
  findReg('pg_to_regproc', 'procedure_oid', 'procedures', `replace(${GIVEN_KEY}, 'pg_catalog.', '')`),
  findReg('pg_to_regnamespace', 'schema_oid', 'relations', GIVEN_KEY),
  findReg('pg_to_regrole', 'role_oid', 'relations', GIVEN_KEY),
];
