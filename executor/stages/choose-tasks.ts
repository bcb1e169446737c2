import type { ScanShare, Stage, TaskLayout } from '../../planner/fragment/staged-plan.js';
import { findSkewed, type InputPartitions } from './share-partition.js';

/** A task of a stage: which part of the inputs it reads. */
export interface TaskInputs {
  readonly scans: readonly ScanShare[];
  /** Its partitions of hash exchanges; null reads all of them. */
  readonly partitions: readonly number[] | null;
  /** Present where it reads only share `index` of `count` of one input's rows in its partition. */
  readonly share?: InputShare;
}

/** Some of the rows that a stage gave to a partition. */
export interface InputShare {
  readonly stage: number;
  readonly index: number;
  readonly count: number;
}

/** What a stage reads of those before it. */
export interface InputSize {
  /** All of it. */
  readonly rowCount: number;
  readonly byteCount: number;
  /** By input. */
  readonly partitions: readonly InputPartitions[];
}

type PartitionLayout = Extract<TaskLayout, { readonly kind: 'partitions' }>;

/** Rows of a scan that are read in the time in which one row of an input is read and put into a hash table. */
const SCANNED_ROWS_PER_INPUT_ROW = 8;

/** Partitions go together into one task up to this much: below it a task costs more than its work (5 to 10 ms). */
const TASK_ROW_COUNT_MIN = 50_000;
const TASK_BYTE_COUNT_MIN = 4 * 1024 * 1024;

/**
 * The tasks of a stage in order, as many as the real size of its inputs is worth. Those that can give no rows are left out,
 * but for one of the last stage: it says what the columns are.
 */
export function chooseTasks(stage: Stage, inputs: InputSize): readonly TaskInputs[] {
  const tasks = allTasks(stage.tasks, inputs);
  const ways = stage.emptyWith ?? [];
  const isLast = stage.output.kind === 'result' || stage.output.kind === 'files';
  return ways.length === 0 ? tasks : tasks.filter((task, index) => (isLast && index === 0) || !isEmpty(task, ways, inputs.partitions));
}

function isEmpty({ partitions }: TaskInputs, ways: readonly (readonly number[])[], inputs: readonly InputPartitions[]): boolean {
  const rowsOf = (stage: number): number =>
    inputs
      .filter((input) => input.stage === stage)
      .reduce((sum, { rowCounts, commonRowCount }) => {
        const own = partitions === null ? rowCounts : partitions.map((partition) => rowCounts[partition] ?? 0);
        return own.reduce((before, count) => before + count, sum + commonRowCount);
      }, 0);
  return ways.some((stages) => stages.every((stage) => rowsOf(stage) === 0));
}

function allTasks(layout: TaskLayout, inputs: InputSize): readonly TaskInputs[] {
  switch (layout.kind) {
    case 'single':
      return [{ scans: layout.scans, partitions: null }];
    case 'splits': {
      const { splits, coarse } = layout;
      const scannedRowCount = splits.flat().reduce((sum, share) => sum + share.rowCount, 0);
      // All tasks read all inputs: that is not to cost more than reading the shares does.
      const isCoarse = inputs.rowCount * SCANNED_ROWS_PER_INPUT_ROW * splits.length > scannedRowCount;
      return ((isCoarse ? coarse : undefined) ?? splits).map((scans) => ({ scans, partitions: null }));
    }
    case 'partitions':
      return partitionTasks(layout, inputs);
  }
}

/** Small partitions together, one far larger than the others shared by several tasks. */
function partitionTasks(layout: PartitionLayout, inputs: InputSize): readonly TaskInputs[] {
  const { partitionCount, scans, coalesces, splittable } = layout;
  const skewed = findSkewed(inputs.partitions.filter(({ stage }) => splittable?.includes(stage) === true));
  const even = Array.from({ length: partitionCount }, (_, partition) => partition).filter((partition) => !skewed.has(partition));
  const wanted = Math.max(Math.ceil(inputs.rowCount / TASK_ROW_COUNT_MIN), Math.ceil(inputs.byteCount / TASK_BYTE_COUNT_MIN), 1);
  const count = coalesces === true ? Math.min(even.length, wanted) : even.length;
  if (count === 1 && partitionCount > 1 && skewed.size === 0) {
    return [{ scans, partitions: null }];
  }
  const shared = [...skewed.values()].flatMap(({ stage, partition, shareCount }) =>
    Array.from({ length: shareCount }, (_, index) => ({ scans, partitions: [partition], share: { stage, index, count: shareCount } })),
  );
  return [...Array.from({ length: count }, (_, task) => ({ scans, partitions: neighbours(even, task, count) })), ...shared];
}

/** Neighbouring partitions, as many a task as evenly possible. */
function neighbours(partitions: readonly number[], task: number, count: number): readonly number[] {
  return partitions.slice(Math.floor((task * partitions.length) / count), Math.floor(((task + 1) * partitions.length) / count));
}
