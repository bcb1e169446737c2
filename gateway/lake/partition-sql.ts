import type { LakePartitionKey, LakeTable } from '../../fs/lake/model.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { DataType } from '../../planner/types/data-type.js';
import { printDataType, quoteName } from '../../planner/types/data-type.js';
import { dataTypeOfLake } from './lake-types.js';
import { murmurOfInteger, murmurOfText } from './murmur-sql.js';

/** A partition key's value as DuckDB's SQL over the columns as they stand in the file. 0A000 where DuckLake's value cannot be computed. */
export function partitionSql(table: LakeTable, key: LakePartitionKey): string {
  const column = table.columns.find(({ id }) => id === key.columnId);
  if (column === undefined) {
    throw new Error(`table ${table.name} is partitioned by a column it does not have`);
  }
  const name = quoteName(column.name);
  const type = dataTypeOfLake(column);
  switch (key.transform) {
    case 'identity':
      return name;
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
      return `${key.transform}(${name})`;
    default:
  }
  const bucketCount = /^bucket\((\d+)\)$/.exec(key.transform)?.[1];
  const hash = bucketCount === undefined ? null : hashSql(name, type);
  if (bucketCount === undefined || hash === null) {
    const detail = `column "${column.name}" is of type ${printDataType(type)}`;
    throw new SqlError(SQLSTATE.feature_not_supported, `table "${table.name}" is partitioned by ${key.transform}, which Sluice cannot write`, { detail });
  }
  // Iceberg's bucket: the sign bit of the hash does not count.
  return `CAST((${hash} & 2147483647) % ${bucketCount} AS INTEGER)`;
}

/** DuckLake hashes what DuckDB keeps of a value in memory: integers as 64 bits, text and bytes as they are, the rest as its text. */
function hashSql(name: string, type: DataType): string | null {
  if (type.kind === 'decimal') {
    // Up to 18 digits DuckDB keeps the unscaled integer; beyond that DuckLake hashes the text.
    return type.width <= 18
      ? murmurOfInteger(`CAST(CAST(${name} AS DECIMAL(38, ${type.scale})) * ${10n ** BigInt(type.scale)} AS BIGINT)`)
      : murmurOfText(`encode(CAST(${name} AS VARCHAR))`);
  }
  if (type.kind !== 'scalar') {
    return null;
  }
  switch (type.name) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
      return murmurOfInteger(`CAST(${name} AS BIGINT)`);
    case 'DATE':
      return murmurOfInteger(`CAST(${name} - DATE '1970-01-01' AS BIGINT)`);
    case 'TIMESTAMP':
    case 'TIMESTAMP WITH TIME ZONE':
      return murmurOfInteger(microsSql(name));
    case 'VARCHAR':
    case 'JSON':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER':
    case 'UBIGINT':
    case 'UUID':
    // In the file these are texts already, the same that DuckDB prints.
    case 'HUGEINT':
    case 'UHUGEINT':
      return murmurOfText(`encode(CAST(${name} AS VARCHAR))`);
    case 'BLOB':
      return murmurOfText(name);
    // What DuckDB keeps of these cannot be had in SQL, or not certainly.
    case 'FLOAT':
    case 'DOUBLE':
    case 'TIME':
    case 'TIME WITH TIME ZONE':
    case 'TIME_NS':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
    case 'INTERVAL':
    case 'BIGNUM':
    case 'BIT':
    case 'NULL':
      return null;
  }
}

/** epoch_us gives NULL for the infinities, which are kept as the outermost integers. */
function microsSql(name: string): string {
  return `CASE WHEN isinf(${name}) THEN CASE WHEN ${name} > TIMESTAMP 'epoch' THEN 9223372036854775807 ELSE -9223372036854775807 END ELSE epoch_us(${name}) END`;
}
