import { appendFile, mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../session/services.js';
import { withoutTasks } from './activity.js';
import type { QueryRecord } from './records.js';

/** How long records wait for others before they are written together. */
const BATCH_MS = 2000;

/** Records that wait; beyond, the oldest are not written: the disk does not keep up. */
const WAITING_MAX = 5000;

/** Characters of a record with its tasks; a longer one is kept without them. */
const RECORD_LENGTH_MAX = 64 << 10;

/** Bytes after which a file is followed by another, and of all files together. */
const FILE_BYTES_MAX = 8 << 20;
const TOTAL_BYTES_MAX = 64 << 20;

const FILE_NAME = /^queries-\d{14}-[0-9a-z]+-\d+\.ndjson$/;

/**
 * The history across restarts: a folder of files, JSON a line, oldest first. Every process writes files of its own, so several
 * gateways may share the folder; the oldest are removed beyond a bound. Losing it loses nothing but history: no fsync.
 */
export class HistoryFiles {
  readonly #directory: string;
  readonly #log: Log;
  readonly #stop = new AbortController();
  readonly #name = `queries-${new Date().toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}-${process.pid.toString(36)}`;
  #waiting: QueryRecord[] = [];
  #fileNumber = 1;
  #fileBytes = 0;
  #writing: Promise<void> | null = null;
  #failed = false;

  constructor(directory: string, log: Log) {
    this.#directory = directory;
    this.#log = log;
  }

  /** The records of earlier processes, oldest first, the last `countMax` of them; damaged lines are passed over. */
  async read(countMax: number): Promise<readonly QueryRecord[]> {
    const records: QueryRecord[] = [];
    for (const name of (await this.#names()).toReversed()) {
      const lines = (await readFile(join(this.#directory, name), 'utf8')).split('\n');
      records.unshift(...lines.flatMap(readRecord));
      if (records.length >= countMax) {
        break;
      }
    }
    return records.slice(-countMax);
  }

  /** Keeps a record; it is written within seconds. */
  add(record: QueryRecord): void {
    this.#waiting.push(record);
    if (this.#waiting.length > WAITING_MAX) {
      this.#waiting.shift();
    }
    this.#writing ??= this.#writeLater();
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#writing;
  }

  async #writeLater(): Promise<void> {
    await sleep(BATCH_MS, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
    this.#writing = null;
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      await this.#append(batch.map(lineOf).join(''));
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) {
        this.#failed = true;
        this.#log('warn', { error: error instanceof Error ? error.message : String(error) }, 'the query history cannot be written');
      }
    }
  }

  async #append(text: string): Promise<void> {
    if (this.#fileBytes > FILE_BYTES_MAX) {
      this.#fileNumber += 1;
      this.#fileBytes = 0;
    }
    if (this.#fileBytes === 0) {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await this.#removeOld();
    }
    await appendFile(join(this.#directory, `${this.#name}-${this.#fileNumber}.ndjson`), text, { mode: 0o600 });
    this.#fileBytes += text.length;
  }

  async #removeOld(): Promise<void> {
    let total = FILE_BYTES_MAX;
    for (const name of (await this.#names()).toReversed()) {
      const path = join(this.#directory, name);
      total += (await stat(path)).size;
      if (total > TOTAL_BYTES_MAX) {
        await unlink(path);
      }
    }
  }

  /** Oldest first. */
  async #names(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#directory)).filter((name) => FILE_NAME.test(name)).toSorted();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return [];
      }
      throw error;
    }
  }
}

function lineOf(record: QueryRecord): string {
  const text = JSON.stringify(plainRecord(record));
  return `${text.length > RECORD_LENGTH_MAX ? JSON.stringify(plainRecord(withoutTasks(plainRecord(record)))) : text}\n`;
}

/** The record as data: of a query that just ended it is an object that knows more. */
export function plainRecord(query: QueryRecord): QueryRecord {
  const { id, user, database, client, application, processId, sql, state, startedMs, endedMs } = query;
  const { rowCount, byteCount, tag, error, taskCount, stages, hasAllTasks, version } = query;
  return {
    id,
    user,
    database,
    client,
    application,
    processId,
    sql,
    state,
    startedMs,
    endedMs,
    rowCount,
    byteCount,
    tag,
    error,
    taskCount,
    stages,
    hasAllTasks,
    version,
  };
}

function readRecord(line: string): readonly QueryRecord[] {
  try {
    const record: unknown = JSON.parse(line);
    return isRecord(record) ? [{ ...record, version: 0 }] : [];
  } catch {
    return []; // the last line of a process that died
  }
}

/** Written by this program; what another release wrote differently is passed over. */
function isRecord(value: unknown): value is QueryRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'sql' in value &&
    typeof value.sql === 'string' &&
    'user' in value &&
    typeof value.user === 'string' &&
    'startedMs' in value &&
    typeof value.startedMs === 'number' &&
    'stages' in value &&
    Array.isArray(value.stages)
  );
}
