import type { TableVersion } from '../../parse/table-versions.js';
import { FILE_FUNCTIONS } from '../file-functions.js';
import { SqlError } from '../../sql-error.js';
import type { SqlState } from '../../sqlstate.js';
import { SQLSTATE } from '../../sqlstate.js';
import { VOLATILE_FUNCTIONS } from '../functions/duckdb-scalars.js';
import { CLAUSE_NODES, EXPRESSION_CLASSES, FROM_NODES, isAllowedFunction, QUERY_NODES, SESSION_NAMES, TABLE_FUNCTIONS } from './allowed.js';
import { fileArguments } from './file-arguments.js';
import { readAtClause } from './table-version.js';
import type { Json, JsonObject } from './tree.js';
import { isList, isObject, listOf, locationIn, textOf } from './tree.js';

/** A table that a statement of DuckDB's names, or a call that reads files. */
export interface RoadTable {
  readonly kind: 'table';
  readonly catalog: string;
  readonly schema: string;
  readonly name: string;
  readonly location: number | undefined;
  readonly version?: TableVersion;
}

/** A call of read_parquet and its kin in FROM. */
export interface RoadFiles {
  readonly kind: 'files';
  readonly name: string;
  readonly paths: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly location: number | undefined;
}

/** A checked statement: every table is a placeholder `<prefix>_<index>` under its own alias, every CTE has a name of ours. */
export interface RewrittenTree {
  readonly tree: JsonObject;
  readonly tables: readonly (RoadTable | RoadFiles)[];
  readonly prefix: string;
  readonly volatile: boolean;
}

/** CTEs by their lower-cased names with the names they get. */
type CommonTables = ReadonlyMap<string, string>;

/** Deepest nesting of lists and objects in the tree, some two a level of SQL: the stack holds twice as many. */
const DEPTH_MAX = 1000;

/**
 * Checks DuckDB's tree of a statement and takes all names of tables out of it. What is not known to be harmless is refused.
 * CTEs are renamed too: a name this walk resolves otherwise than DuckDB would is then a table that does not exist, never a file.
 */
export function rewriteTree(tree: JsonObject): RewrittenTree {
  const rewriter = new Rewriter(unusedPrefix(tree));
  const rewritten = rewriter.node(tree, new Map(), 0);
  if (!isObject(rewritten)) {
    throw new Error('an object is rewritten to an object');
  }
  return { tree: rewritten, tables: rewriter.tables, prefix: rewriter.prefix, volatile: rewriter.volatile };
}

/** Checks the tree of the text that is going to run: nothing in it but placeholders, our CTEs, and what is allowed. */
export function checkPrinted(tree: JsonObject, prefix: string, tableCount: number): void {
  const printed = new Rewriter(prefix);
  printed.node(tree, new Map(), 0);
  const pattern = new RegExp(`^${prefix}_(\\d+)$`);
  for (const table of printed.tables) {
    const index = table.kind === 'table' && table.schema === '' && table.catalog === '' ? pattern.exec(table.name)?.[1] : undefined;
    if (index === undefined || Number(index) >= tableCount) {
      throw refusal(SQLSTATE.feature_not_supported, undefined, 'this statement cannot be printed in DuckDB syntax');
    }
  }
}

/** A word that occurs nowhere in the statement. */
function unusedPrefix(tree: JsonObject): string {
  const text = JSON.stringify(tree).toLowerCase();
  let prefix = 'sluice_table';
  for (let suffix = 1; text.includes(prefix); suffix++) {
    prefix = `sluice_table${suffix}x`;
  }
  return prefix;
}

function refusal(sqlstate: SqlState, location: number | undefined, message: string, hint?: string): SqlError {
  // Callers put the position on: only they have the text.
  return new RoadError(sqlstate, message, location, hint);
}

/** An error with the place in bytes that DuckDB gives. */
export class RoadError extends SqlError {
  readonly location: number | undefined;

  constructor(sqlstate: SqlState, message: string, location: number | undefined, hint?: string) {
    super(sqlstate, message, hint === undefined ? {} : { hint });
    this.location = location;
  }
}

