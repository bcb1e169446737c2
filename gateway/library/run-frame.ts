import { randomUUID } from 'node:crypto';
import type { CopyEncoding } from '../../executor/encode/copy-encoding.js';
import type { ResultStream, WrittenFile } from '../../executor/engine.js';
import type { StageProgress } from '../../executor/stages/options.js';
import type { BoundColumn } from '../../planner/dataframe/partitioned-plan.js';
import { distributePartitions } from '../../planner/distribute/distribute-partitions.js';
import type { DistributedPartitions } from '../../planner/distribute/distribute-partitions.js';
import { cutIntoStages } from '../../planner/fragment/cut-into-stages.js';
import type { FileSink, StagedPlan } from '../../planner/fragment/staged-plan.js';
import { withFileSink } from '../../planner/fragment/with-file-sink.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { printDataType } from '../../planner/types/data-type.js';
import { chooseRoad, roadSettings } from '../query/choose-road.js';
import { distributeSettings, planQuery, taskSettings } from '../query/planned-query.js';
import { runWhole } from '../query/whole-query.js';
import type { WrittenColumn } from '../query/write-query.js';
import { writeQuery } from '../query/write-query.js';
import type { BoundFrame } from './bind-frame.js';

/** How an action is run. */
export interface RunSettings {
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: StageProgress) => void) | null;
}

/** A frame's rows on their way, and what planning had to say. */
export interface RunningFrame {
  readonly stream: ResultStream;
  readonly notices: readonly SqlNotice[];
}

/** A frame in stages. */
export interface StagedFrame {
  readonly staged: StagedPlan;
  readonly partitions: DistributedPartitions;
}

const ARROW: CopyEncoding = { kind: 'arrow' };

/** Plans a frame of which some parts run partition by partition. */
export function stageFrame({ plan, context }: BoundFrame): StagedFrame {
  const partitions = distributePartitions(plan, distributeSettings(context));
  const staged = cutIntoStages(partitions.distributed, { references: partitions.references, parallelism: context.pool.parallelism });
  return { staged, partitions };
}

/** Runs a frame, its rows as chunks for Arrow. A plain query goes the way every query goes. */
export async function runFrame(frame: BoundFrame, settings: RunSettings): Promise<RunningFrame> {
  const { context } = frame;
  const columnNames = frame.columns.map(({ name }) => name);
  const options = {
    encodings: [],
    columnNames,
    copy: ARROW,
    ...taskSettings(context),
    settings: context.outputSettings(),
    queryId: randomUUID(),
    ...(settings.onProgress === null ? {} : { onProgress: settings.onProgress }),
  };
  if (frame.isPlain && frame.plan.kind === 'statement') {
    const { query } = frame.plan.statement;
    const road = chooseRoad(query, roadSettings(context));
    const planned = road.kind === 'planned' ? await planQuery(context, query, [], road.mode) : null;
    const notices = [...query.notices, ...(planned?.notices ?? [])];
    if (planned?.kind !== 'staged') {
      return { stream: await runWhole(context, query, [], [], settings.signal, ARROW), notices };
    }
    return { stream: await context.pool.runStaged(planned.staged, options, settings.signal), notices };
  }
  const { staged, partitions } = stageFrame(frame);
  return { stream: await context.pool.runStaged(staged, options, settings.signal), notices: partitions.distributed.notices };
}

/** Runs a frame and writes its rows as files under a directory. */
export async function writeFrame(
  frame: BoundFrame,
  columns: readonly WrittenColumn[],
  sink: FileSink,
  directory: string,
  settings: RunSettings,
): Promise<readonly WrittenFile[]> {
  const { context } = frame;
  if (frame.isPlain && frame.plan.kind === 'statement' && settings.onProgress === null) {
    return await writeQuery(context, frame.plan.statement.query, [], columns, sink, directory, settings.signal);
  }
  const { staged } = stageFrame(frame);
  return await context.pool.writeFiles(
    withFileSink(withStoredTypes(staged, columns), sink),
    {
      ...taskSettings(context),
      stagingDirectory: directory,
      queryId: randomUUID(),
      settings: context.outputSettings(),
      ...(settings.onProgress === null ? {} : { onProgress: settings.onProgress }),
    },
    settings.signal,
  );
}

/** The columns of a frame as its files hold them. */
export function writtenColumns(columns: readonly BoundColumn[], storedType: (type: BoundColumn['type']) => BoundColumn['type']): readonly WrittenColumn[] {
  return columns.map(({ name, type }) => ({ name, type, storedType: storedType(type) }));
}

/** Casts the result's columns to the types that files hold. */
function withStoredTypes(plan: StagedPlan, columns: readonly WrittenColumn[]): StagedPlan {
  const last = plan.stages.at(-1);
  if (last === undefined || columns.every(({ type, storedType }) => type === storedType)) {
    return plan;
  }
  const names = columns.map((_, index) => `c${index}`);
  const values = columns.map(({ type, storedType }, index) =>
    type === storedType ? `c${index}` : `CAST(c${index} AS ${printDataType(storedType)}) AS c${index}`,
  );
  const sql = [`SELECT ${values.join(', ')} FROM (`, ...last.fragment.sql, `\n) AS result(${names.join(', ')})`];
  const fragment = { sql, columns: columns.map(({ name, storedType }) => ({ name, type: storedType })) };
  return { ...plan, stages: [...plan.stages.slice(0, -1), { ...last, fragment }] };
}
