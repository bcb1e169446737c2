import type { Column } from '../../planner/relation/relation.js';
import type { ScalarTypeName } from '../../planner/types/data-type.js';
import { printDataType, quoteText } from '../../planner/types/data-type.js';
import { OID, postgresTypeByOid, postgresTypeOf } from '../../planner/types/postgres-type.js';

/**
 * Which texts DuckDB's own cast reads exactly as PostgreSQL reads them: the forms that data nearly always has. All other
 * texts, wrong ones too, are read by the gateway (see slow-rows.ts), so nothing rests on how lenient a cast is.
 */
export interface PlainForm {
  /** A pattern that the whole text matches, the same in JavaScript and RE2; null when every text is plain. */
  readonly pattern: string | null;
  /** The value of a plain text as DuckDB's SQL; `text` is an expression. */
  readonly sql: (text: string) => string;
}

/** What COPY must know of a column. */
export interface ColumnForm {
  readonly column: Column;
  /** The type values are read as: an element's for arrays. */
  readonly oid: number;
  readonly modifier: number;
  readonly isArray: boolean;
  /** Null: no text is plain. */
  readonly plain: PlainForm | null;
}

const DATE = '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}';
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?';
const ZONE = '[+-](0[0-9]|1[0-4])(:[0-5][0-9])?';
const HEX = '[0-9a-fA-F]';
const TRUE_WORDS = ['t', 'true', '1', 'y', 'yes', 'on'];
const FALSE_WORDS = ['f', 'false', '0', 'n', 'no', 'off'];

/** What is known of a column's values; null for types that no text stands for (structs, maps). */
export function columnForm(column: Column, timeZone: string): ColumnForm | null {
  const { oid, modifier } = column.postgres ?? postgresTypeOf(column.type);
  const elementOid = postgresTypeByOid(oid)?.elementOid ?? 0;
  if (column.type.kind === 'list') {
    const { element } = column.type;
    if (elementOid === 0 || element.kind === 'list') {
      return null;
    }
    const form = columnForm({ name: column.name, type: element, postgres: { oid: elementOid, modifier } }, timeZone);
    return form === null ? null : { ...form, column, isArray: true };
  }
  if (column.type.kind !== 'scalar' && column.type.kind !== 'decimal') {
    return null;
  }
  const cast = (text: string): string => `CAST(${text} AS ${printDataType(column.type)})`;
  const plain =
    column.type.kind === 'decimal'
      ? { pattern: modifier >= 4 ? '[+-]?[0-9]{1,38}(\\.[0-9]{0,60})?' : `[+-]?[0-9]{1,38}(\\.[0-9]{0,${column.type.scale}})?`, sql: cast }
      : scalarForm(column.type.name, oid, timeZone, cast);
  return { column, oid, modifier, isArray: false, plain };
}

function scalarForm(type: ScalarTypeName, oid: number, timeZone: string, cast: (text: string) => string): PlainForm | null {
  switch (type) {
    case 'VARCHAR':
      return { pattern: null, sql: (text) => text };
    case 'BOOLEAN':
      return { pattern: [...TRUE_WORDS, ...FALSE_WORDS].join('|'), sql: (text) => `(${text} IN (${TRUE_WORDS.map(quoteText).join(', ')}))` };
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'HUGEINT':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER':
    case 'UBIGINT':
    case 'UHUGEINT':
      return { pattern: '[+-]?[0-9]{1,39}', sql: cast };
    case 'BIGINT':
      return oid === OID.int8 ? { pattern: '[+-]?[0-9]{1,39}', sql: cast } : oid === OID.oid ? { pattern: '[0-9]{1,9}', sql: cast } : null;
    case 'FLOAT':
      return { pattern: '[+-]?[0-9]{1,15}(\\.[0-9]{0,20})?', sql: cast };
    case 'DOUBLE':
      return { pattern: '[+-]?[0-9]{1,20}(\\.[0-9]{0,25})?([eE][+-]?[0-9]{1,2})?', sql: cast };
    case 'DATE':
      return { pattern: DATE, sql: cast };
    case 'TIME':
      return { pattern: CLOCK, sql: cast };
    case 'TIME WITH TIME ZONE':
      return { pattern: `${CLOCK}${ZONE}`, sql: cast };
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
      return { pattern: `${DATE}[ T]${CLOCK}`, sql: cast };
    case 'TIMESTAMP WITH TIME ZONE':
      return { pattern: `${DATE}[ T]${CLOCK}${timeZone === 'UTC' ? `(${ZONE})?` : ZONE}`, sql: cast };
    case 'INTERVAL':
      return { pattern: '([0-9]{1,6} days? )?[0-9]{2}:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?', sql: cast };
    case 'UUID':
      return { pattern: `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`, sql: cast };
    case 'BLOB':
      return { pattern: `\\\\x(${HEX}{2})*`, sql: (text) => `from_hex(substr(${text}, 3))` };
    case 'BIT':
      return { pattern: '[01]+', sql: cast };
    case 'JSON':
    case 'BIGNUM':
    case 'TIME_NS':
    case 'NULL':
      return null;
  }
}

/** A plain array: one dimension, no quotes, no spaces, no element left out. */
export const PLAIN_ARRAY = '\\{([^{},"\\\\\\s]+(,[^{},"\\\\\\s]+)*)?\\}';

/** The value of a text as sent, in DuckDB's SQL; a text that is not plain is an error of class 22. */
export function plainValueSql(form: ColumnForm, text: string): string {
  const type = printDataType(form.column.type);
  if (form.plain === null) {
    return `CASE WHEN ${text} IS NULL THEN NULL ELSE ${notPlain(type)} END`;
  }
  if (!form.isArray) {
    return elementSql(form.plain, text, type);
  }
  const elementType = type.replace(/\[\]$/, '');
  const elements = `CASE WHEN ${text} = '{}' THEN [] ELSE string_split(substr(${text}, 2, length(${text}) - 2), ',') END`;
  const element = `CASE WHEN upper(e) = 'NULL' THEN NULL ELSE ${elementSql(form.plain, 'e', elementType)} END`;
  return `CASE WHEN ${matches(text, PLAIN_ARRAY)} THEN CAST(list_transform(${elements}, lambda e: ${element}) AS ${type}) WHEN ${text} IS NULL THEN NULL ELSE ${notPlain(type)} END`;
}

function elementSql(plain: PlainForm, text: string, type: string): string {
  return plain.pattern === null
    ? plain.sql(text)
    : `CASE WHEN ${matches(text, plain.pattern)} THEN ${plain.sql(text)} WHEN ${text} IS NULL THEN NULL ELSE ${notPlain(type)} END`;
}

function matches(text: string, pattern: string): string {
  return `regexp_full_match(${text}, ${quoteText(pattern)})`;
}

/** Only tells that the rows must be read another way. */
function notPlain(type: string): string {
  return `CAST(error('SLUICE:22P02:a value must be read by the gateway') AS ${type})`;
}

/** True for types of which every text is a value, itself. */
export function isString(form: ColumnForm): boolean {
  return !form.isArray && form.plain?.pattern === null;
}
