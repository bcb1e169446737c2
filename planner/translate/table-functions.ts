import { SQLSTATE } from '../sqlstate.js';
import type { FuncCall, Node, RangeFunction } from '../parse/syntax-tree.js';
import { listItems, stringValues } from '../parse/syntax-tree.js';
import { positionOf } from '../parse/statement.js';
import { quoteName } from '../types/data-type.js';
import type { Relation } from '../relation/relation.js';
import { OID } from '../types/postgres-type.js';
import { settle } from './coercion.js';
import { translateExpression } from './recursion.js';
import { FILE_FUNCTIONS, fileFunctionCall } from './file-functions.js';
import type { FromItem } from './from-relation.js';
import { fromRelation, ranged } from './from-relation.js';
import type { RangeColumn, Scope } from './scope.js';
import { signaturesOf } from './functions/catalog.js';
import { setFunctionList } from './set-functions.js';
import type { Translation } from './translation.js';
import { errorAt, uniqueAlias, unsupported } from './translation.js';
import type { Typed } from './typed.js';
import { oidOf, otherValue } from './typed.js';

/** A column that a function in FROM gives: a list to unnest, or a single value. */
interface FunctionColumn {
  readonly name: string;
  readonly list: string | null;
  readonly value: Typed;
}

/** A function in FROM: over files, a set, or a single row; several side by side by ROWS FROM. */
export function translateRangeFunction(translation: Translation, scope: Scope, node: RangeFunction): FromItem {
  const calls = (node.functions ?? []).map((item) => listItems(item)[0]).filter((item) => item !== undefined);
  const aliasName = node.alias?.aliasname;
  const aliases = stringValues(node.alias?.colnames);
  if ((node.coldeflist ?? []).length > 0) {
    throw unsupported(translation, 'a column definition list');
  }
  const only = calls.length === 1 ? calls[0] : undefined;
  if (only !== undefined && 'FuncCall' in only) {
    const name = stringValues(only.FuncCall.funcname).at(-1) ?? '';
    if (FILE_FUNCTIONS.has(name)) {
      return fromFiles(translation, scope, only.FuncCall, name, aliasName ?? name, aliases);
    }
  }
  const listing = only === undefined ? undefined : listingRelation(translation, only);
  if (listing !== undefined) {
    return fromRelation(translation, scope, listing, aliasName ?? listing.name, null, aliases);
  }
  const columns = calls.flatMap((call) => functionColumns(translation, scope, call, calls.length === 1 ? aliasName : undefined));
  const sqlAlias = quoteName(uniqueAlias(translation, aliasName ?? columns[0]?.name ?? 'function'));
  const streamed = only === undefined || node.ordinality === true || columns.length !== 1 ? null : streamedSeries(only, columns[0]);
  const items = columns.map((column, index) => `${column.list === null ? column.value.sql : `unnest(${column.list})`} AS "c${index}"`);
  const outputs: RangeColumn[] = columns.map((column, index) => ({
    name: column.name,
    value: otherValue(column.value, `${sqlAlias}."c${index}"`),
  }));
  if (node.ordinality === true) {
    const lengths = columns.map((column) => (column.list === null ? '1' : `len(${column.list})`));
    items.push(
      `unnest(generate_series(CAST(1 AS BIGINT), CAST(${lengths.length === 1 ? (lengths[0] ?? '1') : `greatest(${lengths.join(', ')})`} AS BIGINT))) AS "c${columns.length}"`,
    );
    outputs.push({
      name: 'ordinality',
      value: { sql: `${sqlAlias}."c${columns.length}"`, type: { oid: OID.int8, modifier: -1 } },
    });
  }
  const sql = streamed ?? `(SELECT ${items.join(', ')})`;
  return ranged(translation, `${sql} AS ${sqlAlias}`, aliasName ?? columns[0]?.name ?? null, null, sqlAlias, outputs, aliases);
}

