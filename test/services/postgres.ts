import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findFreePort } from './free-port.js';

/** A PostgreSQL 15 of the tests' own: trust authentication, UTF8, C collation, UTC, empty but for `postgres`. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Its data directory; server-side COPY reads any path the server's user may read. */
  readonly directory: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Debian's place for the binaries; PATH does not hold them. */
const BINARY_DIRECTORY = '/usr/lib/postgresql/15/bin';
const START_TIMEOUT_MS = 20_000;
/** Three tries: between finding a free port and binding it another process may take it. */
const START_ATTEMPTS = 3;

let shared: Promise<PostgresServer> | null = null;

/** True when PostgreSQL 15 is installed where Debian puts it. */
export function isPostgresInstalled(): boolean {
  return existsSync(join(BINARY_DIRECTORY, 'postgres'));
}

/**
 * The PostgreSQL shared by all suites of this process: started on the first call, ended with the process. `stop` on it
 * does nothing, so that one suite cannot end another's server.
 */
export function startPostgres(): Promise<PostgresServer> {
  shared ??= startOwnPostgres().then((server) => ({ ...server, stop: () => Promise.resolve() }));
  return shared;
}

/**
 * A PostgreSQL for the caller alone, with its own settings (`name=value`). The caller stops it. `syncMs`: each fsync takes that
 * much longer (milliseconds), as on a disk that really waits for its medium; Debian's strace delays the call.
 */
export async function startOwnPostgres(settings: readonly string[] = [], { syncMs }: { readonly syncMs?: number } = {}): Promise<PostgresServer> {
  if (!isPostgresInstalled()) {
    throw new Error(`PostgreSQL 15 is not installed in ${BINARY_DIRECTORY}: apt-get install postgresql-15`);
  }
  const owner = findServerUser();
  const directory = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
  if (owner !== null) {
    chownSync(directory, owner.uid, owner.gid);
  }
  const data = join(directory, 'data');
  const identity = owner ?? {};
  execFileSync(join(BINARY_DIRECTORY, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], {
    ...identity,
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let lastError: unknown = null;
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    try {
      return await launch(directory, data, identity, { settings, syncMs: syncMs ?? 0 });
    } catch (error) {
      lastError = error;
    }
  }
  rmSync(directory, { recursive: true, force: true });
  throw new Error('PostgreSQL did not start', { cause: lastError });
}

async function launch(
  directory: string,
  data: string,
  identity: { readonly uid?: number; readonly gid?: number },
  { settings, syncMs }: { readonly settings: readonly string[]; readonly syncMs: number },
): Promise<PostgresServer> {
  const port = await findFreePort();
  const all = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'TimeZone=UTC',
    'log_timezone=UTC',
    'max_connections=200',
    'shared_buffers=256MB',
    ...settings,
  ];
  const server = [join(BINARY_DIRECTORY, 'postgres'), '-D', data, '-p', String(port), ...all.flatMap((setting) => ['-c', setting])];
  // With -D the tracer is the child of what it traces, so the server's process id stays what is waited for and ended.
  const slowed = [
    'strace',
    '-D',
    '-f',
    '--seccomp-bpf',
    '-o',
    '/dev/null',
    '-e',
    'trace=fsync,fdatasync',
    '-e',
    `inject=fsync,fdatasync:delay_exit=${syncMs * 1000}`,
  ];
  const [program = '', ...programArguments] = syncMs === 0 ? server : [...slowed, ...server];
  const child = spawn(program, programArguments, {
    ...identity,
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (piece: Buffer) => {
    log = (log + piece.toString()).slice(-10_000);
  });
  const pid = child.pid;
  if (pid === undefined) {
    throw new Error('postgres could not be spawned');
  }
  const endAtExit = (): void => {
    endNow(child, directory);
  };
  process.once('exit', endAtExit);
  try {
    await waitUntilReady(port, child, () => log);
  } catch (error) {
    process.removeListener('exit', endAtExit);
    child.kill('SIGQUIT');
    throw error;
  }
  // The server must not keep a finished test process alive.
  child.unref();
  child.stderr.on('error', () => child.stderr.destroy());
  if ('unref' in child.stderr && typeof child.stderr.unref === 'function') {
    child.stderr.unref();
  }
  return {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    directory,
    pid,
    stop: async () => {
      process.removeListener('exit', endAtExit);
      await endGracefully(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(port: number, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null) {
      throw new Error(`postgres ended with code ${child.exitCode}:\n${log()}`);
    }
    const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw new Error(`postgres does not accept connections:\n${log()}`, { cause: error });
      }
      await sleep(30);
    }
  }
}

function endGracefully(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.ref();
    child.kill('SIGINT');
  });
}

/** In an exit handler nothing may be awaited: an immediate shutdown, waited for by looking. */
function endNow(child: ChildProcess, directory: string): void {
  child.kill('SIGQUIT');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waits = 0; waits < 300 && existsSync(join(directory, 'data', 'postmaster.pid')); waits += 1) {
    Atomics.wait(pause, 0, 0, 10);
  }
  rmSync(directory, { recursive: true, force: true });
}

/** postgres refuses to run as root: then Debian's own user for it is taken. Null when this process is not root. */
function findServerUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) {
    return null;
  }
  for (const name of ['postgres', 'nobody']) {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${name}:`));
    const fields = line?.split(':');
    if (fields !== undefined) {
      return { uid: Number(fields[2]), gid: Number(fields[3]) };
    }
  }
  throw new Error('running as root and found no other user to run PostgreSQL as');
}
