import { plainRecord } from '../activity/history-files.js';
import type { QueryRecord, StageRecord, TaskRecord } from '../activity/records.js';
import { spreadOf } from '../activity/records.js';
import type { QuerySummary, StageSummaryJson, TaskJson } from './api-types.js';

/** Characters of a statement in the list. */
const LIST_SQL_LENGTH = 500;

/** A query as the list shows it. */
export function querySummary(query: QueryRecord, { wholeSql }: { readonly wholeSql: boolean } = { wholeSql: false }): QuerySummary {
  const { stages, ...plain } = plainRecord(query);
  const peaks = stages.flatMap((stage) => stage.tasks.flatMap((task) => task.peakMemoryBytes ?? []));
  return {
    ...plain,
    sql: wholeSql ? plain.sql : plain.sql.slice(0, LIST_SQL_LENGTH),
    stageCount: stages.length,
    doneCount: stages.reduce((sum, stage) => sum + stage.doneCount, 0),
    plannedCount: stages.reduce((sum, stage) => sum + (stage.taskCount ?? 0), 0),
    peakMemoryBytes: peaks.length === 0 ? null : peaks.reduce((most, peak) => Math.max(most, peak), 0),
  };
}

/** A stage with how even its tasks were. */
export function stageSummary({ tasks, ...stage }: StageRecord): StageSummaryJson {
  const done = tasks.filter((task) => task.state === 'finished');
  return {
    ...stage,
    taskMs: spreadOf(done.map((task) => (task.endedMs ?? 0) - (task.startedMs ?? task.queuedMs))),
    taskRows: spreadOf(done.map((task) => task.rowCount)),
    taskMemory: spreadOf(done.flatMap((task) => task.peakMemoryBytes ?? [])),
  };
}

/** Tasks of a query that changed after a version. */
export function changedTasks(query: QueryRecord, since: number): readonly TaskJson[] {
  return query.stages.flatMap((stage) => stage.tasks.filter((task) => task.version > since).map(withoutSql));
}

function withoutSql(task: TaskRecord): TaskJson {
  return { ...task, sql: null };
}
