import assert from 'node:assert/strict';
import type { ResultStream, WholeQuery } from '../engine.js';
import { cancelOnAbort, WholeResult } from '../pool/whole-result.js';
import type { CollectedRow, TaskSettings, TaskWork } from '../protocol/messages.js';
import type { CollectSettings } from '../query-engine.js';
import type { TaskEnd, TaskRun } from '../pool/task-run.js';
import type { StageEnvironment } from './options.js';
import { retryReason } from './retry-reason.js';
import { sqlOfWork } from './stage-observer.js';
import type { StageObserver } from './stage-observer.js';

/** The one stage of a statement that runs whole. */
const WHOLE_STAGE = 1;

/** Runs one statement in one process. Resolves once its columns are known; the process is its own until it ends. */
export async function runWhole(environment: StageEnvironment, query: WholeQuery, signal: AbortSignal, observer?: StageObserver): Promise<ResultStream> {
  const work: TaskWork = {
    kind: 'stream',
    sql: query.sql,
    columnNames: query.columnNames ?? null,
    encodings: query.encodings,
    output: query.settings,
    copy: query.copy ?? null,
    preludes: query.preludes ?? [],
    inputs: [],
  };
  observer?.stageStarted(WHOLE_STAGE, 1);
  return await attempts(environment, work, query.settings.timeZone, signal, async (run) => new WholeResult(await run.columns, run), observer);
}

/** Runs Sluice's own statements in one process and gives the last one's rows, at most `rowCountMax`. */
export async function collect(
  environment: StageEnvironment,
  statements: readonly string[],
  rowCountMax: number,
  signal: AbortSignal,
  settings: CollectSettings = {},
): Promise<readonly CollectedRow[]> {
  const work: TaskWork = { kind: 'collect', statements, directories: [], rowCountMax, preludes: settings.preludes ?? [], inputs: [] };
  const end = await attempts(environment, work, settings.timeZone ?? 'UTC', signal, async (run): Promise<TaskEnd> => await run.end);
  assert(end.kind === 'collected');
  return end.rows;
}

/** Runs the work, again in another process where the engine does so and nothing of it was seen yet. */
async function attempts<Result>(
  environment: StageEnvironment,
  work: TaskWork,
  timeZone: string,
  signal: AbortSignal,
  follow: (run: TaskRun) => Promise<Result>,
  observer?: StageObserver,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const place = await environment.acquire(signal);
    const settings: TaskSettings = { threads: environment.threads, memoryBytes: environment.memoryBytes(), timeZone, keepJoinOrder: false };
    const run = place.run(work, settings, attempt);
    observer?.attemptStarted({ stage: WHOLE_STAGE, task: 0, attempt, run, sql: sqlOfWork(work) });
    void run.ended.then(() => place.release());
    cancelOnAbort(run, signal);
    try {
      return await follow(run);
    } catch (error) {
      if (!environment.retriesWhole || attempt >= environment.attemptsMax || signal.aborted || !mayPass(error)) {
        throw error;
      }
    }
  }
}

function mayPass(error: unknown): boolean {
  const reason = retryReason(error, null);
  return reason === 'lost process' || reason === 'store';
}
