import type { ActiveQuery } from './active-query.js';
import type { QueryRecord } from './records.js';

/** How often progress is told. */
const TELL_MS = 1000;

/** How far a query is, in a line; of one that runs whole only what it sent is known. */
export function progressText(query: QueryRecord): string {
  const { done, planned } = countTasks(query);
  const stages = query.stages.length;
  const finished = query.stages.filter(({ state }) => state === 'finished').length;
  const sent = query.rowCount === 0 ? '' : `, ${query.rowCount} rows sent`;
  return stages < 2 ? `running${sent}` : `${done} of ${planned} tasks done, ${finished} of ${stages} stages${sent}`;
}

/** Tasks that are done, and those known so far. */
export function countTasks({ stages }: QueryRecord): { readonly done: number; readonly planned: number } {
  return {
    done: stages.reduce((sum, stage) => sum + stage.doneCount, 0),
    planned: stages.reduce((sum, stage) => sum + (stage.taskCount ?? 0), 0),
  };
}

/** Tells about a query every second until it ends, where there is news. */
export function tellProgress(query: ActiveQuery, tell: (text: string) => void): void {
  let last = '';
  const timer = setInterval(() => {
    if (query.state !== 'running') {
      clearInterval(timer);
      return;
    }
    const text = progressText(query);
    if (text !== last) {
      last = text;
      tell(`${text} after ${Math.round((Date.now() - query.startedMs) / 1000)} s`);
    }
  }, TELL_MS);
  timer.unref();
}
