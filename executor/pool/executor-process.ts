import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { Channel } from '../protocol/channel.js';
import { PROTOCOL_VERSION, isFromExecutor } from '../protocol/messages.js';
import type { FromExecutor, InstanceOptions, TaskLastMessage, TaskSettings, TaskWork, ToExecutor } from '../protocol/messages.js';
import { PreludeMemory } from './prelude-memory.js';
import { TaskRun } from './task-run.js';

/** How long a fresh process may take to open its DuckDB; a loaded machine needs about a second. */
const START_TIMEOUT_MS = 60_000;

/** Size of the last of stderr that is kept to explain a crash. */
const STDERR_BYTES_MAX = 4096;

const CHILD_MAIN = fileURLToPath(new URL('../child/main.js', import.meta.url));

/** The process is gone; the statement it was running is lost with it. */
export function crashError(detail: string): SqlError {
  return new SqlError(SQLSTATE.crash_shutdown, 'the executor process ended while running this statement', {
    detail,
    hint: 'Other statements are not affected; the next one runs in a fresh process.',
  });
}

/**
 * A child process with a DuckDB of its own, seen from the gateway.
 *
 *   starting --hello--> idle --run--> busy --task's last message--> idle
 *        \________________\___________/ exit, kill, broken: gone (for good)
 */
export class ExecutorProcess {
  readonly #child: ChildProcess;
  readonly #channel: Channel<ToExecutor, FromExecutor>;
  readonly #instance: InstanceOptions;
  readonly #preludes = new PreludeMemory();
  readonly #exited: Promise<void>;
  #run: TaskRun | null = null;
  #nextTask = 1;
  #stderr = '';
  #gone = false;
  #hello: { readonly resolve: () => void; readonly reject: (error: Error) => void } | null = null;
  /** Called once when the process can no longer be used. */
  onGone: (() => void) | null = null;

  private constructor(instance: InstanceOptions, ioThreads: number) {
    this.#instance = instance;
    this.#child = spawn(process.execPath, [CHILD_MAIN], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: childEnvironment(ioThreads),
    });
    const socket = this.#child.stdio[3];
    assert(socket instanceof Duplex, 'the child was started without its socket');
    this.#exited = once(this.#child, 'exit').then(() => this.#onExit());
    this.#child.on('error', (error) => this.#lose(`the process could not be started: ${error.message}`));
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_BYTES_MAX);
    });
    this.#channel = new Channel<ToExecutor, FromExecutor>(socket, {
      accepts: isFromExecutor,
      onMessage: (message) => this.#receive(message),
      onRows: (frame) => this.#run?.addRows(frame),
      onClose: (error) => this.#onClose(error),
    });
  }

  /** Starts a process and waits until its DuckDB is open. */
  static async start(instance: InstanceOptions): Promise<ExecutorProcess> {
    // A task keeps at most two threads of libuv's pool busy (a fetch, and a setting changed meanwhile).
    const started = new ExecutorProcess(instance, 4);
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        started.#hello = { resolve, reject };
        timer = setTimeout(() => reject(new Error(`no hello within ${START_TIMEOUT_MS} ms`)), START_TIMEOUT_MS);
        started.#channel.send({ kind: 'configure', protocol: PROTOCOL_VERSION, instance });
      });
    } catch (cause) {
      started.kill();
      await started.#exited;
      throw new Error(`an executor process did not start: ${cause instanceof Error ? cause.message : String(cause)} ${started.#stderr}`.trim(), { cause });
    } finally {
      clearTimeout(timer);
      started.#hello = null;
    }
    return started;
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  get gone(): boolean {
    return this.#gone;
  }

  get busy(): boolean {
    return this.#run !== null;
  }

  /** Starts a task; the process must be idle. */
  run(work: TaskWork, settings: TaskSettings, attempt = 1): TaskRun {
    assert(this.#run === null, 'a process runs one task at a time');
    const task = this.#nextTask++;
    const run = new TaskRun(task, {
      cancel: () => this.#channel.send({ kind: 'cancel', task }),
      kill: () => this.kill(),
      pause: () => this.#channel.pause(),
      resume: () => this.#channel.resume(),
    });
    if (this.#gone) {
      run.fail(crashError('The process ended before the statement reached it.'));
      return run;
    }
    this.#run = run;
    run.placed(`process ${this.#child.pid ?? 0}`);
    this.#channel.send({ kind: 'task', task, attempt, settings, work: this.#preludes.strip(work) });
    return run;
  }

  /** Changes the memory limit, also under a running task. */
  resize(memoryBytes: number): void {
    this.#channel.send({ kind: 'resize', memoryBytes });
  }

  /** Ends the process at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends the process and waits until it is gone and its spilled files are removed. */
  async close(): Promise<void> {
    this.#channel.destroy();
    const timer = setTimeout(() => this.kill(), CLOSE_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #receive(message: FromExecutor): void {
    switch (message.kind) {
      case 'hello':
        this.#hello?.resolve();
        return;
      case 'refused':
        this.#hello?.reject(new Error(message.reason));
        return;
      case 'started':
        this.#run?.start(message.columns);
        return;
      case 'streamed':
      case 'collected':
      case 'described':
      case 'failed':
        this.#finish(message);
        return;
    }
  }

  #finish(message: TaskLastMessage): void {
    const run = this.#run;
    if (run === null || run.task !== message.task) {
      return;
    }
    this.#run = null;
    this.#preludes.finished(message.kind !== 'failed');
    // Flow control of the task that ended must not hold up the next one.
    this.#channel.resume();
    if (message.kind === 'failed' && message.broken) {
      this.#markGone();
      this.kill();
    }
    run.finish(message);
  }

  #onClose(error: Error | null): void {
    // The exit status follows within moments and explains more; a process that lives on without its socket is killed.
    if (error !== null) {
      this.#stderr += ` ${error.message}`;
    }
    if (!this.#gone) {
      setTimeout(() => this.kill(), CLOSE_TIMEOUT_MS).unref();
    }
  }

  #onExit(): void {
    const { exitCode, signalCode } = this.#child;
    this.#channel.destroy();
    rmSync(this.#instance.spillDirectory, { recursive: true, force: true });
    this.#lose(signalCode === null ? `It exited with code ${exitCode}.` : `It was ended by signal ${signalCode}.`);
  }

  #lose(detail: string): void {
    const run = this.#run;
    this.#run = null;
    this.#markGone();
    this.#hello?.reject(new Error(detail));
    run?.fail(crashError(this.#stderr.trim() === '' ? detail : `${detail} ${this.#stderr.trim()}`));
  }

  #markGone(): void {
    if (!this.#gone) {
      this.#gone = true;
      this.onGone?.();
    }
  }
}

/** A process whose socket is closed ends by itself within milliseconds; one that does not is stuck. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Only what Node and DuckDB need: the gateway's own environment may hold secrets, and SQL can read variables. */
function childEnvironment(ioThreads: number): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { UV_THREADPOOL_SIZE: String(ioThreads), TZ: 'UTC' };
  for (const name of ['PATH', 'LD_LIBRARY_PATH', 'NODE_V8_COVERAGE', 'NODE_OPTIONS', 'SystemRoot']) {
    const value = process.env[name];
    if (value !== undefined) {
      environment[name] = value;
    }
  }
  return environment;
}
