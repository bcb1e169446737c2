import { randomUUID } from 'node:crypto';
import type { WrittenFile } from '../../executor/engine.js';
import { withFileSink } from '../../planner/fragment/with-file-sink.js';
import type { FileSink, StagedPlan } from '../../planner/fragment/staged-plan.js';
import type { DataType } from '../../planner/types/data-type.js';
import { printDataType } from '../../planner/types/data-type.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { chooseRoad, roadSettings } from './choose-road.js';
import { namingDamagedFiles } from './damaged-files.js';
import { fetchInputs, releasingAfter } from './fetch-inputs.js';
import { planQuery, taskSettings } from './planned-query.js';
import type { QueryContext } from './query-context.js';
import type { ParameterConstants } from './whole-query.js';
import { whileWanted } from './while-wanted.js';
import { preludesFor, wholeSql } from './whole-query.js';

/** A column as it is written: its name in the file, what the query gives, and what the file holds. */
export interface WrittenColumn {
  readonly name: string;
  readonly type: DataType;
  /** The type in the file where Parquet cannot carry the column's own. */
  readonly storedType: DataType;
}

/** Runs a query and writes its rows as files under `directory`, distributed where queries are. Gives the files of the winning attempts. */
export async function writeQuery(
  context: QueryContext,
  query: TranslatedQuery,
  parameters: ParameterConstants,
  columns: readonly WrittenColumn[],
  sink: FileSink,
  directory: string,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const plan = withFileSink(await whileWanted(signal, planToWrite(context, query, parameters, columns)), sink);
  const preludes = await preludesFor(context, wholeSql(query, parameters));
  const files = await whileWanted(signal, fetchInputs(context, query, parameters, null));
  return releasingAfter(files, () =>
    namingDamagedFiles(context, query.references, () =>
      context.pool.writeFiles(
        plan,
        { ...taskSettings(context), stagingDirectory: directory, queryId: randomUUID(), settings: context.outputSettings(), preludes },
        signal,
      ),
    ),
  );
}

/** Runs Sluice's own SQL, whose columns are these, and writes its rows as files under `directory`. */
export function writeSql(
  context: QueryContext,
  sql: string,
  columns: readonly WrittenColumn[],
  sink: FileSink,
  directory: string,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const plan = withFileSink(wholePlan(sql, columns), sink);
  return context.pool.writeFiles(plan, { stagingDirectory: directory, queryId: randomUUID(), settings: context.outputSettings() }, signal);
}

async function planToWrite(
  context: QueryContext,
  query: TranslatedQuery,
  parameters: ParameterConstants,
  columns: readonly WrittenColumn[],
): Promise<StagedPlan> {
  const road = chooseRoad(query, roadSettings(context));
  const needsCasts = columns.some((column) => column.storedType !== column.type);
  if (road.kind === 'planned' && !needsCasts) {
    const planned = await planQuery(context, query, parameters, road.mode);
    if (planned.kind === 'staged') {
      return planned.staged;
    }
  }
  return wholePlan(wholeSql(query, parameters), columns);
}

/** One stage of one task that runs the whole statement. */
function wholePlan(sql: string, columns: readonly WrittenColumn[]): StagedPlan {
  const inner = columns.map((_, index) => `c${index}`);
  const outer = columns.map((column, index) =>
    column.storedType === column.type ? `c${index}` : `CAST(c${index} AS ${printDataType(column.storedType)}) AS c${index}`,
  );
  const planColumns = columns.map((column) => ({ name: column.name, type: column.storedType }));
  return {
    stages: [
      {
        id: 1,
        fragment: { sql: [`SELECT ${outer.join(', ')} FROM (${sql}) AS whole(${inner.join(', ')})`], columns: planColumns },
        tasks: { kind: 'single', scans: [] },
        output: { kind: 'result' },
        description: 'whole query',
      },
    ],
    columns: planColumns,
  };
}
