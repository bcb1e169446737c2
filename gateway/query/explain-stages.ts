import type { StageSummary, TaskSummary } from '../../executor/stages/options.js';
import { byteText } from '../../planner/explain/byte-text.js';

/** EXPLAIN ANALYZE of a distributed query: a line a stage with what its tasks made, when, and how even they were. */
export function explainStages(stages: readonly StageSummary[]): readonly string[] {
  return stages.map(({ stage, tasks }) => {
    const sum = (of: (task: TaskSummary) => number): number => tasks.reduce((total, task) => total + of(task), 0);
    const startMs = Math.min(...tasks.map((task) => task.startedMs));
    const endMs = Math.max(...tasks.map((task) => task.startedMs + task.elapsedMs));
    const files = sum((task) => task.fileCount);
    const written = `${sum((task) => task.rowCount)} rows, ${byteText(sum((task) => task.byteCount))}${files === 0 ? '' : `, ${plural(files, 'file')}`}`;
    const retried = tasks.filter((task) => task.attempt > 1).length;
    return (
      `Stage ${stage} took ${startMs.toFixed(0)} to ${endMs.toFixed(0)} ms: ${plural(tasks.length, 'task')} (${spread(tasks.map((task) => task.elapsedMs))} ms` +
      `; ${spread(tasks.map((task) => task.rowCount))} rows)${retried === 0 ? '' : `, ${retried} retried`}, ${written}`
    );
  });
}

/** Smallest, median and largest; one number where there is one. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b).map((value) => value.toFixed(0));
  return sorted.length === 1 ? (sorted[0] ?? '') : `${sorted[0]}/${sorted[Math.floor(sorted.length / 2)]}/${sorted.at(-1)}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
