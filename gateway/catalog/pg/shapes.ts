import type { Column } from '../../../planner/relation/relation.js';
import type { DataType } from '../../../planner/types/data-type.js';
import { list, quoteName, scalar } from '../../../planner/types/data-type.js';
import { dataTypeOf, postgresTypeByName } from '../../../planner/types/postgres-type.js';
import { CATALOG_SHAPES } from './data/catalog-shapes.js';
import { INFORMATION_SHAPES } from './data/information-shapes.js';

/** A catalog relation's shape. */
export interface CatalogShape {
  /** `pg_catalog.pg_class` */
  readonly qualifiedName: string;
  readonly schema: 'pg_catalog' | 'information_schema';
  readonly name: string;
  readonly oid: number;
  /** relkind; `f` for a function that lists rows, which is no relation but may stand in FROM as one. */
  readonly kind: 'r' | 'v' | 'f';
  readonly columns: readonly Column[];
}

/** Schema inside an executor's DuckDB that holds the catalog relations. */
export const CATALOG_SCHEMA = 'sluice_catalog';

/** Functions without arguments that list rows, and Sluice's own relations: to the translator they are relations of their name. */
const FUNCTION_SHAPES = `
pg_get_keywords 1 f: word text, catcode char, barelabel bool, catdesc text, baredesc text
pg_listening_channels 2 f: pg_listening_channels text
sluice_snapshots 5 f: snapshot_id int8, snapshot_time timestamptz, schema_version int8, changes text
sluice_jobs 6 f: job_id text, role text, state text, statement text, submitted_at timestamptz, started_at timestamptz, ended_at timestamptz, gateway text, attempts int4, tag text, sqlstate text, message text
sluice_executors 7 f: executor_id text, host text, process_id int4, state text, release text, duckdb_version text, cores int4, threads int4, places int4, memory_bytes int8, running int4, file_system text, labels text, started_at timestamptz
sluice_queries 8 f: query_id text, role text, database text, client text, application text, pid int4, state text, started_at timestamptz, ended_at timestamptz, elapsed_ms int8, rows int8, bytes int8, stages int4, tasks int4, tag text, sqlstate text, message text, statement text
sluice_stages 9 f: query_id text, stage int4, description text, reads text, output text, state text, tasks int4, done int4, retried int4, rows int8, bytes int8, files int8, started_at timestamptz, ended_at timestamptz, fragment text
sluice_tasks 10 f: task_id text, query_id text, stage int4, task int4, attempt int4, state text, executor text, queued_at timestamptz, started_at timestamptz, ended_at timestamptz, rows int8, bytes int8, files int8, peak_memory_bytes int8, sqlstate text, message text
sluice_shuffles 11 f: query_id text, stage int4, readers text, output text, partitions int4, files int8, rows int8, bytes int8, partition_rows_min int8, partition_rows_median int8, partition_rows_max int8
pg_show_all_settings 4 f: name text, setting text, unit text, category text, short_desc text, extra_desc text, context text, vartype text, source text, min_val text, max_val text, enumvals _text, boot_val text, reset_val text, sourcefile text, sourceline int4, pending_restart bool
`;

/** atttypmod of varchar(n) is n + 4. */
const LENGTH_OFFSET = 4;

const shapes = new Map<string, CatalogShape>();

readShapes('pg_catalog', FUNCTION_SHAPES);
readShapes('pg_catalog', CATALOG_SHAPES);
readShapes('information_schema', INFORMATION_SHAPES);

function readShapes(schema: CatalogShape['schema'], text: string): void {
  for (const line of text.trim().split('\n')) {
    const match = /^(\w+) (\d+) ([rvf]): (.*)$/.exec(line);
    if (match === null) {
      throw new Error(`not the shape of a catalog relation: ${line}`);
    }
    const [, name = '', oid = '', kind = '', columns = ''] = match;
    const qualifiedName = `${schema}.${name}`;
    shapes.set(qualifiedName, {
      qualifiedName,
      schema,
      name,
      oid: Number(oid),
      kind: kind === 'r' ? 'r' : kind === 'v' ? 'v' : 'f',
      columns: columns.split(', ').map(readColumn),
    });
  }
}

function readColumn(text: string): Column {
  const [name = '', typeText = ''] = text.split(' ');
  const notNull = typeText.endsWith('!');
  const [, typeName = '', length] = /^(\w+)(?:\((\d+)\))?!?$/.exec(typeText) ?? [];
  const type = postgresTypeByName(typeName);
  if (type === undefined) {
    return { name, type: scalar('VARCHAR'), notNull };
  }
  return {
    name,
    type: storedType(type.oid, typeName),
    postgres: { oid: type.oid, modifier: length === undefined ? -1 : Number(length) + LENGTH_OFFSET },
    notNull,
  };
}

/** Types whose DuckDB form does not follow from the Postgres type alone. */
function storedType(oid: number, typeName: string): DataType {
  switch (typeName) {
    case 'anyarray':
    case 'inet':
      return scalar('VARCHAR');
    case 'int2vector':
      return list(scalar('SMALLINT'));
    case 'oidvector':
      return list(scalar('BIGINT'));
    default:
      return dataTypeOf({ oid, modifier: -1 }) ?? scalar('VARCHAR');
  }
}

/** Every catalog relation's shape, by qualified name; functions that list rows too. */
export function catalogShapes(): ReadonlyMap<string, CatalogShape> {
  return shapes;
}

/** The shapes that are relations in Postgres too, and so stand in pg_class. */
export function catalogRelationShapes(): readonly CatalogShape[] {
  return [...shapes.values()].filter((shape) => shape.kind !== 'f');
}

/** The relation's name inside an executor's DuckDB, quoted. */
export function catalogTableName(shape: CatalogShape): string {
  return `${CATALOG_SCHEMA}.${quoteName(shape.schema === 'pg_catalog' ? shape.name : shape.qualifiedName)}`;
}
