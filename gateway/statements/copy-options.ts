import type { PublishMode } from '../../fs/commit/publish.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteText } from '../../planner/types/data-type.js';
import { parseByteSize, parseFlag, parseWholeNumber } from '../settings/values.js';

/** Where and how COPY TO writes. */
export interface CopyTarget {
  readonly format: 'parquet' | 'csv' | 'json';
  readonly singleFile: boolean;
  readonly mode: PublishMode;
  readonly partitionBy: readonly string[];
  /** Further options of DuckDB's COPY, as SQL literals. */
  readonly writerOptions: Readonly<Record<string, string>>;
}

const FORMAT_BY_EXTENSION: ReadonlyMap<string, CopyTarget['format']> = new Map([
  ['parquet', 'parquet'],
  ['csv', 'csv'],
  ['tsv', 'csv'],
  ['json', 'json'],
  ['ndjson', 'json'],
  ['jsonl', 'json'],
]);

/** Options handed to DuckDB's writer, by format, with the check that makes their value a SQL literal. */
const WRITER_OPTIONS: Readonly<Record<CopyTarget['format'], ReadonlyMap<string, (name: string, value: string) => string>>> = {
  parquet: new Map([
    ['compression', oneOf(['uncompressed', 'snappy', 'gzip', 'zstd', 'lz4', 'lz4_raw', 'brotli'])],
    ['compression_level', (name, value) => parseWholeNumber(name, value, 1, 22)],
    ['row_group_size', (name, value) => parseWholeNumber(name, value, 1, 100_000_000)],
    ['row_group_size_bytes', (name, value) => parseByteSize(name, value)],
    ['file_size_bytes', (name, value) => parseByteSize(name, value)],
  ]),
  csv: new Map([
    ['header', (name, value) => (parseFlag(name, value === '' ? 'on' : value) === 'on' ? 'true' : 'false')],
    ['delimiter', oneCharacter],
    ['delim', oneCharacter],
    ['quote', oneCharacter],
    ['escape', oneCharacter],
    ['null', (_, value) => quoteText(value)],
    ['compression', oneOf(['none', 'gzip', 'zstd'])],
  ]),
  json: new Map([
    ['array', (name, value) => (parseFlag(name, value === '' ? 'on' : value) === 'on' ? 'true' : 'false')],
    ['compression', oneOf(['none', 'gzip', 'zstd'])],
  ]),
};

/** Reads COPY's options for a path: without an extension it is a dataset folder, with one a single file. */
export function readCopyOptions(path: string, options: ReadonlyMap<string, readonly string[]>): CopyTarget {
  const extension = /\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(path.split('/').at(-1) ?? '')?.[1]?.toLowerCase();
  const format = readFormat(options.get('format')?.[0], extension, path);
  const partitionBy = options.get('partition_by') ?? [];
  const writerOptions: Record<string, string> = {};
  for (const [name, values] of options) {
    if (name === 'format' || name === 'partition_by' || name === 'overwrite' || name === 'append') {
      continue;
    }
    const check = WRITER_OPTIONS[format].get(name);
    if (check === undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, `COPY option "${name}" is not supported for format ${format}`);
    }
    writerOptions[name === 'null' ? 'nullstr' : name === 'delimiter' ? 'delim' : name] = check(name, values[0] ?? '');
  }
  const singleFile = extension !== undefined && FORMAT_BY_EXTENSION.has(extension);
  if (singleFile && partitionBy.length > 0) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, 'PARTITION_BY needs a folder as its target', { hint: 'Leave the extension away.' });
  }
  return { format, singleFile, mode: readMode(options), partitionBy, writerOptions };
}

function readFormat(given: string | undefined, extension: string | undefined, path: string): CopyTarget['format'] {
  const named = given?.toLowerCase();
  if (named === 'parquet' || named === 'csv' || named === 'json') {
    return named;
  }
  if (named !== undefined) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `COPY format "${given}" not recognized`, { hint: 'Formats are parquet, csv, and json.' });
  }
  const format = extension === undefined ? 'parquet' : FORMAT_BY_EXTENSION.get(extension);
  if (format === undefined) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `the format of "${path}" is not known from its name`, { hint: 'Say it: COPY ... (FORMAT parquet).' });
  }
  return format;
}

function readMode(options: ReadonlyMap<string, readonly string[]>): PublishMode {
  const isOn = (name: string): boolean => options.has(name) && parseFlag(name, options.get(name)?.[0] ?? 'on') === 'on';
  if (isOn('overwrite') && isOn('append')) {
    throw new SqlError(SQLSTATE.syntax_error, 'OVERWRITE and APPEND cannot be used together');
  }
  return isOn('overwrite') ? 'overwrite' : isOn('append') ? 'append' : 'create';
}

function oneOf(allowed: readonly string[]): (name: string, value: string) => string {
  return (name, value) => {
    if (!allowed.includes(value.toLowerCase())) {
      throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid value for COPY option "${name}": "${value}"`, {
        hint: `Available values: ${allowed.join(', ')}.`,
      });
    }
    return quoteText(value.toLowerCase());
  };
}

function oneCharacter(name: string, value: string): string {
  if (Buffer.byteLength(value, 'utf8') !== 1) {
    throw new SqlError(SQLSTATE.feature_not_supported, `COPY ${name} must be a single one-byte character`);
  }
  return quoteText(value);
}
