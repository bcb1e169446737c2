import { spawn, type ChildProcess } from 'node:child_process';
import { type Dirent, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { isAlive, listDescendants, type ProcessEntry } from './process-tree.js';

/** How to start Sluice; what is left out is the small default a test wants. */
export interface SluiceOptions {
  readonly data: string;
  /** Its state directory; one in the OS temp directory, removed at stop, when absent. */
  readonly state?: string;
  readonly executors?: number;
  readonly threads?: number;
  readonly memory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The program in place of Sluice's own command line; it is given the same arguments. */
  readonly program?: string;
  /** Arguments of node itself, before the program. */
  readonly nodeArguments?: readonly string[];
  /** True: with the console, on a free port. */
  readonly http?: boolean;
  /** Folder of its query history; none when absent. */
  readonly history?: string;
  /** Further command line arguments, as they are. */
  readonly extra?: readonly string[];
}

/** A running `sluice serve`. */
export interface SluiceServer {
  readonly host: string;
  readonly port: number;
  /** Where its console is; empty without one. */
  readonly consoleUrl: string;
  readonly user: string;
  readonly database: string;
  readonly pid: number;
  readonly state: string;
  /** Everything it printed so far, standard output and standard error as they came. */
  readonly log: () => string;
  /** A connected npm pg client, of this user; the caller ends it. */
  connect(user?: string): Promise<Client>;
  /** Its living child processes. */
  children(): ProcessEntry[];
  /** Files in its shuffle and staging directories at this moment. */
  leftovers(): string[];
  /** SIGTERM; asserts that it ends in time with code 0, and that no process and no shuffle or staging file is left. */
  stop(): Promise<void>;
  /** Ends it at once, asserting nothing. */
  kill(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
/** A graceful end drains open queries for a while; beyond this bound it is taken for hanging. */
const STOP_TIMEOUT_MS = 15_000;
/** Children end when their socket closes, a moment after the gateway. */
const CHILDREN_GRACE_MS = 3_000;
const MAIN = fileURLToPath(new URL('../../gateway/cli/main.js', import.meta.url));

/** Starts Sluice through its CLI and resolves when it says that it listens. */
export async function startSluice(options: SluiceOptions): Promise<SluiceServer> {
  if (!existsSync(MAIN)) {
    throw new Error(`${MAIN} is missing: build first`);
  }
  const ownState = options.state === undefined;
  const state = options.state ?? mkdtempSync(join(tmpdir(), 'sluice-state-'));
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeArguments ?? []),
      options.program ?? MAIN,
      'serve',
      '--data',
      options.data,
      '--port',
      '0',
      '--state',
      state,
      '--spill',
      join(state, 'spill'),
      '--executors',
      String(options.executors ?? 1),
      '--threads',
      String(options.threads ?? 2),
      '--memory',
      options.memory ?? '2GB',
      '--http-port',
      options.http === true ? '0' : 'off',
      '--history',
      options.history ?? 'off',
      ...(options.extra ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...ownEnvironment(), ...options.environment } },
  );
  let log = '';
  const remember = (piece: Buffer): void => {
    log = (log + piece.toString()).slice(-1_000_000);
  };
  child.stdout.on('data', remember);
  child.stderr.on('data', remember);
  const killAtExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killAtExit);

  let port: number;
  try {
    port = await waitForPort(child, () => log);
  } catch (error) {
    killAtExit();
    process.removeListener('exit', killAtExit);
    if (ownState) {
      rmSync(state, { recursive: true, force: true });
    }
    throw error;
  }
  const pid = child.pid ?? 0;
  const removeState = (): void => {
    process.removeListener('exit', killAtExit);
    if (ownState) {
      rmSync(state, { recursive: true, force: true });
    }
  };
  const server: SluiceServer = {
    host: '127.0.0.1',
    port,
    consoleUrl: options.http === true ? await waitForConsole(() => log) : '',
    user: 'sluice',
    database: 'sluice',
    pid,
    state,
    log: () => log,
    connect: async (user = 'sluice') => {
      const client = new Client({ host: '127.0.0.1', port, user, database: 'sluice' });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    children: () => listDescendants(pid),
    // Stubs of tables are kept while it runs: planning needs no file made twice.
    leftovers: () => listLeftovers(state, options.data).filter((path) => !path.includes('/stubs/')),
    stop: async () => {
      try {
        const children = listDescendants(pid);
        await endWithin(child, 'SIGTERM', STOP_TIMEOUT_MS, () => log);
        await assertAllGone(children);
        const left = listLeftovers(state, options.data);
        if (left.length > 0) {
          throw new Error(`sluice left files behind: ${left.join(', ')}`);
        }
        if (child.exitCode !== 0) {
          throw new Error(`sluice ended with ${child.exitCode ?? child.signalCode}:\n${log.slice(-3000)}`);
        }
      } finally {
        removeState();
      }
    },
    kill: async () => {
      await endWithin(child, 'SIGKILL', STOP_TIMEOUT_MS, () => log);
      removeState();
    },
  };
  return server;
}

