import { randomUUID } from 'node:crypto';
import type { CopyEncoding } from '../../executor/encode/copy-encoding.js';
import type { Prelude, ResultStream, WrittenFile } from '../../executor/engine.js';
import type { BoundColumn, PartitionedPlan } from '../../planner/dataframe/partitioned-plan.js';
import { distributePartitions } from '../../planner/distribute/distribute-partitions.js';
import type { DistributedPartitions } from '../../planner/distribute/distribute-partitions.js';
import { cutIntoStages } from '../../planner/fragment/cut-into-stages.js';
import type { FileSink, StagedPlan } from '../../planner/fragment/staged-plan.js';
import { withFileSink } from '../../planner/fragment/with-file-sink.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { printDataType } from '../../planner/types/data-type.js';
import { fetchInputs, NO_FILES, releasingAfter, releasingAtEnd } from '../query/fetch-inputs.js';
import { distributeSettings, taskSettings } from '../query/planned-query.js';
import { whileWanted } from '../query/while-wanted.js';
import type { WrittenColumn } from '../query/write-query.js';
import { writeQuery } from '../query/write-query.js';
import { runQuery } from '../statements/query.js';
import type { FilesInUse } from '../../fs/s3/object-cache.js';
import { nullLiteral } from '../parameters/parameter-literal.js';
import type { BoundFrame } from './bind-frame.js';

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
export async function runFrame(frame: BoundFrame, signal: AbortSignal): Promise<RunningFrame> {
  const { context } = frame;
  if (frame.isPlain && frame.plan.kind === 'statement') {
    const { query } = frame.plan.statement;
    const { stream, notices } = await runQuery(context, query, [], { parameters: [], resultFormats: [], signal }, ARROW);
    return { stream, notices: [...query.notices, ...notices] };
  }
  const { staged, partitions } = stageFrame(frame);
  const files = await whileWanted(signal, fetchParts(frame));
  const columnNames = frame.columns.map(({ name }) => name);
  const options = {
    encodings: [],
    columnNames,
    copy: ARROW,
    preludes: preludesOf(frame),
    ...taskSettings(context),
    settings: context.outputSettings(),
    queryId: randomUUID(),
  };
  try {
    const stream = await context.pool.runStaged(staged, options, signal);
    return { stream: releasingAtEnd(stream, files), notices: partitions.distributed.notices };
  } catch (error) {
    files.release();
    throw error;
  }
}

/** Runs a frame and writes its rows as files under a directory. */
export async function writeFrame(
  frame: BoundFrame,
  columns: readonly WrittenColumn[],
  sink: FileSink,
  directory: string,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const { context } = frame;
  if (frame.isPlain && frame.plan.kind === 'statement') {
    return await writeQuery(context, frame.plan.statement.query, [], columns, sink, directory, signal);
  }
  const plan = withFileSink(withStoredTypes(stageFrame(frame).staged, columns), sink);
  const files = await whileWanted(signal, fetchParts(frame));
  const options = {
    preludes: preludesOf(frame),
    ...taskSettings(context),
    stagingDirectory: directory,
    queryId: randomUUID(),
    settings: context.outputSettings(),
  };
  return await releasingAfter(files, () => context.pool.writeFiles(plan, options, signal));
}

/** The version of preludes that are the same in every gateway of a release: functions are named by all that they are. */
const FIXED_VERSION = 'fixed';

/** What executors must hold: the functions that the frame calls. */
function preludesOf({ scripts }: BoundFrame): readonly Prelude[] {
  return scripts.map((script) => ({ name: script.name, version: FIXED_VERSION, statements: [], scripts: [script] }));
}

/** Fetches what all statements of a frame read of objects in S3. */
async function fetchParts({ plan, context }: BoundFrame): Promise<FilesInUse> {
  const held: FilesInUse[] = [];
  const seen = new Set<PartitionedPlan>();
  const release = (): void => held.forEach((files) => files.release());
  const visit = async (part: PartitionedPlan): Promise<void> => {
    if (seen.has(part)) {
      return;
    }
    seen.add(part);
    if (part.kind === 'repartition') {
      await visit(part.input);
      return;
    }
    const { query, partitioned } = part.statement;
    held.push(await fetchInputs(context, query, query.parameterTypes.map(nullLiteral), null));
    for (const input of partitioned.values()) {
      await visit(input);
    }
  };
  try {
    await visit(plan);
  } catch (error) {
    release();
    throw error;
  }
  return held.every((files) => files === NO_FILES) ? NO_FILES : { release };
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
