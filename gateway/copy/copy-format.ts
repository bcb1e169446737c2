import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** A list of columns in an option: `*` or names. */
export type ForcedColumns = readonly string[] | 'all';

/** How the data of a COPY looks, as PostgreSQL's options say. Characters are one byte of ASCII each. */
export interface CopyFormat {
  readonly format: 'text' | 'csv' | 'binary';
  readonly delimiter: string;
  readonly nullText: string;
  readonly header: 'none' | 'line' | 'match';
  readonly quote: string;
  readonly escape: string;
  /** Columns that CSV output always quotes. */
  readonly forceQuote: ForcedColumns;
  /** Columns whose values in CSV are never NULL. */
  readonly forceNotNull: readonly string[];
  /** Columns whose quoted values in CSV can be NULL too. */
  readonly forceNull: readonly string[];
}

type Options = ReadonlyMap<string, readonly string[]>;

const KNOWN: ReadonlySet<string> = new Set([
  'format',
  'freeze',
  'delimiter',
  'null',
  'header',
  'quote',
  'escape',
  'force_quote',
  'force_not_null',
  'force_null',
  'encoding',
]);

/** Reads COPY's options with PostgreSQL's checks, in its order. */
export function readCopyFormat(options: Options, direction: 'to' | 'from'): CopyFormat {
  const format = readFormatName(options);
  checkSimpleOptions(options);
  const header = readHeader(options, direction);
  const csv = format === 'csv';
  if (format === 'binary') {
    refuse(options.has('delimiter'), SQLSTATE.syntax_error, 'cannot specify DELIMITER in BINARY mode');
    refuse(options.has('null'), SQLSTATE.syntax_error, 'cannot specify NULL in BINARY mode');
  }
  const delimiter = valueOf(options, 'delimiter') ?? (csv ? ',' : '\t');
  const nullText = valueOf(options, 'null') ?? (csv ? '' : '\\N');
  const quote = valueOf(options, 'quote') ?? '"';
  const escape = valueOf(options, 'escape') ?? quote;
  requireOneByte('delimiter', delimiter);
  refuse(/[\r\n]/.test(delimiter), SQLSTATE.invalid_parameter_value, 'COPY delimiter cannot be newline or carriage return');
  refuse(/[\r\n]/.test(nullText), SQLSTATE.invalid_parameter_value, 'COPY null representation cannot use newline or carriage return');
  refuse(!csv && /^[\\.a-z0-9]$/.test(delimiter), SQLSTATE.invalid_parameter_value, `COPY delimiter cannot be "${delimiter}"`);
  refuse(format === 'binary' && header !== 'none', SQLSTATE.feature_not_supported, 'cannot specify HEADER in BINARY mode');
  refuse(!csv && options.has('quote'), SQLSTATE.feature_not_supported, 'COPY quote available only in CSV mode');
  if (csv) {
    requireOneByte('quote', quote);
    refuse(delimiter === quote, SQLSTATE.invalid_parameter_value, 'COPY delimiter and quote must be different');
  }
  refuse(!csv && options.has('escape'), SQLSTATE.feature_not_supported, 'COPY escape available only in CSV mode');
  if (csv) {
    requireOneByte('escape', escape);
  }
  checkForced(options, csv, direction);
  refuse(nullText.includes(delimiter), SQLSTATE.feature_not_supported, 'COPY delimiter must not appear in the NULL specification');
  refuse(csv && nullText.includes(quote), SQLSTATE.feature_not_supported, 'CSV quote character must not appear in the NULL specification');
  const forceQuote = options.get('force_quote') ?? [];
  return {
    format,
    delimiter,
    nullText,
    header,
    quote,
    escape,
    forceQuote: forceQuote.length === 1 && (forceQuote[0] === '*' || forceQuote[0] === '') ? 'all' : forceQuote,
    forceNotNull: options.get('force_not_null') ?? [],
    forceNull: options.get('force_null') ?? [],
  };
}

function valueOf(options: Options, name: string): string | undefined {
  return options.has(name) ? (options.get(name)?.[0] ?? '') : undefined;
}

function refuse(wrong: boolean, state: SqlError['sqlstate'], message: string): void {
  if (wrong) {
    throw new SqlError(state, message);
  }
}

function requireOneByte(name: string, value: string): void {
  refuse(Buffer.byteLength(value) !== 1, SQLSTATE.feature_not_supported, `COPY ${name} must be a single one-byte character`);
}

function readFormatName(options: Options): CopyFormat['format'] {
  for (const name of options.keys()) {
    refuse(!KNOWN.has(name), SQLSTATE.syntax_error, `option "${name}" not recognized`);
  }
  const format = valueOf(options, 'format') ?? 'text';
  if (format !== 'text' && format !== 'csv' && format !== 'binary') {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `COPY format "${format}" not recognized`);
  }
  return format;
}

/** ENCODING must be UTF8. FREEZE has no effect: rows are never rewritten to be frozen. */
function checkSimpleOptions(options: Options): void {
  const encoding = valueOf(options, 'encoding');
  if (encoding !== undefined && !/^(utf-?8|unicode)$/i.test(encoding)) {
    throw new SqlError(SQLSTATE.feature_not_supported, `COPY with encoding "${encoding}" is not supported`, { hint: 'Data must be in UTF8.' });
  }
  const freeze = valueOf(options, 'freeze');
  refuse(freeze !== undefined && readBoolean(freeze) === undefined, SQLSTATE.syntax_error, 'freeze requires a Boolean value');
}

function readHeader(options: Options, direction: 'to' | 'from'): CopyFormat['header'] {
  const value = valueOf(options, 'header');
  if (value === undefined) {
    return 'none';
  }
  if (value.toLowerCase() === 'match') {
    refuse(direction === 'to', SQLSTATE.feature_not_supported, `cannot use "${value}" with HEADER in COPY TO`);
    return 'match';
  }
  const flag = readBoolean(value);
  if (flag === undefined) {
    throw new SqlError(SQLSTATE.syntax_error, 'header requires a Boolean value or "match"');
  }
  return flag ? 'line' : 'none';
}

/** An option without a value is on. */
function readBoolean(value: string): boolean | undefined {
  return /^(true|on|1|)$/i.test(value) ? true : /^(false|off|0)$/i.test(value) ? false : undefined;
}

function checkForced(options: Options, csv: boolean, direction: 'to' | 'from'): void {
  const rules = [
    ['force_quote', 'force quote', 'to'],
    ['force_not_null', 'force not null', 'from'],
    ['force_null', 'force null', 'from'],
  ] as const;
  for (const [option, words, only] of rules) {
    refuse(options.has(option) && !csv, SQLSTATE.feature_not_supported, `COPY ${words} available only in CSV mode`);
    refuse(options.has(option) && direction !== only, SQLSTATE.feature_not_supported, `COPY ${words} only available using COPY ${only.toUpperCase()}`);
  }
}
