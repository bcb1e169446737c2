import type { ScanShare, Stage } from '../../planner/fragment/staged-plan.js';

/** A task of a stage: which part of the inputs it reads. */
export interface TaskInputs {
  readonly scans: readonly ScanShare[];
  /** Its partitions of hash exchanges; null reads all of them. */
  readonly partitions: readonly number[] | null;
}

/** What a stage reads of those before it, all of it. */
export interface InputSize {
  readonly rowCount: number;
  readonly byteCount: number;
}

/** Rows of a scan that are read in the time in which one row of an input is read and put into a hash table. */
const SCANNED_ROWS_PER_INPUT_ROW = 8;

/** Partitions go together into one task up to this much: below it a task costs more than its work (5 to 10 ms). */
const TASK_ROW_COUNT_MIN = 50_000;
const TASK_BYTE_COUNT_MIN = 4 * 1024 * 1024;

/** The tasks of a stage in order, as many as the real size of its inputs is worth. */
export function chooseTasks({ tasks: layout }: Stage, inputs: InputSize): readonly TaskInputs[] {
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
    case 'partitions': {
      const { partitionCount, scans, coalesces } = layout;
      const wanted = Math.max(Math.ceil(inputs.rowCount / TASK_ROW_COUNT_MIN), Math.ceil(inputs.byteCount / TASK_BYTE_COUNT_MIN), 1);
      const count = coalesces === true ? Math.min(partitionCount, wanted) : partitionCount;
      return Array.from({ length: count }, (_, task) => ({ scans, partitions: partitionsOf(task, count, partitionCount) }));
    }
  }
}

/** Neighbouring partitions, as many a task as evenly possible; null for all of them. */
function partitionsOf(task: number, count: number, partitionCount: number): readonly number[] | null {
  const first = Math.floor((task * partitionCount) / count);
  const end = Math.floor(((task + 1) * partitionCount) / count);
  return count === 1 && partitionCount > 1 ? null : Array.from({ length: end - first }, (_, index) => first + index);
}
