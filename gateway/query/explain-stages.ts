import type { StageSummary, TaskSummary } from '../../executor/stages/options.js';
import { byteText } from '../../planner/explain/byte-text.js';
import type { ExplainFacts } from '../../planner/explain/explain-document.js';

/** EXPLAIN ANALYZE of a distributed query: a line a stage with what its tasks made, when, and how even they were. */
export function explainStages(stages: readonly StageSummary[]): readonly string[] {
  return stages.map(({ stage, tasks }) => {
    if (tasks.length === 0) {
      return `Stage ${stage} had no task: its input is empty`;
    }
    const total = totals(tasks);
    const written = `${total.rowCount} rows, ${byteText(total.byteCount)}${total.fileCount === 0 ? '' : `, ${plural(total.fileCount, 'file')}`}`;
    return (
      `Stage ${stage} took ${total.startMs.toFixed(0)} to ${total.endMs.toFixed(0)} ms: ${plural(tasks.length, 'task')}` +
      ` (${text(spread(tasks.map((task) => task.elapsedMs)))} ms; ${text(spread(tasks.map((task) => task.rowCount)))} rows${skewText(tasks)}${memoryText(tasks)})` +
      `${total.retriedCount === 0 ? '' : `, ${total.retriedCount} retried`}, ${written}`
    );
  });
}

/** The same for FORMAT JSON and DOT: times in milliseconds, sizes in bytes. */
export function stageFacts({ tasks }: StageSummary): ExplainFacts {
  if (tasks.length === 0) {
    return { 'Actual Tasks': 0 };
  }
  const total = totals(tasks);
  const peaks = peaksOf(tasks);
  return {
    'Actual Tasks': tasks.length,
    'Actual Startup Time': rounded(total.startMs),
    'Actual Total Time': rounded(total.endMs),
    'Actual Rows': total.rowCount,
    'Actual Bytes': total.byteCount,
    'Actual Files': total.fileCount,
    'Retried Tasks': total.retriedCount,
    'Task Time': { ...spread(tasks.map((task) => rounded(task.elapsedMs))) },
    'Task Rows': { ...spread(tasks.map((task) => task.rowCount)) },
    'Task Skew': skewOf(tasks),
    ...(peaks.length === 0 ? {} : { 'Task Peak Memory': { ...spread(peaks) } }),
  };
}

interface Totals {
  readonly startMs: number;
  readonly endMs: number;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly fileCount: number;
  readonly retriedCount: number;
}

function totals(tasks: readonly TaskSummary[]): Totals {
  const sum = (of: (task: TaskSummary) => number): number => tasks.reduce((total, task) => total + of(task), 0);
  return {
    startMs: Math.min(...tasks.map((task) => task.startedMs)),
    endMs: Math.max(...tasks.map((task) => task.startedMs + task.elapsedMs)),
    rowCount: sum((task) => task.rowCount),
    byteCount: sum((task) => task.byteCount),
    fileCount: sum((task) => task.fileCount),
    retriedCount: tasks.filter((task) => task.attempt > 1).length,
  };
}

interface Spread {
  readonly Min: number;
  readonly Median: number;
  readonly Max: number;
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { Min: sorted[0] ?? 0, Median: sorted[Math.floor(sorted.length / 2)] ?? 0, Max: sorted.at(-1) ?? 0 };
}

/** Smallest, median and largest; one number where all are alike. */
function text({ Min, Median, Max }: Spread, print: (value: number) => string = (value) => value.toFixed(0)): string {
  return Min === Max ? print(Min) : `${print(Min)}/${print(Median)}/${print(Max)}`;
}

/** How much longer the longest task took than the mean: 1 when all are alike. */
function skewOf(tasks: readonly TaskSummary[]): number {
  const times = tasks.map((task) => task.elapsedMs);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  return mean === 0 ? 1 : Math.round((Math.max(...times) / mean) * 100) / 100;
}

function skewText(tasks: readonly TaskSummary[]): string {
  return tasks.length === 1 ? '' : `; skew ${skewOf(tasks).toFixed(2)}`;
}

function peaksOf(tasks: readonly TaskSummary[]): readonly number[] {
  return tasks.flatMap((task) => task.peakMemoryBytes ?? []);
}

function memoryText(tasks: readonly TaskSummary[]): string {
  const peaks = peaksOf(tasks);
  return peaks.length === 0 ? '' : `; peak memory ${text(spread(peaks), byteText)}`;
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
