import { fileListSql } from '../../planner/relation/file-list-sql.js';

/**
 * The query that reads the footers of some Parquet files: a row a file with its path, rows, row groups, and
 * [column, min, max, null count] of every top-level column.
 *
 * Minimum and maximum come as text per row group and are compared as what they are: whole numbers, decimals, floats,
 * dates and timestamps, or text. A value that cannot be compared, or that a row group does not tell, leaves the column
 * without a bound. Columns of bytes are left out: their text is not their order. Floats have no maximum: NaN is above
 * every number for DuckDB, and writers leave it out of the statistics.
 */
export function inspectSql(paths: readonly string[]): string {
  const files = fileListSql(paths);
  return `
WITH kinds AS (
  SELECT file_name, name, any_value(CASE
    WHEN logical_type LIKE 'Decimal%' OR converted_type = 'DECIMAL' THEN 'decimal'
    WHEN logical_type LIKE 'String%' OR converted_type = 'UTF8' THEN 'text'
    WHEN logical_type LIKE '%NANOS=Nano%' THEN 'none'
    WHEN logical_type LIKE 'Timestamp%' OR logical_type LIKE 'Date%' OR converted_type LIKE 'TIMESTAMP%' OR converted_type = 'DATE' THEN 'instant'
    WHEN logical_type LIKE 'Time%' OR converted_type LIKE 'TIME%' THEN 'text'
    WHEN type = 'BOOLEAN' THEN 'text'
    WHEN type IN ('INT32', 'INT64') THEN 'integer'
    WHEN type IN ('FLOAT', 'DOUBLE') THEN 'float'
    ELSE 'none' END) AS kind
  FROM parquet_schema(${files})
  WHERE coalesce(num_children, 0) = 0
  GROUP BY file_name, name
  HAVING count(*) = 1
), columns AS (
  SELECT metadata.file_name, path_in_schema AS name, kind,
    sum(stats_null_count) FILTER (WHERE stats_null_count IS NOT NULL) AS null_count,
    bool_and(stats_null_count IS NOT NULL) AS has_nulls,
    bool_and(stats_min_value IS NOT NULL AND stats_max_value IS NOT NULL OR coalesce(stats_null_count = num_values, false)) AS has_bounds,
    CASE kind
      WHEN 'integer' THEN min(TRY_CAST(stats_min_value AS HUGEINT))::VARCHAR
      WHEN 'decimal' THEN arg_min(stats_min_value, TRY_CAST(stats_min_value AS DECIMAL(38, 18)))
      WHEN 'float' THEN arg_min(stats_min_value, TRY_CAST(stats_min_value AS DOUBLE))
      WHEN 'instant' THEN arg_min(stats_min_value, TRY_CAST(stats_min_value AS TIMESTAMP))
      WHEN 'text' THEN min(stats_min_value) END AS min_value,
    CASE kind
      WHEN 'integer' THEN max(TRY_CAST(stats_max_value AS HUGEINT))::VARCHAR
      WHEN 'decimal' THEN arg_max(stats_max_value, TRY_CAST(stats_max_value AS DECIMAL(38, 18)))
      WHEN 'instant' THEN arg_max(stats_max_value, TRY_CAST(stats_max_value AS TIMESTAMP))
      WHEN 'text' THEN max(stats_max_value) END AS max_value,
    CASE kind
      WHEN 'integer' THEN bool_and(stats_min_value IS NULL OR TRY_CAST(stats_min_value AS HUGEINT) IS NOT NULL)
      WHEN 'decimal' THEN bool_and(stats_min_value IS NULL OR (TRY_CAST(stats_min_value AS DECIMAL(38, 18)) IS NOT NULL AND TRY_CAST(stats_max_value AS DECIMAL(38, 18)) IS NOT NULL))
      WHEN 'float' THEN bool_and(stats_min_value IS NULL OR coalesce(isfinite(TRY_CAST(stats_min_value AS DOUBLE)), false))
      WHEN 'instant' THEN bool_and(stats_min_value IS NULL OR (TRY_CAST(stats_min_value AS TIMESTAMP) IS NOT NULL AND TRY_CAST(stats_max_value AS TIMESTAMP) IS NOT NULL))
      ELSE true END AS comparable
  FROM parquet_metadata(${files}) AS metadata JOIN kinds ON kinds.file_name = metadata.file_name AND kinds.name = path_in_schema
  GROUP BY metadata.file_name, path_in_schema, kind
), statistics AS (
  SELECT file_name, list([name,
    CASE WHEN has_bounds AND comparable THEN min_value END,
    CASE WHEN has_bounds AND comparable THEN max_value END,
    CASE WHEN has_nulls THEN null_count::VARCHAR END]) AS columns
  FROM columns GROUP BY file_name
), groups AS (
  SELECT file_name, list(row_count ORDER BY row_group_id) AS row_groups
  FROM (SELECT DISTINCT file_name, row_group_id, row_group_num_rows AS row_count FROM parquet_metadata(${files}))
  GROUP BY file_name
)
SELECT files.file_name, files.num_rows::VARCHAR, groups.row_groups::VARCHAR[], statistics.columns
FROM parquet_file_metadata(${files}) AS files
LEFT JOIN groups ON groups.file_name = files.file_name
LEFT JOIN statistics ON statistics.file_name = files.file_name`;
}
