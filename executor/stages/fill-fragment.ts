import assert from 'node:assert/strict';
import type { Fragment, ScanShare, Stage, StageOutput } from '../../planner/fragment/staged-plan.js';
import type { InputCheck } from '../protocol/messages.js';
import type { ExchangePart } from './exchange-sql.js';
import { isFiltered, readExchangeSql } from './exchange-sql.js';
import type { ShuffleFile } from './manifest.js';

/** A task of a stage: which part of the inputs it reads. */
export interface TaskInputs {
  readonly scans: readonly ScanShare[];
  /** Its partition of hash exchanges; null reads all of them. */
  readonly partition: number | null;
}

/** Rows of a scan that are read in the time in which one row of an input is read and put into a hash table. */
const SCANNED_ROWS_PER_INPUT_ROW = 8;

/** The tasks of a stage in order. Where every task would spend more on its inputs, of `inputRowCount` rows, than on its share, there are fewer. */
export function tasksOf(stage: Stage, inputRowCount: number): readonly TaskInputs[] {
  const layout = stage.tasks;
  switch (layout.kind) {
    case 'single':
      return [{ scans: layout.scans, partition: null }];
    case 'splits': {
      const { splits, coarse } = layout;
      const scannedRowCount = splits.flat().reduce((sum, share) => sum + share.rowCount, 0);
      const isCoarse = inputRowCount * SCANNED_ROWS_PER_INPUT_ROW * splits.length > scannedRowCount;
      return ((isCoarse ? coarse : undefined) ?? splits).map((scans) => ({ scans, partition: null }));
    }
    case 'partitions':
      return Array.from({ length: layout.partitionCount }, (_, partition) => ({ scans: layout.scans, partition }));
  }
}

/** A fragment as one task runs it. */
export interface FilledFragment {
  readonly sql: string;
  readonly inputs: readonly InputCheck[];
}

/** What a task is to know of a stage it reads: how its rows were cut, and its files for the task's partition. */
export interface Producer {
  readonly output: StageOutput;
  readonly filesOf: (partition: number | null) => readonly ShuffleFile[];
}

/** Puts a task's scans and its producers' files into a fragment's holes. */
export function fillFragment(fragment: Fragment, task: TaskInputs, producerOf: (stage: number) => Producer): FilledFragment {
  const inputs: InputCheck[] = [];
  const texts = fragment.sql.map((piece) => {
    if (typeof piece === 'string') {
      return piece;
    }
    if (piece.kind === 'scan') {
      const share = task.scans.find((candidate) => candidate.scan === piece.scan);
      assert(share !== undefined, `the task has no share of scan ${piece.scan}`);
      return share.sql;
    }
    const { output, filesOf } = producerOf(piece.stage);
    const files = filesOf(task.partition);
    const paths = files.map((file) => file.path);
    inputs.push({ paths, rowCount: files.reduce((sum, file) => sum + file.rowCount, 0) });
    return readExchangeSql(piece.columns, paths, partOf(output, task.partition));
  });
  return { sql: texts.join(''), inputs };
}

function partOf(output: StageOutput, partition: number | null): ExchangePart | null {
  return partition !== null && output.kind === 'hash' && isFiltered(output) ? { keys: output.keys, partitionCount: output.partitionCount, partition } : null;
}
