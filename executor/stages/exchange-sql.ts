import { fileListSql } from '../../planner/relation/file-list-sql.js';
import { printDataType, quoteText } from '../../planner/types/data-type.js';
import type { HashKey, PlanColumn, StageOutput } from '../../planner/fragment/staged-plan.js';
import { decodeValue, encodeValue, nullOf } from './exchange-codec.js';

/** Folder names of COPY's PARTITION_BY start with it; exchange columns are c0, c1, ..., so it never clashes. */
const PARTITION_COLUMN = 'p';

/** Stands for the row when an exchange carries no columns: rows are still counted. */
const ROW_COLUMN = 'r';

/** Files DuckDB keeps open in a partitioned COPY before it starts new ones; with more partitions it must be told. */
const OPEN_FILES_DEFAULT = 100;

/** The statements that write a fragment's rows as shuffle files into `directory`. The last gives COPY's statistics, a row a file. */
export function writeExchangeSql(
  sql: string,
  columns: readonly PlanColumn[],
  output: Extract<StageOutput, { kind: 'hash' | 'whole' }>,
  directory: string,
): readonly string[] {
  const names = columns.map((_, index) => `c${index}`);
  const values = columns.map((column, index) => `${encodeValue(`fragment.c${index}`, column.type)} AS c${index}`);
  const select = (extra: readonly string[]): string =>
    `SELECT ${[...(values.length === 0 ? [`true AS ${ROW_COLUMN}`] : values), ...extra].join(', ')} FROM (${sql}\n) AS fragment${names.length === 0 ? '' : `(${names.join(', ')})`}`;
  if (output.kind === 'whole') {
    return [`COPY (${select([])}) TO ${quoteText(`${directory}/data.parquet`)} (FORMAT parquet, COMPRESSION lz4, RETURN_STATS)`];
  }
  const copy =
    `COPY (${select([`CAST(${partitionExpression(output.keys)} % ${output.partitionCount} AS INTEGER) AS ${PARTITION_COLUMN}`])})` +
    ` TO ${quoteText(directory)} (FORMAT parquet, COMPRESSION lz4, RETURN_STATS, OVERWRITE_OR_IGNORE, PARTITION_BY (${PARTITION_COLUMN}))`;
  return output.partitionCount > OPEN_FILES_DEFAULT ? [`SET partitioned_write_max_open_files = ${output.partitionCount}`, copy] : [copy];
}

/** Both sides of a join hash the same type; NULL keys hash too, all alike. Without keys rows are dealt round. */
function partitionExpression(keys: readonly HashKey[]): string {
  return keys.length === 0 ? 'row_number() OVER ()' : `hash(${keys.map((key) => `CAST(fragment.c${key.column} AS ${printDataType(key.type)})`).join(', ')})`;
}

/** The table expression that reads an exchange's files back, with exactly its columns and types. */
export function readExchangeSql(columns: readonly PlanColumn[], paths: readonly string[]): string {
  if (paths.length === 0) {
    const empty = columns.map((column, index) => `${nullOf(column.type)} AS c${index}`);
    return `(SELECT ${empty.length === 0 ? `true AS ${ROW_COLUMN}` : empty.join(', ')} WHERE false)`;
  }
  const values = columns.map((column, index) => {
    const value = decodeValue(`c${index}`, column.type);
    return value === `c${index}` ? value : `${value} AS c${index}`;
  });
  return `(SELECT ${values.length === 0 ? ROW_COLUMN : values.join(', ')} FROM read_parquet(${fileListSql(paths)}, hive_partitioning => false))`;
}
