import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Stage } from '../../planner/fragment/staged-plan.js';
import { writeExchangeSql } from './exchange-sql.js';
import { readCopyStatistics } from './manifest.js';
import type { Manifest } from './manifest.js';
import type { StagedQuery } from './staged-query.js';

/** Most files one task may write: the statistics of all of them come back in one message. */
const FILES_PER_TASK_MAX = 100_000;

/** Runs every stage but the last, one after the other. */
export async function runExchangeStages(query: StagedQuery): Promise<void> {
  const stages = query.plan.stages.slice(0, -1);
  if (stages.length === 0) {
    return;
  }
  await query.claim();
  for (const stage of stages) {
    await runExchangeStage(query, stage);
  }
}

async function runExchangeStage(query: StagedQuery, stage: Stage): Promise<void> {
  const { output } = stage;
  assert(output.kind === 'hash' || output.kind === 'whole', `stage ${stage.id} is not the last and must write shuffle files`);
  const manifests: Manifest[] = [];
  await query.runStage(stage, ({ task, filled, settings }) => {
    const startedMs = performance.now();
    return {
      settings,
      mayRetry: () => true,
      work: (attempt) => {
        // A folder of its own for every attempt: what a lost attempt left is never mistaken for the winner's.
        const directory = join(query.directory, `s${stage.id}`, `t${task}-a${attempt}`);
        return {
          kind: 'collect',
          statements: writeExchangeSql(filled.sql, stage.fragment.columns, output, directory),
          directories: [directory],
          rowCountMax: FILES_PER_TASK_MAX,
          preludes: query.options.preludes ?? [],
          inputs: filled.inputs,
        };
      },
      follow: async (run, attempt) => {
        const end = await run.end;
        assert(end.kind === 'collected');
        const files = readCopyStatistics(end.rows);
        assert(files.length < FILES_PER_TASK_MAX, `task ${task} of stage ${stage.id} wrote too many files`);
        manifests.push({ task, attempt, files });
        return {
          task,
          attempt,
          rowCount: files.reduce((sum, file) => sum + file.rowCount, 0),
          byteCount: files.reduce((sum, file) => sum + file.byteCount, 0),
          fileCount: files.length,
          elapsedMs: performance.now() - startedMs,
        };
      },
    };
  });
  // In task order, so that the same plan over the same files reads its exchanges in the same order.
  query.remember(
    stage.id,
    manifests.toSorted((a, b) => a.task - b.task),
  );
}
