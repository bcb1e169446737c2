import { randomBytes } from 'node:crypto';
import type { ActivityHost, QueryOwner } from './active-query.js';
import { ActiveQuery } from './active-query.js';
import type { QueryRecord, TaskRecord } from './records.js';
import { redactSecrets } from './redact-secrets.js';

/** Past queries that are kept unless --query-history says otherwise. */
export const HISTORY_COUNT_DEFAULT = 1000;

/** Characters and tasks of past queries that are kept, as bytes; beyond, the oldest lose their tasks. */
const HISTORY_BYTES_MAX = 64 << 20;
const TASK_BYTES = 300;
const QUERY_BYTES = 1000;

/** A statement that the gateway answers itself is no history unless it took so long. */
const QUICK_MS = 10;

/** Upper bounds of the buckets that durations are counted in, in seconds. */
export const DURATION_BUCKETS: readonly number[] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000];

/** What happened since the start, for metrics. */
export interface ActivityTotals {
  readonly finished: number;
  readonly failed: number;
  readonly canceled: number;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly tasks: Readonly<Record<'finished' | 'failed' | 'canceled', number>>;
  /** Queries by duration: of each bucket of DURATION_BUCKETS, and those above the last. */
  readonly durations: readonly number[];
  readonly durationSeconds: number;
}

/** The queries that run and those that ran last. */
export class Activity {
  readonly #live = new Set<ActiveQuery>();
  /** By id, oldest first. */
  readonly #past = new Map<string, QueryRecord>();
  readonly #countMax: number;
  readonly #host: ActivityHost;
  readonly #durations: number[] = Array.from({ length: DURATION_BUCKETS.length + 1 }, () => 0);
  readonly #tasks = { finished: 0, failed: 0, canceled: 0 };
  readonly #outcomes = { finished: 0, failed: 0, canceled: 0 };
  /** Names this process in the ids of its queries: they differ from those of the history. */
  readonly #prefix = `${timeName(new Date())}-${randomBytes(3).toString('hex')}`;
  #number = 0;
  #version = 0;
  #pastBytes = 0;
  #rowCount = 0;
  #byteCount = 0;
  #durationSeconds = 0;
  /** Called for each query that becomes history. */
  onPast: ((query: QueryRecord) => void) | null = null;

