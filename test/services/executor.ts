import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive, listDescendants, type ProcessEntry } from './process-tree.js';
import { waitUntil } from './sluice.js';

/** A `sluice executor` of a cluster. */
export interface ExecutorServer {
  readonly pid: number;
  readonly log: () => string;
  /** Null while it runs. */
  readonly exitCode: () => number | null;
  children(): ProcessEntry[];
  /** SIGTERM; asserts that it drained and ended with 0, and that its processes are gone. */
  stop(): Promise<void>;
  /** Sends a signal and returns at once. */
  signal(name: NodeJS.Signals): void;
  /** SIGKILL, and waits until its processes are gone, too. */
  kill(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../gateway/cli/main.js', import.meta.url));
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 20_000;
const CHILDREN_GRACE_MS = 5_000;

/** Starts an executor with these arguments; resolves when it is ready, rejects with its log when it ends before. */
export async function startExecutor(extra: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<ExecutorServer> {
  const spill = mkdtempSync(join(tmpdir(), 'sluice-executor-spill-'));
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));
  const child = spawn(process.execPath, [MAIN, 'executor', '--spill', spill, '--memory', '1GB', '--log-level', 'info', ...extra], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...own, ...environment },
  });
  let log = '';
  const remember = (piece: Buffer): void => {
    log = (log + piece.toString()).slice(-100_000);
  };
  child.stdout.on('data', remember);
  child.stderr.on('data', remember);
  const exited = once(child, 'exit');
  const killAtExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killAtExit);
  const forget = (): void => {
    process.removeListener('exit', killAtExit);
    rmSync(spill, { recursive: true, force: true });
  };
  const pid = child.pid ?? 0;
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  try {
    await waitUntil('a ready executor', START_TIMEOUT_MS, () => log.includes('executor is ready') || ended());
    if (ended()) {
      throw new Error('it ended');
    }
  } catch (error) {
    child.kill('SIGKILL');
    forget();
    throw new Error(`the executor did not start: ${log}`, { cause: error });
  }
  return {
    pid,
    log: () => log,
    exitCode: () => child.exitCode,
    children: () => listDescendants(pid),
    signal: (name) => {
      child.kill(name);
    },
    stop: async () => {
      const children = listDescendants(pid);
      if (!ended()) {
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
        await exited;
        clearTimeout(timer);
        await allGone(children);
      }
      forget();
      if (child.exitCode !== 0) {
        throw new Error(`the executor ended with ${child.exitCode ?? child.signalCode}:\n${log}`);
      }
    },
    kill: async () => {
      const children = listDescendants(pid);
      child.kill('SIGKILL');
      await exited;
      forget();
      await allGone(children);
    },
  };
}

async function allGone(children: readonly ProcessEntry[]): Promise<void> {
  await waitUntil('the end of the executor’s processes', CHILDREN_GRACE_MS, () => !children.some((entry) => isAlive(entry)));
}