class Rewriter {
  readonly prefix: string;
  readonly tables: (RoadTable | RoadFiles)[] = [];
  volatile = false;
  #commonTableCount = 0;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  node(value: Json, common: CommonTables, depth: number): Json {
    if (depth > DEPTH_MAX) {
      throw refusal(SQLSTATE.statement_too_complex, undefined, 'stack depth limit exceeded');
    }
    if (isList(value)) {
      return value.map((item) => this.node(item, common, depth + 1));
    }
    if (!isObject(value)) {
      return value;
    }
    if (value['class'] !== undefined) {
      return this.#expression(value, common, depth);
    }
    // A sample taken twice, or in parts, is another sample.
    this.volatile ||= isObject(value['sample']);
    const kind = value['type'];
    if (typeof kind !== 'string') {
      return this.#fields(value, common, depth);
    }
    if (QUERY_NODES.has(kind)) {
      return this.#query(value, common, depth);
    }
    if (CLAUSE_NODES.has(kind)) {
      return this.#fields(withNullOrder(value, kind), common, depth);
    }
    switch (kind) {
      case 'BASE_TABLE':
        return this.#table(value, common, depth);
      case 'TABLE_FUNCTION':
        return this.#tableFunction(value, common, depth);
      default:
        if (!FROM_NODES.has(kind) || (kind === 'PIVOT' && listOf(value, 'pivots').some((pivot) => isObject(pivot) && textOf(pivot, 'pivot_enum') !== ''))) {
          throw refusal(
            SQLSTATE.feature_not_supported,
            locationIn(value),
            kind === 'SHOW_REF' ? 'DESCRIBE, SHOW and SUMMARIZE of DuckDB are not supported' : `${kind} is not supported`,
          );
        }
        return this.#fields(value, common, depth);
    }
  }

  #fields(value: JsonObject, common: CommonTables, depth: number): JsonObject {
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.node(field, common, depth + 1)]));
  }

  /** A query: its CTEs see those before them, a recursive one itself, the rest of the query all. */
  #query(value: JsonObject, outer: CommonTables, depth: number): JsonObject {
    const map = value['cte_map'];
    const entries = isObject(map) ? listOf(map, 'map') : [];
    if (entries.length === 0) {
      return this.#fields(value, outer, depth);
    }
    const common = new Map(outer);
    const rewritten = entries.map((entry) => {
      const name = isObject(entry) ? textOf(entry, 'key') : '';
      const body = isObject(entry) ? entry['value'] : undefined;
      if (name === '' || !isObject(body)) {
        throw refusal(SQLSTATE.feature_not_supported, undefined, 'this WITH clause is not supported');
      }
      const ours = `${this.prefix}_cte_${this.#commonTableCount++}`;
      const visible: CommonTables = recursiveNode(body) === null ? common : new Map([...common, [name.toLowerCase(), ours]]);
      const rewrittenBody = this.node(renamedRecursion(body, ours), visible, depth + 1);
      common.set(name.toLowerCase(), ours);
      return { key: ours, value: rewrittenBody };
    });
    return { ...this.#fields({ ...value, cte_map: null }, common, depth), cte_map: { ...(isObject(map) ? map : {}), map: rewritten } };
  }

  #table(value: JsonObject, common: CommonTables, depth: number): JsonObject {
    const [catalog, schema, name] = [textOf(value, 'catalog_name'), textOf(value, 'schema_name'), textOf(value, 'table_name')];
    const location = locationIn(value);
    const clause = value['at_clause'];
    const version = isObject(clause) ? readAtClause(clause) : undefined;
    if (version === null) {
      throw refusal(SQLSTATE.feature_not_supported, location, "AT (...) takes a constant: AT (VERSION => 3), AT (TIMESTAMP => '2026-01-31 12:00')");
    }
    const alias = textOf(value, 'alias') || name;
    // Only tables have versions: a WITH query of the name is passed over.
    const commonTable = catalog === '' && schema === '' && version === undefined ? common.get(name.toLowerCase()) : undefined;
    if (commonTable === undefined) {
      this.tables.push({ kind: 'table', catalog, schema, name, location, ...(version === undefined ? {} : { version }) });
    }
    const placeholder = commonTable ?? `${this.prefix}_${this.tables.length - 1}`;
    return {
      ...this.#fields(isObject(clause) ? { ...value, at_clause: null } : value, common, depth),
      catalog_name: '',
      schema_name: '',
      table_name: placeholder,
      alias,
    };
  }

  #tableFunction(value: JsonObject, common: CommonTables, depth: number): JsonObject {
    const call = value['function'];
    const location = locationIn(value);
    if (!isObject(call) || !hasOwnSchema(call) || textOf(call, 'class') !== 'FUNCTION') {
      throw refusal(SQLSTATE.undefined_function, location, 'this table function does not exist');
    }
    const name = textOf(call, 'function_name').toLowerCase();
    if (TABLE_FUNCTIONS.has(name)) {
      return { ...this.#fields({ ...value, function: null }, common, depth), function: this.#fields(call, common, depth + 1) };
    }
    if (!FILE_FUNCTIONS.has(name)) {
      throw refusal(SQLSTATE.undefined_function, location, `table function ${name} does not exist`);
    }
    const given = fileArguments(call);
    if (given === null) {
      throw refusal(SQLSTATE.invalid_parameter_value, location, `arguments of ${name} must be constants`);
    }
    if (textOf(value, 'with_ordinality') === 'WITH_ORDINALITY') {
      throw refusal(SQLSTATE.feature_not_supported, location, `${name} WITH ORDINALITY is not supported`);
    }
    this.tables.push({ kind: 'files', name, ...given, location });
    return {
      type: 'BASE_TABLE',
      alias: textOf(value, 'alias') || name,
      sample: value['sample'] ?? null,
      query_location: value['query_location'] ?? null,
      schema_name: '',
      table_name: `${this.prefix}_${this.tables.length - 1}`,
      column_name_alias: value['column_name_alias'] ?? [],
      catalog_name: '',
    };
  }

  #expression(value: JsonObject, common: CommonTables, depth: number): JsonObject {
    const kind = textOf(value, 'class');
    const location = locationIn(value);
    if (kind === 'PARAMETER') {
      throw refusal(SQLSTATE.feature_not_supported, location, "parameters are not supported in statements of DuckDB's own syntax");
    }
    if (!EXPRESSION_CLASSES.has(kind)) {
      throw refusal(SQLSTATE.feature_not_supported, location, `expression ${kind} is not supported`);
    }
    if (kind === 'CONSTANT') {
      return value;
    }
    if (kind === 'FUNCTION' || kind === 'WINDOW') {
      const name = textOf(value, 'function_name');
      if (!isAllowedFunction(name) || !hasOwnSchema(value)) {
        throw refusal(
          SQLSTATE.undefined_function,
          location,
          `function ${name} does not exist`,
          "In DuckDB's own syntax only functions that read nothing but their arguments may be called.",
        );
      }
      this.volatile ||= VOLATILE_FUNCTIONS.has(name.toLowerCase());
    }
    const names = kind === 'COLUMN_REF' ? listOf(value, 'column_names') : [];
    if (names.length === 1 && typeof names[0] === 'string' && SESSION_NAMES.has(names[0].toLowerCase())) {
      throw refusal(
        SQLSTATE.feature_not_supported,
        location,
        `${names[0]} is not supported in statements of DuckDB's own syntax`,
        "A column of that name is reached by its table's: t.name.",
      );
    }
    if (kind === 'CAST' && hasExpression(value['cast_type'] ?? null)) {
      throw refusal(SQLSTATE.feature_not_supported, location, 'a type with expressions is not supported');
    }
    return kind === 'CAST'
      ? { ...this.#fields({ ...value, cast_type: null }, common, depth), cast_type: value['cast_type'] ?? null }
      : this.#fields(value, common, depth);
  }
}

