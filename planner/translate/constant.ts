import type { ParsedStatement } from '../parse/statement.js';
import type { SelectStmt } from '../parse/syntax-tree.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import { OID } from '../types/postgres-type.js';
import type { Query } from './query-shape.js';
import type { ConstantOutput, TranslatedQuery } from './translated.js';
import type { Typed } from './typed.js';

/** Rows known without running anything: Postgres's text of each value, null for NULL. */
export interface ConstantRows {
  readonly columns: readonly { readonly name: string; readonly type: PostgresColumnType }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A parameter's value as a client sends it. */
export interface SentValue {
  readonly format: 'text' | 'binary';
  readonly bytes: Uint8Array | null;
}

/** The rows of a query that is nothing but constants and parameters; null where DuckDB must be asked. */
export function evaluateConstant(statement: ParsedStatement, query: TranslatedQuery, parameters: readonly SentValue[]): ConstantRows | null {
  if (statement.kind !== 'select' || query.constants === undefined || query.columns === null) {
    return null;
  }
  const columns: { readonly name: string; readonly type: PostgresColumnType }[] = [];
  const row: (string | null)[] = [];
  for (const [index, output] of query.constants.entries()) {
    const column = query.columns[index];
    if (column === undefined || column.type === null) {
      return null;
    }
    const value = outputText(output, query, parameters);
    if (value === undefined) {
      return null;
    }
    columns.push({ name: column.name, type: column.type });
    row.push(value);
  }
  return { columns, rows: [row] };
}

/** The constants of a query that is a bare SELECT list; null when anything in it needs DuckDB. */
export function constantOutputs(select: SelectStmt, query: Query): readonly ConstantOutput[] | null {
  const { targetList, limitOption, op, ...rest } = select;
  const isBare =
    targetList !== undefined &&
    (limitOption === undefined || limitOption === 'LIMIT_OPTION_DEFAULT') &&
    (op === undefined || op === 'SETOP_NONE') &&
    Object.keys(rest).length === 0;
  if (!isBare) {
    return null;
  }
  return outputsOf(query.columns.map(({ value }) => value));
}

/** A VALUES list of more rows is DuckDB's to read. */
const CONSTANT_ROW_COUNT_MAX = 16;

/** The rows of a query that is a short VALUES list of constants and parameters; null when anything in it needs DuckDB. */
export function constantRows({ rows }: Query): readonly (readonly ConstantOutput[])[] | null {
  if (rows === undefined || rows.length > CONSTANT_ROW_COUNT_MAX) {
    return null;
  }
  const outputs = rows.map(outputsOf);
  return outputs.every((row) => row !== null) ? outputs : null;
}

function outputsOf(values: readonly Typed[]): readonly ConstantOutput[] | null {
  const outputs: ConstantOutput[] = [];
  for (const value of values) {
    if (value.text !== undefined) {
      outputs.push({ kind: 'text', text: value.text });
    } else if (value.wholeParameter !== undefined) {
      outputs.push({ kind: 'parameter', number: value.wholeParameter });
    } else {
      return null;
    }
  }
  return outputs;
}

/** The values of constant rows as Postgres's texts, null for NULL; null where a parameter has to be read by DuckDB. */
export function evaluateRows(query: TranslatedQuery, parameters: readonly SentValue[]): readonly (readonly (string | null)[])[] | null {
  if (query.constantRows === undefined) {
    return null;
  }
  const rows: (readonly (string | null)[])[] = [];
  for (const outputs of query.constantRows) {
    const row = outputs.map((output) => outputText(output, query, parameters)).filter((value) => value !== undefined);
    if (row.length < outputs.length) {
      return null;
    }
    rows.push(row);
  }
  return rows;
}

function outputText(output: ConstantOutput, query: TranslatedQuery, parameters: readonly SentValue[]): string | null | undefined {
  return output.kind === 'text' ? output.text : parameterText(parameters[output.number - 1], query.parameterTypes[output.number - 1] ?? 0);
}

const INTEGER_SIZES: ReadonlyMap<number, number> = new Map([
  [OID.int2, 2],
  [OID.int4, 4],
  [OID.int8, 8],
]);

const PLAIN_INTEGER = /^(?:0|-?[1-9]\d*)$/;

/** Postgres's text of a parameter, for types whose text needs no normalising; undefined for others and for values out of range. */
function parameterText(value: SentValue | undefined, oid: number): string | null | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (value.bytes === null) {
    return null;
  }
  const size = INTEGER_SIZES.get(oid);
  if (size !== undefined) {
    return integerText(value.format, value.bytes, size);
  }
  if (oid === OID.text || oid === OID.varchar) {
    return utf8Text(value.bytes);
  }
  if (oid === OID.bool) {
    if (value.format === 'binary') {
      return value.bytes.length === 1 ? (value.bytes[0] === 0 ? 'f' : 't') : undefined;
    }
    const text = utf8Text(value.bytes);
    return text === 't' || text === 'true' ? 't' : text === 'f' || text === 'false' ? 'f' : undefined;
  }
  return undefined;
}

function integerText(format: 'text' | 'binary', bytes: Uint8Array, size: number): string | undefined {
  if (format === 'binary') {
    if (bytes.length !== size) {
      return undefined;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return size === 2 ? String(view.getInt16(0)) : size === 4 ? String(view.getInt32(0)) : String(view.getBigInt64(0));
  }
  const text = utf8Text(bytes);
  if (text === undefined || text.length > 20 || !PLAIN_INTEGER.test(text)) {
    return undefined;
  }
  return BigInt.asIntN(size * 8, BigInt(text)) === BigInt(text) ? text : undefined;
}

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    // Not UTF-8: the road through DuckDB reports it.
    return undefined;
  }
}
