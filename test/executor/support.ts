import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OutputSettings, ResultStream } from '../../executor/engine.js';
import { sampleSource } from '../services/sample-data.js';
import { ExecutorPool } from '../../executor/pool/pool.js';
import type { ExecutorPoolOptions } from '../../executor/pool/options.js';

/** Real data: three million flights, columns date, delay, distance, origin, destination. */
export const FLIGHTS: string = realpathSync(join(sampleSource(), 'flights-3m.parquet'));

/** Settings as they are when nothing was set. */
export const SETTINGS: OutputSettings = { timeZone: 'UTC', dateStyle: 'ISO, MDY', intervalStyle: 'postgres', extraFloatDigits: 1, byteaOutput: 'hex' };

/** A signal that is never aborted. */
export const NEVER: AbortSignal = new AbortController().signal;

/** A folder of the test's own. */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'sluice-executor-')));
}

/** A pool over folders of the test's own. */
export interface TestPool {
  readonly pool: ExecutorPool;
  readonly folder: string;
  readonly warnings: string[];
  close(): Promise<void>;
}

/** Starts a pool of real processes. */
export async function startPool(options: Partial<ExecutorPoolOptions> = {}): Promise<TestPool> {
  const folder = temporaryFolder();
  const warnings: string[] = [];
  const pool = await ExecutorPool.start({
    executorCount: 1,
    executorCountMax: 4,
    threads: 2,
    memoryBytes: 1 << 30,
    spillDirectory: join(folder, 'spill'),
    shuffleDirectory: join(folder, 'shuffle'),
    readableRoots: [dirname(FLIGHTS), folder],
    writableRoots: [folder],
    log: { info: () => undefined, warn: (_fields, message) => warnings.push(message) },
    ...options,
  });
  return {
    pool,
    folder,
    warnings,
    close: async () => {
      await pool.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs one statement and gives its rows as text. */
export async function rowsOf(pool: ExecutorPool, sql: string, signal: AbortSignal = NEVER): Promise<readonly (readonly (string | null)[])[]> {
  return await drain(await pool.runWhole({ sql, encodings: [], settings: SETTINGS }, signal));
}

/** Reads a result to its end. */
export async function drain(stream: ResultStream): Promise<readonly (readonly (string | null)[])[]> {
  const rows: (readonly (string | null)[])[] = [];
  for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
    rows.push(...readDataRows(batch.bytes));
  }
  return rows;
}

/** The values of DataRow messages in text format. */
export function readDataRows(bytes: Buffer): (readonly (string | null)[])[] {
  const rows: (readonly (string | null)[])[] = [];
  for (let start = 0; start < bytes.length; start += 1 + bytes.readInt32BE(start + 1)) {
    const values: (string | null)[] = [];
    let at = start + 7;
    for (let count = bytes.readInt16BE(start + 5); count > 0; count--) {
      const length = bytes.readInt32BE(at);
      at += 4;
      values.push(length < 0 ? null : bytes.toString('utf8', at, at + length));
      at += Math.max(0, length);
    }
    rows.push(values);
  }
  return rows;
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean, what: string, timeoutMs = 5_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > end) {
      throw new Error(`not within ${timeoutMs} ms: ${what}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

/** True while a process with this id exists. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
