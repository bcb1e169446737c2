import { DUCKDB_AGGREGATES } from '../functions/aggregates.js';
import { allowedFunctionNames } from '../functions/catalog.js';
import { DUCKDB_SCALARS } from '../functions/duckdb-scalars.js';
import { readSignatures } from '../functions/signature.js';
import { SYSTEM_FUNCTIONS } from '../functions/system.js';

/** Kinds of query nodes. */
export const QUERY_NODES: ReadonlySet<string> = new Set(['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE']);

/** Kinds of nodes in FROM, besides tables and table functions. Not here: SHOW_REF (DESCRIBE, SHOW, SUMMARIZE), which reads DuckDB's own catalog. */
export const FROM_NODES: ReadonlySet<string> = new Set(['EMPTY', 'SUBQUERY', 'JOIN', 'EXPRESSION_LIST', 'PIVOT']);

/** Kinds of clauses after a query, and of their sort items. */
export const CLAUSE_NODES: ReadonlySet<string> = new Set([
  'ORDER_MODIFIER',
  'LIMIT_MODIFIER',
  'LIMIT_PERCENT_MODIFIER',
  'DISTINCT_MODIFIER',
  'ORDER_DEFAULT',
  'ASCENDING',
  'DESCENDING',
]);

/** Classes of expressions whose parts alone decide whether they are allowed. */
export const EXPRESSION_CLASSES: ReadonlySet<string> = new Set([
  'BETWEEN',
  'CASE',
  'CAST',
  'COLLATE',
  'COLUMN_REF',
  'COMPARISON',
  'CONJUNCTION',
  'CONSTANT',
  'DEFAULT',
  'FUNCTION',
  'LAMBDA',
  'LAMBDA_REF',
  'OPERATOR',
  'POSITIONAL_REFERENCE',
  'STAR',
  'SUBQUERY',
  'WINDOW',
]);

/** Table functions that touch nothing but their arguments. */
export const TABLE_FUNCTIONS: ReadonlySet<string> = new Set(['range', 'generate_series', 'unnest']);

/** Operators and functions that stand behind syntax, in DuckDB's tree functions like others. */
const OPERATORS: readonly string[] = [
  '+',
  '-',
  '*',
  '/',
  '//',
  '%',
  '^',
  '**',
  '&',
  '|',
  '<<',
  '>>',
  '~',
  '||',
  '@',
  '->',
  '->>',
  '<->',
  '<=>',
  '<@',
  '@>',
  '&&',
  '^@',
  '!__postfix',
  '~~',
  '!~~',
  '~~*',
  '!~~*',
  '~~~',
  'like_escape',
  'not_like_escape',
  'ilike_escape',
  'not_ilike_escape',
  'count_star',
  'unnest',
  'list_value',
  'struct_pack',
  'row',
  'map',
  'struct_extract',
  'struct_extract_at',
  'array_extract',
  'list_slice',
  'array_slice',
  'date_part',
  'greatest',
  'least',
  'nullif',
  'coalesce',
  'ifnull',
  'if',
  'columns',
  'struct_keys',
  'struct_values',
  'struct_has',
  'log2',
];

/** Names that mean something else, or more, in DuckDB than where Postgres's functions are translated. */
const TRANSLATED_ONLY: ReadonlySet<string> = new Set([...readSignatures(SYSTEM_FUNCTIONS).map((signature) => signature.name), 'txid_current']);

const ownNames: ReadonlySet<string> = new Set([...DUCKDB_SCALARS, ...DUCKDB_AGGREGATES, ...OPERATORS]);
const functionNames: ReadonlySet<string> = new Set([...ownNames, ...allowedFunctionNames()].filter((name) => !TRANSLATED_ONLY.has(name)));

/** True for a function that may be called as it is, in DuckDB's meaning. */
export function isAllowedFunction(name: string): boolean {
  return functionNames.has(name.toLowerCase());
}

/** Bare names that DuckDB reads as functions of the session where no column has them; they would tell of DuckDB's session, not the user's. */
export const SESSION_NAMES: ReadonlySet<string> = new Set([
  'user',
  'current_user',
  'session_user',
  'current_role',
  'current_catalog',
  'current_schema',
  'current_database',
]);