  constructor(historyCountMax: number = HISTORY_COUNT_DEFAULT) {
    this.#countMax = historyCountMax;
    this.#host = {
      idOf: (number) => `${this.#prefix}-${number}`,
      textOf: redactSecrets,
      touch: () => {
        this.#version += 1;
        return this.#version;
      },
      ended: (query) => this.#ended(query),
      taskEnded: (state) => this.#taskEnded(state),
    };
  }

  /** Raised by every change of any query. */
  get version(): number {
    return this.#version;
  }

  get liveCount(): number {
    return this.#live.size;
  }

  /** A statement starts. */
  begin(owner: QueryOwner, text: string): ActiveQuery {
    this.#number += 1;
    const query = new ActiveQuery(this.#host, owner, this.#number, text);
    this.#live.add(query);
    return query;
  }

  /** A statement failed before it started: its text means nothing. */
  refuse(owner: QueryOwner, text: string, error: unknown): ActiveQuery {
    const query = this.begin(owner, text);
    query.fail(error);
    return query;
  }

  /** Queries that run, and the past ones, newest first. */
  list(): readonly QueryRecord[] {
    return [...[...this.#live].toReversed(), ...[...this.#past.values()].toReversed()];
  }

  /** A query by its id. */
  find(id: string): QueryRecord | undefined {
    return this.#past.get(id) ?? this.#findLive(id);
  }

  /** Cancels a query that runs; false when none of that id does. */
  cancel(id: string): boolean {
    return this.#findLive(id)?.cancel() ?? false;
  }

  /** Looks where tasks that waited run by now: nobody says so by himself. */
  settle(): void {
    for (const query of this.#live) {
      query.settle();
    }
  }

  /** Puts what an earlier process ran into the history, oldest first. */
  restore(queries: readonly QueryRecord[]): void {
    const newer = [...this.#past.values()];
    this.#past.clear();
    for (const query of [...queries, ...newer]) {
      this.#past.set(query.id, query);
    }
    this.#pastBytes = [...this.#past.values()].reduce((sum, query) => sum + weightOf(query), 0);
    this.#bound();
  }

  totals(): ActivityTotals {
    return {
      ...this.#outcomes,
      rowCount: this.#rowCount,
      byteCount: this.#byteCount,
      tasks: { ...this.#tasks },
      durations: [...this.#durations],
      durationSeconds: this.#durationSeconds,
    };
  }

  #findLive(id: string): ActiveQuery | undefined {
    return id.startsWith(this.#prefix) ? [...this.#live].find((query) => query.id === id) : undefined;
  }

  #taskEnded(state: TaskRecord['state']): void {
    if (state === 'finished' || state === 'failed' || state === 'canceled') {
      this.#tasks[state] += 1;
    }
  }

  #ended(query: ActiveQuery): void {
    this.#live.delete(query);
    const { state } = query;
    if (state !== 'running') {
      this.#outcomes[state] += 1;
    }
    this.#rowCount += query.rowCount;
    this.#byteCount += query.byteCount;
    const elapsedMs = (query.endedMs ?? query.startedMs) - query.startedMs;
    this.#durationSeconds += elapsedMs / 1000;
    const bucket = DURATION_BUCKETS.findIndex((bound) => elapsedMs <= bound * 1000);
    const index = bucket < 0 ? DURATION_BUCKETS.length : bucket;
    this.#durations[index] = (this.#durations[index] ?? 0) + 1;
    if (query.usedExecutors || query.error !== null || elapsedMs >= QUICK_MS) {
      this.#keep(query);
    }
  }

  #keep(query: ActiveQuery): void {
    query.detach();
    const { id } = query;
    if (!this.#past.has(id)) {
      this.#past.set(id, query);
      this.#pastBytes += weightOf(query);
    }
    this.onPast?.(query);
    this.#bound();
  }

  #bound(): void {
    while (this.#past.size > this.#countMax) {
      const [oldest] = this.#past.values();
      if (oldest === undefined) {
        return;
      }
      this.#past.delete(oldest.id);
      this.#pastBytes -= weightOf(oldest);
    }
    if (this.#pastBytes > HISTORY_BYTES_MAX) {
      this.#dropOldTasks();
    }
  }

  /** The oldest lose their tasks, until a quarter of the room is free. */
  #dropOldTasks(): void {
    for (const [id, query] of this.#past) {
      if (this.#pastBytes <= HISTORY_BYTES_MAX * 0.75) {
        return;
      }
      const before = weightOf(query);
      const slim = query instanceof ActiveQuery ? query : withoutTasks(query);
      if (slim instanceof ActiveQuery) {
        slim.dropTasks();
      } else {
        this.#past.set(id, slim);
      }
      this.#pastBytes += weightOf(slim) - before;
    }
  }
}

/** The record without its tasks, where it has any. */
export function withoutTasks(query: QueryRecord): QueryRecord {
  return query.stages.every(({ tasks }) => tasks.length === 0)
    ? query
    : { ...query, hasAllTasks: false, stages: query.stages.map((stage) => ({ ...stage, tasks: [] })) };
}

/** About how many bytes it takes in memory. */
function weightOf(query: QueryRecord): number {
  return query.stages.reduce(
    (sum, stage) => sum + stage.sql.length + stage.tasks.reduce((bytes, task) => bytes + TASK_BYTES + (task.sql?.length ?? 0), 0),
    QUERY_BYTES + query.sql.length,
  );
}

/** 20261123-222144 */
function timeName(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