/** Without the suites' own variables: Sluice takes every SLUICE_ variable for one of its options. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));
}

/** Waits until a condition holds, looking often; fails with the message when it does not in time. */
export async function waitUntil(what: string, timeoutMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    }
    await sleep(20);
  }
}

function waitForPort(child: ChildProcess, log: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearInterval(timer);
      reject(new Error(`sluice did not start (${why}):\n${log().slice(-3000)}`));
    };
    const deadline = Date.now() + START_TIMEOUT_MS;
    const timer = setInterval(() => {
      const line = /^sluice listens on [^\s:]+:(\d+)/m.exec(log());
      if (line !== null) {
        clearInterval(timer);
        resolve(Number(line[1]));
      } else if (child.exitCode !== null || child.signalCode !== null) {
        fail(`ended with ${child.exitCode ?? child.signalCode}`);
      } else if (Date.now() > deadline) {
        fail(`no line in ${START_TIMEOUT_MS} ms`);
      }
    }, 10);
  });
}

/** The line of the console follows that of the port. */
async function waitForConsole(log: () => string): Promise<string> {
  const find = (): string | undefined => /^ {2}console: (\S+)\/$/m.exec(log())?.[1];
  await waitUntil('the line of the console', START_TIMEOUT_MS, () => find() !== undefined);
  return find() ?? '';
}

async function endWithin(child: ChildProcess, signal: NodeJS.Signals, timeoutMs: number, log: () => string): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  await ended;
  clearTimeout(timer);
  if (signal !== 'SIGKILL' && child.signalCode === 'SIGKILL') {
    throw new Error(`sluice did not end within ${timeoutMs} ms of ${signal}:\n${log().slice(-3000)}`);
  }
}

async function assertAllGone(children: readonly ProcessEntry[]): Promise<void> {
  const deadline = Date.now() + CHILDREN_GRACE_MS;
  for (;;) {
    const alive = children.filter((entry) => isAlive(entry));
    if (alive.length === 0) {
      return;
    }
    if (Date.now() > deadline) {
      for (const entry of alive) {
        process.kill(entry.pid, 'SIGKILL');
      }
      throw new Error(`sluice left processes behind: ${alive.map((entry) => `${entry.pid} ${entry.command}`).join('; ')}`);
    }
    await sleep(20);
  }
}

/** What a server remembers of its catalog: it ends with the server. */
const CATALOG_CACHE = /^temporary\/[^/]+\/lake\//;

/** Files below a shuffle, staging or spill directory of the state directory, and hidden work files in the data directory. */
function listLeftovers(state: string, data: string): string[] {
  const inState = listFiles(state).filter((path) => /(^|\/)\.?(shuffle|staging|spill|tmp|temp)[^/]*\//.test(path) && !CATALOG_CACHE.test(path));
  // Stored tables stay: their files, and what the data directory remembers of their catalog.
  const inData = listFiles(data).filter((path) => /(^|\/)[._][^/]*\//.test(path) && !/^\.sluice-tables\/|^\.sluice\/lake\.json$/.test(path));
  return [...inState, ...inData];
}

function listFiles(directory: string): string[] {
  if (!existsSync(directory)) {
    return [];
  }
  return walk(directory)
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

/** A living server removes directories while they are listed: then the listing is begun again. */
function walk(directory: string): readonly Dirent[] {
  for (;;) {
    try {
      return readdirSync(directory, { recursive: true, withFileTypes: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT' && existsSync(directory))) {
        throw error;
      }
    }
  }
}
