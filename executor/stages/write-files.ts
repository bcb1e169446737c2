import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import type { FileSink, StagedPlan } from '../../planner/fragment/staged-plan.js';
import type { WrittenFile } from '../engine.js';
import type { CollectedRow } from '../protocol/messages.js';
import { peakMemoryOf } from './attempt-task.js';
import { runExchangeStages } from './exchange-stages.js';
import { writeFilesSql } from './files-sql.js';
import { readCopyStatistics } from './manifest.js';
import type { FilesRunOptions, StageEnvironment } from './options.js';
import { StagedQuery } from './staged-query.js';

/** Most files one task may write. */
const FILES_PER_TASK_MAX = 100_000;

/** Runs a distributed query whose last stage writes files, and gives the files of the attempts that won, in task order. */
export async function writeFiles(
  plan: StagedPlan,
  options: FilesRunOptions,
  environment: StageEnvironment,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const query = new StagedQuery(plan, options, environment, signal);
  try {
    await runExchangeStages(query);
    return await runFilesStage(query, options.stagingDirectory);
  } finally {
    await query.cleanUp();
  }
}

async function runFilesStage(query: StagedQuery, directory: string): Promise<readonly WrittenFile[]> {
  const { output } = query.lastStage;
  assert(output.kind === 'files', 'the last stage writes files');
  const written: (readonly WrittenFile[])[] = [];
  await query.runStage(query.lastStage, ({ stage, task, filled, settings }) => {
    const startedMs = query.elapsedMs;
    return {
      settings,
      mayRetry: () => true,
      work: (attempt) => {
        const fileName = `part-${String(task).padStart(5, '0')}-${attempt}`;
        return {
          kind: 'collect',
          statements: [writeFilesSql(filled().sql, stage.fragment.columns, output.sink, directory, fileName)],
          directories: [directory],
          rowCountMax: FILES_PER_TASK_MAX,
          preludes: query.options.preludes ?? [],
          inputs: filled().inputs,
        };
      },
      follow: async (run, attempt) => {
        const end = await run.end;
        assert(end.kind === 'collected');
        const files = await readFiles(end.rows, output.sink, directory);
        written[task] = files;
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
  return written.flat();
}

async function readFiles(rows: readonly CollectedRow[], sink: FileSink, directory: string): Promise<readonly WrittenFile[]> {
  if (sink.format === 'parquet') {
    assert(rows.length < FILES_PER_TASK_MAX, 'a task wrote too many files');
    return readCopyStatistics(rows, 'files').map(({ path, byteCount, rowCount, parquet }) => ({
      path,
      relativePath: relative(directory, path),
      byteCount,
      rowCount,
      ...(parquet === undefined ? {} : { parquet }),
    }));
  }
  const [count, paths] = rows[0] ?? [];
  assert(Array.isArray(paths), 'COPY names its files');
  const rowCount = Number(count);
  return await Promise.all(
    paths.map(async (path: unknown, index) => {
      assert(typeof path === 'string', 'COPY names its files');
      const { size } = await stat(path);
      return { path, relativePath: relative(directory, path), byteCount: size, rowCount: index === 0 ? rowCount : 0 };
    }),
  );
}
