import type { TaskJson } from '../api.ts';

/** Where a task is drawn: its lane, and from when to when. */
export interface Bar {
  readonly task: TaskJson;
  readonly lane: number;
  readonly startMs: number;
  readonly endMs: number;
  /** It took much longer than the others of its stage. */
  readonly isStraggler: boolean;
}

/** Lanes of one executor, one below the other. */
export interface Lanes {
  readonly bars: readonly Bar[];
  readonly laneCount: number;
  /** First lane of each executor. */
  readonly executors: readonly { readonly name: string; readonly lane: number; readonly laneCount: number }[];
}

/** As sluice.speculation's limit: 1.5 times the middle, and 200 ms more. */
const STRAGGLER_SHARE = 1.5;
const STRAGGLER_MS = 200;

/** Puts tasks into lanes by executor; those that overlap go into further lanes. Tasks that wait for an executor are not drawn. */
export function layOutLanes(tasks: readonly TaskJson[], nowMs: number): Lanes {
  const limits = stragglerLimits(tasks);
  const byExecutor = new Map<string, TaskJson[]>();
  for (const task of tasks) {
    if (task.startedMs !== null && task.executor !== null) {
      const own = byExecutor.get(task.executor) ?? [];
      own.push(task);
      byExecutor.set(task.executor, own);
    }
  }
  const bars: Bar[] = [];
  const executors: { readonly name: string; readonly lane: number; readonly laneCount: number }[] = [];
  let laneCount = 0;
  for (const [name, own] of [...byExecutor].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))) {
    const ends: number[] = [];
    for (const task of own.toSorted((a, b) => (a.startedMs ?? 0) - (b.startedMs ?? 0))) {
      const startMs = task.startedMs ?? 0;
      const endMs = task.endedMs ?? nowMs;
      const free = ends.findIndex((end) => end <= startMs);
      const lane = free < 0 ? ends.length : free;
      ends[lane] = endMs;
      bars.push({ task, lane: laneCount + lane, startMs, endMs, isStraggler: endMs - startMs > (limits.get(task.stage) ?? Infinity) });
    }
    executors.push({ name, lane: laneCount, laneCount: ends.length });
    laneCount += ends.length;
  }
  return { bars, laneCount, executors };
}

function stragglerLimits(tasks: readonly TaskJson[]): ReadonlyMap<number, number> {
  const times = new Map<number, number[]>();
  for (const { stage, state, startedMs, endedMs } of tasks) {
    if (state === 'finished' && startedMs !== null && endedMs !== null) {
      const own = times.get(stage) ?? [];
      own.push(endedMs - startedMs);
      times.set(stage, own);
    }
  }
  return new Map(
    [...times].map(([stage, own]) => {
      const median = own.toSorted((a, b) => a - b)[Math.floor(own.length / 2)] ?? 0;
      return [stage, Math.max(median * STRAGGLER_SHARE, median + STRAGGLER_MS)];
    }),
  );
}
