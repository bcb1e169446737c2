import type { PublishMode } from '../../fs/commit/publish.js';
import type { DatasetFormat } from '../../fs/dataset/file-format.js';
import { parseDataFileName } from '../../fs/dataset/file-format.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteText } from '../../planner/types/data-type.js';
import { parseByteSize, parseFlag, parseWholeNumber } from '../settings/values.js';

/** Where and how COPY TO writes. */
export interface CopyTarget {
  readonly format: DatasetFormat;
  readonly singleFile: boolean;
  readonly mode: PublishMode;
  readonly partitionBy: readonly string[];
  /** Further options of DuckDB's COPY, as SQL literals. */
  readonly writerOptions: Readonly<Record<string, string>>;
}

/** Options handed to DuckDB's writer, by format, with the check that makes their value a SQL literal. */
const WRITER_OPTIONS: Readonly<Record<DatasetFormat, ReadonlyMap<string, (name: string, value: string) => string>>> = {
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

/** Compressions by the extension that readers know them by. */
const COMPRESSION_BY_EXTENSION: ReadonlyMap<string, string> = new Map([
  ['gz', 'gzip'],
  ['zst', 'zstd'],
]);

/** Reads COPY's options for a path: with a data file's extension it is a single file, else a dataset folder. */
export function readCopyOptions(path: string, options: ReadonlyMap<string, readonly string[]>): CopyTarget {
  const name = path.split('/').findLast((part) => part !== '') ?? '';
  const file = parseDataFileName(name);
  const format = readFormat(options.get('format')?.[0], file?.format, path, name.includes('.'));
  const partitionBy = options.get('partition_by') ?? [];
  const writerOptions: Record<string, string> = {};
  for (const [option, values] of options) {
    if (option === 'format' || option === 'partition_by' || option === 'overwrite' || option === 'append') {
      continue;
    }
    const check = WRITER_OPTIONS[format].get(option);
    if (check === undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, `COPY option "${option}" is not supported for format ${format}`);
    }
    writerOptions[option === 'null' ? 'nullstr' : option === 'delimiter' ? 'delim' : option] = check(option, values[0] ?? '');
  }
  if (file !== undefined && partitionBy.length > 0) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, 'PARTITION_BY needs a folder as its target', { hint: 'Leave the extension away.' });
  }
  const compression = COMPRESSION_BY_EXTENSION.get(/\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '');
  if (file !== undefined && compression !== undefined) {
    // Readers go by the name, so the file must be what it says.
    writerOptions['compression'] = quoteText(compression);
  }
  return { format, singleFile: file !== undefined, mode: readMode(options), partitionBy, writerOptions };
}

function readFormat(given: string | undefined, byName: DatasetFormat | undefined, path: string, hasExtension: boolean): DatasetFormat {
  const named = given?.toLowerCase();
  if (named !== undefined && named !== 'parquet' && named !== 'csv' && named !== 'json') {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `COPY format "${given}" not recognized`, { hint: 'Formats are parquet, csv, and json.' });
  }
  if (named !== undefined && byName !== undefined && named !== byName) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `"${path}" would be read as ${byName}, not as ${named}`, {
      hint: 'Readers go by the name: give the file the extension of its format.',
    });
  }
  const format = named ?? byName ?? (hasExtension ? undefined : 'parquet');
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
