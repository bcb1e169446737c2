import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findFreePort } from '../../services/free-port.js';
import { listDescendants, readProcess } from '../../services/process-tree.js';
import { startOwnPostgres } from '../../services/postgres.js';

const BINARY = '/usr/lib/postgresql/15/bin/postgres';
const ANSWER_TIMEOUT_MS = 60_000;
/** Files of a killed server are its own: nothing is synced, for only processes die here, not the machine. */
const SETTINGS = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=100', 'shared_buffers=64MB', 'timezone=UTC'];

/** A PostgreSQL that is killed and started again on the same directory and port. */
export class RestartablePostgres {
  readonly url: string;
  readonly #port: number;
  readonly #directory: string;
  readonly #identity: { readonly uid: number; readonly gid: number };
  #child: ChildProcess;
  #killedBackend: number | null = null;
  #isKilled = false;
  readonly #endAtExit = (): void => {
    this.kill();
  };

  private constructor(port: number, directory: string) {
    this.#port = port;
    this.#directory = directory;
    const { uid, gid } = statSync(join(directory, 'data'));
    this.#identity = { uid, gid };
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    this.#child = this.#spawn();
    process.once('exit', this.#endAtExit);
  }

  /** A cluster of its own, taken from one that the tests' service made. */
  static async start(): Promise<RestartablePostgres> {
    const made = await startOwnPostgres();
    const directory = mkdtempSync(join(tmpdir(), 'sluice-crash-postgres-'));
    const { uid, gid } = statSync(join(made.directory, 'data'));
    chownSync(directory, uid, gid);
    process.kill(made.pid, 'SIGINT');
    await whenGone(made.pid);
    execFileSync('cp', ['-a', join(made.directory, 'data'), directory]);
    await made.stop();
    const server = new RestartablePostgres(await findFreePort(), directory);
    await server.#answers();
    return server;
  }

  /** SIGKILL of the postmaster; what it left ends by itself. */
  kill(): boolean {
    this.#isKilled = this.#child.exitCode === null && this.#child.signalCode === null && this.#child.kill('SIGKILL');
    return this.#isKilled;
  }

  /** SIGKILL of a process that serves a client; the server then ends all others and recovers. */
  killBackend(): boolean {
    const backend = listDescendants(this.#child.pid ?? 0).find((entry) => /127\.0\.0\.1\(\d+\)/.test(entry.command));
    this.#killedBackend = backend?.pid ?? null;
    return backend !== undefined && process.kill(backend.pid, 'SIGKILL');
  }

  async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Starts it when it does not run, and waits until it answers. */
  async recover(): Promise<void> {
    // Until the server has taken notice of the death it lets clients in, to throw them out a moment later.
    while (this.#killedBackend !== null && readProcess(this.#killedBackend) !== null) {
      await sleep(5);
    }
    this.#killedBackend = null;
    // A killed server may answer once more before it is gone.
    while (this.#isKilled && this.#child.exitCode === null && this.#child.signalCode === null) {
      await sleep(5);
    }
    this.#isKilled = false;
    await this.#answers();
  }

  async stop(): Promise<void> {
    process.removeListener('exit', this.#endAtExit);
    if (this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGINT');
      await whenGone(this.#child.pid);
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #spawn(): ChildProcess {
    const child = spawn(BINARY, ['-D', join(this.#directory, 'data'), '-p', String(this.#port), ...SETTINGS.flatMap((setting) => ['-c', setting])], {
      ...(process.getuid?.() === 0 ? this.#identity : {}),
      cwd: this.#directory,
      stdio: 'ignore',
    });
    child.unref();
    return child;
  }

  /** The killed server's children may hold its memory for a moment: then the new one gives up, and is started again. */
  async #answers(): Promise<void> {
    const deadline = Date.now() + ANSWER_TIMEOUT_MS;
    for (;;) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        this.#child = this.#spawn();
      }
      try {
        const client = await this.connect();
        await client.query('SELECT 1');
        await client.end();
        return;
      } catch (error) {
        if (Date.now() > deadline) {
          throw new Error('PostgreSQL does not come back', { cause: error });
        }
        await sleep(50);
      }
    }
  }
}

async function whenGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(20);
  }
}
