import type { FileInspector } from '../../executor/engine.js';
import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import { fileListSql } from '../../planner/relation/file-list-sql.js';
import type { Column, DataFile } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { groupByFirstLine } from './datasets-csv-header.js';
import type { Options, SniffedFile } from './datasets-csv-sniff.js';
import { callArguments, NAMING_OPTIONS, sniffCsv } from './datasets-csv-sniff.js';
import type { BuiltFiles } from './datasets-relation.js';
import { sampleOf, sampleRows } from './datasets-sample.js';

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

/** Files whose first lines are equal, by one that stands for them. */
interface SniffedGroup {
  readonly files: readonly DatasetFile[];
  readonly first: DatasetFile;
  readonly sniffed: SniffedFile;
}

/** Finds the columns and the dialect of CSV files once, so that no execution sniffs again. */
export async function buildCsv(inspector: FileInspector, allFiles: readonly DatasetFile[], options: Options): Promise<BuiltFiles> {
  const files = withoutEmpty(allFiles);
  const groups = await sniffGroups(inspector, files, options);
  const columns = await describeSample(inspector, files, groups, options);
  const layouts = NAMING_OPTIONS.some((name) => name in options) ? new Map<DatasetFile, readonly string[]>() : layoutsOf(groups, columns);
  const kept = Object.fromEntries(Object.entries(options).filter(([name]) => !SNIFFING_OPTIONS.has(name)));
  return {
    columns,
    files: files.map((file): DataFile => {
      const layout = layouts.get(file);
      return { path: file.absolutePath, byteCount: file.byteCount, ...(layout === undefined ? {} : { columns: layout }) };
    }),
    readerOptions: { ...commonDialect(groups), ...kept },
    unionByName: false,
  };
}

/** Files without a byte have no rows and no header; unless there is nothing else, they say nothing of the others. */
function withoutEmpty(files: readonly DatasetFile[]): readonly DatasetFile[] {
  const filled = files.filter((file) => file.byteCount > 0);
  return filled.length === 0 ? files : filled;
}

/** Groups files by their header; without a header all of them are one group. */
async function sniffGroups(inspector: FileInspector, files: readonly DatasetFile[], options: Options): Promise<readonly SniffedGroup[]> {
  const groups: SniffedGroup[] = [];
  for (const group of await groupByFirstLine(files)) {
    const [first] = group;
    if (first !== undefined) {
      const sniffed = await sniffCsv(inspector, first, options);
      if (!sniffed.hasHeader && groups.length === 0) {
        return [{ files, first, sniffed }];
      }
      groups.push({ files: group, first, sniffed });
    }
  }
  return groups;
}

async function describeSample(
  inspector: FileInspector,
  files: readonly DatasetFile[],
  groups: readonly SniffedGroup[],
  options: Options,
): Promise<readonly Column[]> {
  // Every header that occurs is in the sample, so that the table has the columns of all files.
  const sample = [...new Set([...groups.map((group) => group.first), ...sampleOf(files)])];
  const sniffing = {
    sample_size: String(sampleRows(sample)),
    ...(sample.length > 1 ? { union_by_name: 'true' } : {}),
    ...options,
    hive_partitioning: 'false',
  };
  const paths = fileListSql(sample.map((file) => file.absolutePath));
  return await inspector.describeFiles(`read_csv(${callArguments(paths, sniffing)})`);
}

/** The columns of files that do not have exactly the table's, spelled as the table spells them. */
function layoutsOf(groups: readonly SniffedGroup[], columns: readonly Column[]): ReadonlyMap<DatasetFile, readonly string[]> {
  const spelled = new Map(columns.map(({ name }) => [name.toLowerCase(), name]));
  const layouts = new Map<DatasetFile, readonly string[]>();
  for (const { files, sniffed } of groups) {
    const layout = sniffed.columns.map((name) => spelled.get(name.toLowerCase()) ?? name);
    const own = layout.length !== columns.length || layout.some((name, index) => name !== columns[index]?.name);
    if (sniffed.hasHeader && own) {
      files.forEach((file) => layouts.set(file, layout));
    }
  }
  return layouts;
}

/** The dialect of all groups together: each says what its sample shows; what two say differently is an error. */
function commonDialect(groups: readonly SniffedGroup[]): Options {
  const dialect: Record<string, string> = {};
  const saidBy = new Map<string, DatasetFile>();
  for (const { first, sniffed } of groups) {
    for (const [name, value] of Object.entries(sniffed.dialect)) {
      const before = dialect[name];
      if (before !== undefined && before !== value) {
        throw new SqlError(SQLSTATE.wrong_object_type, 'the CSV files of a table must all have one dialect', {
          detail: `${JSON.stringify(saidBy.get(name)?.path)} has ${name} ${before}, ${JSON.stringify(first.path)} has ${name} ${value}.`,
        });
      }
      dialect[name] = value;
      saidBy.set(name, saidBy.get(name) ?? first);
    }
  }
  return dialect;
}
