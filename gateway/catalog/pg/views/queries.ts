import type { QueryRecord, Spread, StageRecord } from '../../../activity/records.js';
import { taskName } from '../../../activity/records.js';
import type { CatalogRow, CatalogView } from '../catalog-view.js';

/** sluice_queries: the queries that run and the past ones, newest first; a role's own unless it may read all statistics. */
export const sluiceQueries: CatalogView = {
  name: 'pg_catalog.sluice_queries',
  changes: 'always',
  rows: ({ queries = [] }) =>
    queries.map((query) => ({
      query_id: query.id,
      role: query.user,
      database: query.database,
      client: query.client === '' ? null : query.client,
      application: query.application,
      pid: query.processId,
      state: query.state,
      started_at: time(query.startedMs),
      ended_at: time(query.endedMs),
      elapsed_ms: (query.endedMs ?? Date.now()) - query.startedMs,
      rows: query.rowCount,
      bytes: query.byteCount,
      stages: query.stages.length,
      tasks: query.taskCount,
      tag: query.tag,
      sqlstate: query.error?.sqlstate ?? null,
      message: query.error?.message ?? null,
      statement: query.sql,
    })),
};

/** sluice_stages: the stages of those queries. */
export const sluiceStages: CatalogView = {
  name: 'pg_catalog.sluice_stages',
  changes: 'always',
  rows: ({ queries = [] }) =>
    queries.flatMap((query) =>
      query.stages.map((stage) => ({
        query_id: query.id,
        stage: stage.stage,
        description: stage.description,
        reads: stage.reads.join(','),
        output: stage.output,
        state: stage.state,
        tasks: stage.taskCount,
        done: stage.doneCount,
        retried: stage.retryCount,
        rows: stage.rowCount,
        bytes: stage.byteCount,
        files: stage.fileCount,
        started_at: time(stage.startedMs),
        ended_at: time(stage.endedMs),
        fragment: stage.sql,
      })),
    ),
};

/** sluice_tasks: the attempts of their tasks, as far as they are kept. */
export const sluiceTasks: CatalogView = {
  name: 'pg_catalog.sluice_tasks',
  changes: 'always',
  rows: ({ queries = [] }) =>
    queries.flatMap((query) =>
      query.stages.flatMap(({ tasks }) =>
        tasks.map((task) => ({
          task_id: taskName(query.id, task),
          query_id: query.id,
          stage: task.stage,
          task: task.task,
          attempt: task.attempt,
          state: task.state,
          executor: task.executor,
          queued_at: time(task.queuedMs),
          started_at: time(task.startedMs),
          ended_at: time(task.endedMs),
          rows: task.rowCount,
          bytes: task.byteCount,
          files: task.fileCount,
          peak_memory_bytes: task.peakMemoryBytes,
          sqlstate: task.error?.sqlstate ?? null,
          message: task.error?.message ?? null,
        })),
      ),
    ),
};

/** sluice_shuffles: the exchanges between their stages. */
export const sluiceShuffles: CatalogView = {
  name: 'pg_catalog.sluice_shuffles',
  changes: 'always',
  rows: ({ queries = [] }) => queries.flatMap((query) => query.stages.flatMap((stage) => shuffleRows(query, stage))),
};

function shuffleRows(query: QueryRecord, stage: StageRecord): readonly CatalogRow[] {
  const readers = query.stages.filter(({ reads }) => reads.includes(stage.stage)).map((reader) => reader.stage);
  if (readers.length === 0) {
    return [];
  }
  const spread: Spread | null = stage.partitionRows;
  return [
    {
      query_id: query.id,
      stage: stage.stage,
      readers: readers.join(','),
      output: stage.output,
      partitions: stage.partitionCount,
      files: stage.fileCount,
      rows: stage.rowCount,
      bytes: stage.byteCount,
      partition_rows_min: spread?.min ?? null,
      partition_rows_median: spread?.median ?? null,
      partition_rows_max: spread?.max ?? null,
    },
  ];
}

function time(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '+00');
}