/** True for a type whose parts are more than types and constants. */
function hasExpression(value: Json): boolean {
  if (isList(value)) {
    return value.some(hasExpression);
  }
  if (!isObject(value)) {
    return false;
  }
  return value['class'] === undefined ? Object.values(value).some(hasExpression) : value['class'] !== 'CONSTANT';
}

/** Functions of DuckDB itself: written without a schema, or as its grammar writes what stands behind syntax. */
function hasOwnSchema(call: JsonObject): boolean {
  const schema = textOf(call, 'schema');
  const catalog = textOf(call, 'catalog');
  return (schema === '' || schema === 'main') && (catalog === '' || catalog === 'system');
}

/** NULL is larger than every value, as Postgres sorts. */
function withNullOrder(value: JsonObject, kind: string): JsonObject {
  return value['null_order'] === 'ORDER_DEFAULT' ? { ...value, null_order: kind === 'DESCENDING' ? 'NULLS_FIRST' : 'NULLS_LAST' } : value;
}

function recursiveNode(body: JsonObject): JsonObject | null {
  const query = body['query'];
  const node = isObject(query) ? query['node'] : undefined;
  return isObject(node) && textOf(node, 'type') === 'RECURSIVE_CTE_NODE' ? node : null;
}

function renamedRecursion(body: JsonObject, name: string): JsonObject {
  const node = recursiveNode(body);
  return node === null || !isObject(body['query']) ? body : { ...body, query: { ...body['query'], node: { ...node, cte_name: name } } };
}
