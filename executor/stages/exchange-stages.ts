import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Stage } from '../../planner/fragment/staged-plan.js';
import { peakMemoryOf, throwFirst } from './attempt-task.js';
import { writeExchangeSql } from './exchange-sql.js';
import { readCopyStatistics } from './manifest.js';
import { producersOf, type StagedQuery } from './staged-query.js';

/** Most files one task may write: the statistics of all of them come back in one message. */
const FILES_PER_TASK_MAX = 100_000;

/** Runs every stage but the last, each as soon as those it reads from are done. All have ended when this throws. */
export async function runExchangeStages(query: StagedQuery): Promise<void> {
  const stages = query.plan.stages.slice(0, -1);
  if (stages.length === 0) {
    return;
  }
  await query.claim();
  const done = new Map<number, Promise<void>>();
  for (const stage of stages) {
    done.set(
      stage.id,
      runAfter(producersOf(stage), done, () => runExchangeStage(query, stage)),
    );
  }
  const ends = await Promise.allSettled(done.values());
  throwFirst(ends.flatMap((end): readonly unknown[] => (end.status === 'rejected' ? [end.reason] : [])));
}

async function runAfter(producers: readonly number[], done: ReadonlyMap<number, Promise<void>>, run: () => Promise<void>): Promise<void> {
  await Promise.all(producers.flatMap((producer) => done.get(producer) ?? []));
  await run();
}

async function runExchangeStage(query: StagedQuery, stage: Stage): Promise<void> {
  const { output } = stage;
  assert(output.kind === 'hash' || output.kind === 'value' || output.kind === 'whole', `stage ${stage.id} is not the last and must write shuffle files`);
  const taskCount = await query.runStage(stage, ({ task, filled, settings }) => {
    const startedMs = query.elapsedMs;
    return {
      settings,
      mayRetry: () => true,
      work: (attempt) => {
        // A folder of its own for every attempt: what a lost attempt left is never mistaken for the winner's.
        const directory = join(query.directory, `s${stage.id}`, `t${task}-a${attempt}`);
        return {
          kind: 'collect',
          statements: writeExchangeSql(filled().sql, stage.fragment.columns, output, directory),
          directories: [directory],
          rowCountMax: FILES_PER_TASK_MAX,
          preludes: query.options.preludes ?? [],
          inputs: filled().inputs,
        };
      },
      follow: async (run, attempt) => {
        const end = await run.end;
        assert(end.kind === 'collected');
        const files = readCopyStatistics(end.rows);
        assert(files.length < FILES_PER_TASK_MAX, `task ${task} of stage ${stage.id} wrote too many files`);
        query.wrote(stage.id, { task, attempt, files });
        return {
          task,
          attempt,
          rowCount: files.reduce((sum, file) => sum + file.rowCount, 0),
          byteCount: files.reduce((sum, file) => sum + file.byteCount, 0),
          fileCount: files.length,
          startedMs,
          elapsedMs: query.elapsedMs - startedMs,
          ...peakMemoryOf(end),
        };
      },
    };
  });
  query.finish(stage.id, taskCount);
}
