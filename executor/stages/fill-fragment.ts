import assert from 'node:assert/strict';
import type { Fragment, StageOutput } from '../../planner/fragment/staged-plan.js';
import type { InputCheck } from '../protocol/messages.js';
import type { TaskInputs } from './choose-tasks.js';
import type { ExchangePart } from './exchange-sql.js';
import { isFiltered, readExchangeSql } from './exchange-sql.js';
import type { ShuffleFile } from './manifest.js';
import { shareOfRows, type FilePart } from './share-partition.js';

/** A fragment as one task runs it. */
export interface FilledFragment {
  readonly sql: string;
  readonly inputs: readonly InputCheck[];
}

/** What a task is to know of a stage it reads: how its rows were cut, and its files for the task's partitions. */
export interface Producer {
  readonly output: StageOutput;
  readonly filesOf: (partitions: readonly number[] | null) => readonly ShuffleFile[];
}

/** Puts a task's scans and its producers' files into a fragment's holes; `number` is the task's, which is its partition's where its inputs are not partitioned. */
export function fillFragment(fragment: Fragment, task: TaskInputs, producerOf: (stage: number) => Producer, number = 0): FilledFragment {
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
    if (piece.kind === 'partition') {
      return String(task.partitions?.[0] ?? number);
    }
    const { output, filesOf } = producerOf(piece.stage);
    const files = filesOf(task.partitions);
    const { share } = task;
    const parts = share?.stage === piece.stage ? shareOfRows(files, share.index, share.count) : files.map((file): FilePart => ({ file }));
    inputs.push({ paths: parts.map(({ file }) => file.path), rowCount: parts.reduce((sum, { file }) => sum + file.rowCount, 0) });
    return readExchangeSql(piece.columns, parts, partOf(output, task.partitions));
  });
  return { sql: texts.join(''), inputs };
}

function partOf(output: StageOutput, partitions: readonly number[] | null): ExchangePart | null {
  return partitions !== null && output.kind === 'hash' && isFiltered(output) ? { keys: output.keys, partitionCount: output.partitionCount, partitions } : null;
}
