import { randomUUID } from 'node:crypto';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { FileSink, PlanColumn, TableSink } from '../../planner/fragment/staged-plan.js';
import { quoteName, quoteText } from '../../planner/types/data-type.js';

/** The COPY that writes one task's rows under `directory`, under names no other task or attempt has. */
export function writeFilesSql(sql: string, columns: readonly PlanColumn[], sink: FileSink, directory: string, fileName: string): string {
  if (sink.format === 'json' && sink.partitionBy.length > 0) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'PARTITION_BY is not supported with format json');
  }
  const names = columns.map((_, index) => `c${index}`);
  const values = columns.map((column, index) => `${fileValue(column, index, sink)} AS ${quoteName(sink.columnNames[index] ?? column.name)}`);
  if (sink.table !== undefined) {
    return writeTableSql(`SELECT ${values.join(', ')} FROM (${sql}\n) AS fragment(${names.join(', ')})`, sink.table, directory, fileName);
  }
  const partitioned = sink.partitionBy.length > 0;
  const options = [
    `FORMAT ${sink.format}`,
    // Only Parquet's writer reports statistics; the others report the files' names.
    sink.format === 'parquet' ? 'RETURN_STATS' : 'RETURN_FILES',
    ...Object.entries(sink.options).map(([name, value]) => `${name} ${value}`),
    ...(partitioned
      ? [`PARTITION_BY (${sink.partitionBy.map(quoteName).join(', ')})`, 'OVERWRITE_OR_IGNORE', `FILENAME_PATTERN ${quoteText(`${fileName}-{uuid}`)}`]
      : []),
  ];
  const target = partitioned ? directory : `${directory}/${fileName}-${randomUUID()}.${sink.format}`;
  return `COPY (SELECT ${values.join(', ')} FROM (${sql}\n) AS fragment(${names.join(', ')})) TO ${quoteText(target)} (${options.join(', ')})`;
}

/** Files of a stored table: field ids, sorted, one for each combination of partition values, which are not written. */
function writeTableSql(rows: string, table: TableSink, directory: string, fileName: string): string {
  const keys = table.partitionExpressions.map((_, index) => `_sluice_key_${index}`);
  const list = ['*', ...table.partitionExpressions.map((expression, index) => `${expression} AS ${keys[index] ?? ''}`)];
  const order = table.sort === '' ? '' : ` ORDER BY ${table.sort}`;
  const options = [
    'FORMAT parquet',
    'RETURN_STATS',
    `FIELD_IDS ${table.fieldIds}`,
    // No folder per value: a value may be longer than a file name can be, and the catalog knows the values.
    ...(keys.length === 0
      ? []
      : [`PARTITION_BY (${keys.join(', ')})`, 'HIVE_FILE_PATTERN false', 'OVERWRITE_OR_IGNORE', `FILENAME_PATTERN ${quoteText(`${fileName}-{uuid}`)}`]),
  ];
  const target = keys.length === 0 ? `${directory}/${fileName}-${randomUUID()}.parquet` : directory;
  return `COPY (SELECT ${list.join(', ')} FROM (${rows}) AS written${order}) TO ${quoteText(target)} (${options.join(', ')})`;
}

/** Parquet has no 128-bit integers and DuckDB would write DOUBLE; as decimals they stay exact, or fail when too wide. */
function fileValue(column: PlanColumn, index: number, sink: FileSink): string {
  const wide = column.type.kind === 'scalar' && (column.type.name === 'HUGEINT' || column.type.name === 'UHUGEINT');
  return sink.format === 'parquet' && wide ? `CAST(fragment.c${index} AS DECIMAL(38, 0))` : `fragment.c${index}`;
}