/** Catalog functions without arguments that list rows (pg_get_keywords(), pg_timezone_names()) are relations of that name. */
function listingRelation(translation: Translation, node: Node): Relation | undefined {
  if (!('FuncCall' in node) || (node.FuncCall.args ?? []).length > 0) {
    return undefined;
  }
  const name = stringValues(node.FuncCall.funcname).at(-1) ?? '';
  return signaturesOf(name).length > 0 || !name.startsWith('pg_') ? undefined : translation.environment.findRelation('pg_catalog', name);
}

function fromFiles(translation: Translation, scope: Scope, call: FuncCall, name: string, alias: string, aliases: readonly string[]): FromItem {
  const position = translation.source === null ? 1 : (positionOf(translation.source, call.location) ?? 1);
  const data = fileFunctionCall(call, position);
  if (data === null) {
    throw errorAt(translation, SQLSTATE.invalid_parameter_value, call.location, `arguments of ${name} must be constants`);
  }
  const relation = translation.environment.findFileFunction(data);
  if (relation === undefined) {
    throw errorAt(translation, SQLSTATE.undefined_file, call.location, `${name}: no files found that match "${data.paths.join('", "')}"`);
  }
  return fromRelation(translation, scope, relation, alias, null, aliases);
}

function functionColumns(translation: Translation, scope: Scope, node: Node, aliasName: string | undefined): readonly FunctionColumn[] {
  const inner: Scope = { ...scope, clause: 'select' };
  if ('FuncCall' in node) {
    const name = stringValues(node.FuncCall.funcname).at(-1) ?? '';
    const args = node.FuncCall.args ?? [];
    if (name === 'unnest' && args.length > 1) {
      return args.map((argument) => {
        const rows = setFunctionList(translation, inner, name, {
          ...node.FuncCall,
          args: [argument],
        });
        return {
          name: 'unnest',
          list: rows?.list ?? null,
          value: rows?.element ?? { sql: 'NULL', type: null },
        };
      });
    }
    if (name === 'pg_options_to_table' && args.length === 1) {
      return optionColumns(args.map((argument) => translateExpression(translation, inner, argument).sql).join());
    }
    const rows = setFunctionList(translation, inner, name, node.FuncCall);
    if (rows !== null) {
      const column = name.endsWith('_elements') || name.endsWith('_elements_text') ? 'value' : name;
      return [{ name: aliasName ?? column, list: rows.list, value: rows.element }];
    }
  }
  const value = settle(translation, translateExpression(translation, inner, node));
  const name =
    'FuncCall' in node
      ? (stringValues(node.FuncCall.funcname).at(-1) ?? 'function')
      : 'SQLValueFunction' in node
        ? (node.SQLValueFunction.op ?? '').replace(/^SVFOP_/, '').toLowerCase()
        : 'function';
  return [{ name: aliasName ?? name, list: null, value }];
}

/** pg_options_to_table: `name=value` texts as two columns. */
function optionColumns(options: string): readonly FunctionColumn[] {
  const value: Typed = { sql: 'NULL', type: { oid: OID.text, modifier: -1 } };
  return [
    { name: 'option_name', list: `list_transform(${options}, lambda option: split_part(option, '=', 1))`, value },
    { name: 'option_value', list: `list_transform(${options}, lambda option: substr(option, strpos(option, '=') + 1))`, value },
  ];
}

/** generate_series over constants streams from DuckDB's table function instead of building a list of all values. */
function streamedSeries(node: Node, column: FunctionColumn | undefined): string | null {
  if (!('FuncCall' in node) || stringValues(node.FuncCall.funcname).at(-1) !== 'generate_series' || column?.list === null || column === undefined) {
    return null;
  }
  const match = /^(?:CAST\()?(generate_series\(.*?\))(?: AS INTEGER\[\]\))?$/s.exec(column.list);
  const call = match?.[1];
  if (call === undefined || call.includes('"') || oidOf(column.value) === OID.numeric) {
    return null;
  }
  const type = oidOf(column.value) === OID.int4 ? 'INTEGER' : null;
  return `(SELECT ${type === null ? '"generate_series"' : `CAST("generate_series" AS ${type})`} AS "c0" FROM ${call})`;
}
