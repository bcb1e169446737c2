import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { parseFlag } from '../settings/values.js';

/** How COPY's lines look to the client. */
export interface CopyFormat {
  readonly format: 'text' | 'csv';
  readonly delimiter: string;
  readonly nullText: string;
  readonly header: 'none' | 'line' | 'match';
  readonly quote: string;
  readonly escape: string;
  /** Columns that CSV output always quotes; 'all' for every one. */
  readonly forceQuote: readonly string[] | 'all';
}

const KNOWN: ReadonlySet<string> = new Set(['format', 'delimiter', 'null', 'header', 'quote', 'escape', 'force_quote', 'encoding']);

/** Reads the options of COPY with STDIN or STDOUT, with Postgres's rules for them. */
export function readCopyFormat(options: ReadonlyMap<string, readonly string[]>, direction: 'to' | 'from'): CopyFormat {
  for (const name of options.keys()) {
    if (!KNOWN.has(name)) {
      throw new SqlError(SQLSTATE.feature_not_supported, `COPY option "${name}" is not supported`);
    }
  }
  const one = (name: string): string | undefined => (options.has(name) ? (options.get(name)?.[0] ?? '') : undefined);
  const format = one('format') ?? 'text';
  if (format !== 'text' && format !== 'csv') {
    const isKnown = format === 'binary' || format === 'parquet' || format === 'json';
    throw new SqlError(
      isKnown ? SQLSTATE.feature_not_supported : SQLSTATE.invalid_parameter_value,
      isKnown ? `COPY with format ${format} through the client is not supported` : `COPY format "${format}" not recognized`,
    );
  }
  const encoding = one('encoding');
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) {
    throw new SqlError(SQLSTATE.feature_not_supported, `COPY with encoding "${encoding}" is not supported`);
  }
  const csv = format === 'csv';
  const delimiter = oneByte('delimiter', one('delimiter') ?? (csv ? ',' : '\t'));
  if (!csv && /^[\\.a-z0-9]$/.test(delimiter)) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `COPY delimiter cannot be "${delimiter}"`);
  }
  for (const name of ['quote', 'escape', 'force_quote']) {
    if (!csv && options.has(name)) {
      throw new SqlError(SQLSTATE.feature_not_supported, `COPY ${name.replace('_', ' ')} available only in CSV mode`);
    }
  }
  if (direction === 'from' && options.has('force_quote')) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'COPY force quote only available using COPY TO');
  }
  const quote = oneByte('quote', one('quote') ?? '"');
  const nullText = one('null') ?? (csv ? '' : '\\N');
  if (/[\r\n]/.test(nullText)) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, 'COPY null representation cannot use newline or carriage return');
  }
  if (nullText.includes(delimiter)) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'COPY delimiter must not appear in the NULL specification');
  }
  if (csv && delimiter === quote) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, 'COPY delimiter and quote must be different');
  }
  if (csv && nullText.includes(quote)) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'CSV quote character must not appear in the NULL specification');
  }
  const force = options.get('force_quote') ?? [];
  return {
    format,
    delimiter,
    nullText,
    header: readHeader(one('header'), direction),
    quote,
    escape: oneByte('escape', one('escape') ?? quote),
    forceQuote: options.has('force_quote') && (force.length === 0 || force[0] === '' || force[0] === '*') ? 'all' : force,
  };
}

function readHeader(value: string | undefined, direction: 'to' | 'from'): CopyFormat['header'] {
  if (value === undefined) {
    return 'none';
  }
  if (value.toLowerCase() === 'match') {
    if (direction === 'to') {
      throw new SqlError(SQLSTATE.feature_not_supported, 'cannot use "match" with HEADER in COPY TO');
    }
    return 'match';
  }
  return parseFlag('header', value === '' ? 'on' : value) === 'on' ? 'line' : 'none';
}

function oneByte(name: string, value: string): string {
  if (Buffer.byteLength(value) !== 1) {
    throw new SqlError(SQLSTATE.feature_not_supported, `COPY ${name} must be a single one-byte character`);
  }
  if (/[\r\n]/.test(value)) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `COPY ${name} cannot be newline or carriage return`);
  }
  return value;
}
