import assert from 'node:assert/strict';
import type { DuckDBConnection } from '@duckdb/node-api';
import { dataTypeOfLogicalType } from '../../executor/encode/duckdb-type.js';
import type { FragmentPiece, PlanColumn, ScanShare, Stage, StagedPlan } from '../../planner/fragment/staged-plan.js';
import { printDataType, quoteName } from '../../planner/types/data-type.js';

/** What became of a staged plan. */
export interface StagedRun {
  /** SQL that gives the result's rows, in order when one task made them; valid until the next run. */
  readonly resultSql: string;
  readonly stageCount: number;
  readonly taskCount: number;
}

/** A task of a stage: its shares of the scans, and its partition where its inputs are hashed. */
interface Task {
  readonly scans: readonly ScanShare[];
  readonly partition: number | null;
  /** Which of the rows of one input's partition: tasks share it by the rows' numbers. */
  readonly share?: { readonly stage: number; readonly index: number };
}

/** Tasks that share each partition that may be shared. */
const SHARE_COUNT = 2;

/**
 * Runs a staged plan in the test process: every stage's tasks one after another, each stage's rows kept in a temporary
 * table with the number of the partition they go to. What executors do with files, without the files.
 */
export class InProcessExecutor {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Runs all stages; the last one's rows can then be read. */
  async run(plan: StagedPlan): Promise<StagedRun> {
    let taskCount = 0;
    for (const stage of plan.stages) {
      const tasks = tasksOf(stage);
      taskCount += tasks.length;
      for (const [index, task] of tasks.entries()) {
        await this.#runTask(plan, stage, task, index === 0);
      }
    }
    const last = plan.stages.at(-1);
    assert.ok(last !== undefined, 'a plan without stages');
    const columns = names(last.fragment.columns);
    return { resultSql: `SELECT ${columns.join(', ')} FROM ${tableOf(last.id)} ORDER BY rowid`, stageCount: plan.stages.length, taskCount };
  }

  async #runTask(plan: StagedPlan, stage: Stage, task: Task, isFirst: boolean): Promise<void> {
    const filled = stage.fragment.sql.map((piece) => fillPiece(plan, piece, task)).join('');
    const query = (await this.#isEmpty(plan, stage, task)) ? `SELECT * FROM (${filled}) WHERE false` : filled;
    const columns = names(stage.fragment.columns);
    const into = isFirst ? `CREATE OR REPLACE TEMP TABLE ${tableOf(stage.id)} AS` : `INSERT INTO ${tableOf(stage.id)}`;
    const sql = `${into} SELECT ${[...columns, `${partitionSql(stage)} AS partition_index`].join(', ')} FROM (${query}) AS task(${columns.join(', ')})`;
    try {
      await this.#connection.run(sql);
      if (isFirst) {
        await this.#checkTypes(stage);
      }
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\nin stage ${stage.id}\n${sql}`, { cause: error });
    }
  }

  /** Whether the plan says that a task gives no rows; it is then believed. */
  async #isEmpty(plan: StagedPlan, stage: Stage, task: Task): Promise<boolean> {
    for (const way of stage.emptyWith ?? []) {
      const reads = way.map((input) => fillPiece(plan, { kind: 'exchange', stage: input, columns: [] }, { scans: [], partition: task.partition }));
      const exist = reads.map((read) => `NOT EXISTS (SELECT 1 FROM ${read})`).join(' AND ');
      const result = await this.#connection.runAndReadAll(`SELECT ${exist === '' ? 'true' : exist}`);
      if (result.getRows()[0]?.[0] === true) {
        return true;
      }
    }
    return false;
  }

  /** Readers take the plan's word for the types of a stage's rows. */
  async #checkTypes(stage: Stage): Promise<void> {
    const result = await this.#connection.runAndReadAll(`FROM ${tableOf(stage.id)} LIMIT 0`);
    const actual = result
      .columnTypes()
      .slice(0, -1)
      .map((type) => printDataType(dataTypeOfLogicalType(type)));
    assert.deepEqual(
      actual,
      stage.fragment.columns.map((column) => printDataType(column.type)),
    );
  }
}

/** The tasks a stage's layout describes. */
function tasksOf(stage: Stage): readonly Task[] {
  const { tasks } = stage;
  switch (tasks.kind) {
    case 'single':
      return [{ scans: tasks.scans, partition: null }];
    case 'splits':
      // Either set of shares must do, so every second stage takes the coarse one.
      return (stage.id % 2 === 0 ? (tasks.coarse ?? tasks.splits) : tasks.splits).map((scans) => ({ scans, partition: null }));
    case 'partitions': {
      const { splittable = [], scans } = tasks;
      const shared = splittable[stage.id % splittable.length];
      // Whether a partition is large does not matter to the result, so each is shared that may be.
      return Array.from({ length: tasks.partitionCount }, (_, partition): readonly Task[] =>
        shared === undefined
          ? [{ scans, partition }]
          : Array.from({ length: SHARE_COUNT }, (_share, index) => ({ scans, partition, share: { stage: shared, index } })),
      ).flat();
    }
  }
}

function partitionSql(stage: Stage): string {
  const { output } = stage;
  switch (output.kind) {
    case 'result':
    case 'files':
    case 'whole':
      return 'NULL::UBIGINT';
    case 'hash':
      return output.keys.length === 0
        ? `(row_number() OVER ()) % ${output.partitionCount}`
        : `hash(${output.keys.map((key) => `CAST(c${key.column} AS ${printDataType(key.type)})`).join(', ')}) % ${output.partitionCount}`;
    case 'value':
      return `c${output.column}::UBIGINT`;
  }
}

function fillPiece(plan: StagedPlan, piece: FragmentPiece, task: Task): string {
  if (typeof piece === 'string') {
    return piece;
  }
  switch (piece.kind) {
    case 'scan': {
      const share = task.scans.find((candidate) => candidate.scan === piece.scan);
      assert.ok(share !== undefined, `a task without its share of scan ${piece.scan}`);
      return share.sql;
    }
    case 'partition':
      return String(task.partition ?? 0);
    case 'exchange': {
      const producer = plan.stages.find((stage) => stage.id === piece.stage);
      assert.ok(producer !== undefined, `stage ${piece.stage} does not exist`);
      const isPartitioned = (producer.output.kind === 'hash' || producer.output.kind === 'value') && task.partition !== null;
      const ofShare = task.share?.stage === piece.stage ? ` AND rowid % ${SHARE_COUNT} = ${task.share.index}` : '';
      return `(SELECT ${piece.columns.length === 0 ? '*' : names(piece.columns).join(', ')} FROM ${tableOf(piece.stage)}${isPartitioned ? ` WHERE partition_index = ${task.partition}${ofShare}` : ''})`;
    }
  }
}

function tableOf(stage: number): string {
  return `stage_rows_${stage}`;
}

function names(columns: readonly PlanColumn[]): readonly string[] {
  return columns.map((column) => quoteName(column.name));
}
