import type { FileInspector } from '../../executor/engine.js';
import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import { duckdbPath, fileListSql } from '../../planner/relation/file-list-sql.js';
import type { DataFile } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteText } from '../../planner/types/data-type.js';
import { groupByFirstLine } from './datasets-csv-header.js';
import type { BuiltFiles } from './datasets-relation.js';
import { sampleOf, sampleRows } from './datasets-sample.js';

type Options = Readonly<Record<string, string>>;

/** Options that only tell how to find columns and dialect: once found, both are pinned. */
const SNIFFING_OPTIONS: ReadonlySet<string> = new Set([
  'all_varchar',
  'auto_detect',
  'auto_type_candidates',
  'column_names',
  'column_types',
  'columns',
  'dtypes',
  'files_to_sniff',
  'names',
  'normalize_names',
  'sample_size',
  'types',
  'union_by_name',
]);

/** Options that name columns by position: what headers say is of no interest then. */
const NAMING_OPTIONS = ['column_names', 'columns', 'names'];

/** Options sniff_csv is not given: it refuses types other than those it would choose. */
const NOT_SNIFFED: ReadonlySet<string> = new Set([...NAMING_OPTIONS, 'all_varchar', 'column_types', 'dtypes', 'filename', 'files_to_sniff', 'types']);

/** What sniff_csv finds in one file. */
interface SniffedFile {
  /** Reader options that pin it, as SQL literals. */
  readonly dialect: Options;
  readonly hasHeader: boolean;
  readonly columns: readonly string[];
}

/** Finds the columns and the dialect of CSV files once, so that no execution sniffs again. */
export async function buildCsv(inspector: FileInspector, files: readonly DatasetFile[], options: Options): Promise<BuiltFiles> {
  const sample = sampleOf(files);
  const sniffing = {
    sample_size: String(sampleRows(sample)),
    ...(sample.length > 1 ? { union_by_name: 'true' } : {}),
    ...options,
  };
  const columns = await inspector.describeFiles(
    `read_csv(${callArguments(fileListSql(sample.map((file) => file.absolutePath)), { ...sniffing, hive_partitioning: 'false' })})`,
  );
  const names = columns.map((column) => column.name);
  const kept = Object.fromEntries(Object.entries(options).filter(([name]) => !SNIFFING_OPTIONS.has(name)));
  const { dialect, layouts } = await sniffLayouts(inspector, files, options);
  return {
    columns,
    files: files.map((file): DataFile => {
      const layout = layouts.get(file);
      const base = { path: file.absolutePath, byteCount: file.byteCount };
      return layout === undefined || sameNames(layout, names) ? base : { ...base, columns: layout };
    }),
    readerOptions: { ...dialect, ...kept },
    unionByName: false,
  };
}

/** The dialect all files share, and the columns of each file by its own header. */
async function sniffLayouts(
  inspector: FileInspector,
  files: readonly DatasetFile[],
  options: Options,
): Promise<{ dialect: Options; layouts: Map<DatasetFile, readonly string[]> }> {
  const layouts = new Map<DatasetFile, readonly string[]>();
  let first: { readonly file: DatasetFile; readonly sniffed: SniffedFile } | undefined;
  for (const group of await groupByFirstLine(files)) {
    const [file] = group;
    if (file === undefined || (first !== undefined && !first.sniffed.hasHeader)) {
      break;
    }
    const sniffed = await sniff(inspector, file, options);
    first ??= { file, sniffed };
    if (JSON.stringify(sniffed.dialect) !== JSON.stringify(first.sniffed.dialect)) {
      throw new SqlError(SQLSTATE.wrong_object_type, 'the CSV files of a table must all have one dialect', {
        detail: `${JSON.stringify(first.file.path)} has ${describeDialect(first.sniffed)}, ${JSON.stringify(file.path)} has ${describeDialect(sniffed)}.`,
      });
    }
    if (sniffed.hasHeader && !NAMING_OPTIONS.some((name) => name in options)) {
      group.forEach((member) => layouts.set(member, sniffed.columns));
    }
  }
  return { dialect: first?.sniffed.dialect ?? {}, layouts };
}

function describeDialect(sniffed: SniffedFile): string {
  return Object.entries(sniffed.dialect)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

async function sniff(inspector: FileInspector, file: DatasetFile, options: Options): Promise<SniffedFile> {
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
  pin(dialect, 'delim', delimiter);
  pin(dialect, 'quote', quote);
  pin(dialect, 'escape', escape);
  pin(dialect, 'comment', comment);
  pinFormat(dialect, 'dateformat', dateFormat);
  pinFormat(dialect, 'timestampformat', timestampFormat);
  return { dialect, hasHeader, columns: toNames(columns) };
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

function callArguments(first: string, options: Options): string {
  return [first, ...Object.entries(options).map(([name, value]) => `${name} => ${value}`)].join(', ');
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
