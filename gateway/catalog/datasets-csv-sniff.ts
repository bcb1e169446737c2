import type { FileInspector } from '../../executor/engine.js';
import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import { duckdbPath } from '../../planner/relation/file-list-sql.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteText } from '../../planner/types/data-type.js';

/** Reader options as SQL literals. */
export type Options = Readonly<Record<string, string>>;

/** Options that name columns by position: what headers say is of no interest then. */
export const NAMING_OPTIONS: readonly string[] = ['column_names', 'columns', 'names'];

/** Options sniff_csv is not given: it refuses types other than those it would choose. */
const NOT_SNIFFED: ReadonlySet<string> = new Set([...NAMING_OPTIONS, 'all_varchar', 'column_types', 'dtypes', 'filename', 'files_to_sniff', 'types']);

/** What sniff_csv finds in one file. */
export interface SniffedFile {
  /** Reader options that pin it, as SQL literals. */
  readonly dialect: Options;
  readonly hasHeader: boolean;
  readonly columns: readonly string[];
}

/** Has DuckDB tell one file's dialect and header. */
export async function sniffCsv(inspector: FileInspector, file: DatasetFile, options: Options): Promise<SniffedFile> {
  const path = quoteText(duckdbPath(file.absolutePath));
  const given = Object.fromEntries(Object.entries(options).filter(([name]) => !NOT_SNIFFED.has(name)));
  const [row] = await inspector.queryText(
    `SELECT Delimiter, Quote, Escape, Comment, SkipRows::VARCHAR, HasHeader::VARCHAR, DateFormat, TimestampFormat, to_json([c.name FOR c IN Columns])::VARCHAR FROM sniff_csv(${callArguments(path, given)})`,
  );
  if (row === undefined) {
    throw new SqlError(SQLSTATE.data_exception, `could not tell the CSV dialect of ${JSON.stringify(file.path)}`);
  }
  const [delimiter, quote, escape, comment, skip, header, dateFormat, timestampFormat, columns] = row;
  const hasHeader = header === 'true';
  const dialect: Record<string, string> = { header: String(hasHeader), skip: skip ?? '0' };
  const names = toNames(columns);
  // A file of one column shows no delimiter, whatever DuckDB settles on.
  if (names.length > 1) {
    pin(dialect, 'delim', delimiter);
  }
  pin(dialect, 'quote', quote);
  pin(dialect, 'escape', escape);
  pin(dialect, 'comment', comment);
  pinFormat(dialect, 'dateformat', dateFormat);
  pinFormat(dialect, 'timestampformat', timestampFormat);
  return { dialect, hasHeader, columns: names };
}

/** A character that the sample did not show is left at its default, for rows beyond the sample may use it. */
function pin(dialect: Record<string, string>, name: string, value: string | null | undefined): void {
  if (value !== null && value !== undefined && value !== '' && value !== '(empty)') {
    dialect[name] = quoteText(value);
  }
}

/** ISO formats are what readers expect anyway, and with more leniency than a format gives. */
function pinFormat(dialect: Record<string, string>, name: string, format: string | null | undefined): void {
  if (format !== null && format !== undefined && !format.startsWith('%Y-%m-%d')) {
    dialect[name] = quoteText(format);
  }
}

function toNames(json: string | null | undefined): readonly string[] {
  const parsed: unknown = JSON.parse(json ?? '[]');
  return Array.isArray(parsed) ? parsed.filter((name) => typeof name === 'string') : [];
}

/** Arguments of a reader call: the files, then the options by name. */
export function callArguments(first: string, options: Options): string {
  return [first, ...Object.entries(options).map(([name, value]) => `${name} => ${value}`)].join(', ');
}
