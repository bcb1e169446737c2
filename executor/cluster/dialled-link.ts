import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { mapDuckdbError } from '../errors/duckdb-error.js';
import { toWireError } from '../errors/wire-error.js';
import type { LeaseDesk } from '../pool/lease-desk.js';
import type { TaskRun } from '../pool/task-run.js';
import { cancelOnAbort } from '../pool/whole-result.js';
import { Channel } from '../protocol/channel.js';
import type { TaskSettings } from '../protocol/messages.js';
import { ALIVE_MS, isToLink, SILENCE_MS_MAX } from './link-messages.js';
import type { FromLink, TaskJob, ToLink } from './link-messages.js';

/** How long a gateway may take to answer a dial. */
const DIAL_TIMEOUT_MS = 5_000;

type TaskMessage = Extract<ToLink, { readonly kind: 'task' }>;

/** What tasks run in. */
export interface LinkPlace {
  /** This executor's id. */
  readonly executor: string;
  readonly processes: LeaseDesk;
  readonly threads: number;
}

/** What became of a claim: its task was given out and is over (whatever became of it), it was not wanted any more, or nobody answered. */
export type ClaimOutcome = 'done' | 'gone' | 'unanswered';

/**
 * The executor's end of a connection to a gateway: it claims one task at a time, runs it in a process of this executor, and
 * sends what the process says. A gateway that does not read stops the process, through both sockets.
 */
export class DialledLink {
  readonly #place: LinkPlace;
  readonly #channel: Channel<FromLink, ToLink>;
  readonly #aliveTimer: NodeJS.Timeout;
  #lastHeardMs = performance.now();
  #settle: ((outcome: ClaimOutcome) => void) | null = null;
  #abort: AbortController | null = null;
  #task = 0;
  #lost = false;

  private constructor(socket: Socket, place: LinkPlace) {
    this.#place = place;
    socket.on('data', () => {
      this.#lastHeardMs = performance.now();
    });
    this.#channel = new Channel<FromLink, ToLink>(socket, {
      accepts: isToLink,
      onMessage: (message) => this.#receive(message),
      onRows: () => this.#channel.destroy(),
      onClose: () => this.#onClose(),
    });
    this.#aliveTimer = setInterval(() => this.#beAlive(), ALIVE_MS);
    this.#aliveTimer.unref();
  }

  /** Connects to a gateway; rejects when it cannot be reached. */
  static async dial({ host, port }: Pick<TaskJob, 'host' | 'port'>, place: LinkPlace): Promise<DialledLink> {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Error(`no answer from ${host}:${port} within ${DIAL_TIMEOUT_MS} ms`));
      }, DIAL_TIMEOUT_MS);
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
    });
    return new DialledLink(socket, place);
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Claims a task and does it; resolves when its last message was sent. */
  async perform(id: string, secret: string): Promise<ClaimOutcome> {
    if (this.#lost) {
      return 'unanswered';
    }
    this.#lastHeardMs = performance.now();
    const outcome = new Promise<ClaimOutcome>((resolve) => {
      this.#settle = resolve;
    });
    this.#channel.send({ kind: 'claim', id, secret, executor: this.#place.executor });
    return await outcome;
  }

  close(): void {
    this.#channel.destroy();
  }

  #receive(message: ToLink): void {
    switch (message.kind) {
      case 'task':
        void this.#run(message);
        return;
      case 'gone':
        this.#end('gone');
        return;
      case 'cancel':
        if (message.task === this.#task) {
          this.#abort?.abort();
          this.#channel.wakeWriter();
        }
        return;
      case 'alive':
        return;
    }
  }

  async #run({ task, attempt, settings, work }: TaskMessage): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.#task = task;
    const { processes } = this.#place;
    try {
      const leased = await processes.acquire(abort.signal);
      const run = leased.run(work, this.#fit(settings), attempt);
      cancelOnAbort(run, abort.signal);
      try {
        const sendStarted = work.kind === 'stream' ? await this.#sendRows(task, run) : null;
        const end = await run.end;
        this.#channel.together(() => {
          sendStarted?.();
          this.#channel.send({ ...end, task });
        });
      } finally {
        run.cancel(null);
        await run.ended;
        processes.release(leased);
      }
    } catch (error) {
      this.#channel.send({ kind: 'failed', task, error: toWireError(mapDuckdbError(error).error), broken: false });
    }
    this.#abort = null;
    this.#end('done');
  }

  /** Sends a task's rows, the columns together with the first; when there are none gives what sends the columns. */
  async #sendRows(task: number, run: TaskRun): Promise<(() => void) | null> {
    const columns = await run.columns;
    let started = false;
    for (let batch = await run.next(); batch !== null; batch = await run.next()) {
      const { bytes, rowCount } = batch;
      let more = true;
      this.#channel.together(() => {
        if (!started) {
          started = true;
          this.#channel.send({ kind: 'started', task, columns });
        }
        more = this.#channel.sendRows(task, rowCount, bytes);
      });
      if (!more) {
        await this.#channel.drained();
      }
    }
    return started ? null : () => this.#channel.send({ kind: 'started', task, columns });
  }

  /** What a gateway asks for, as far as this executor has it. */
  #fit(settings: TaskSettings): TaskSettings {
    return {
      ...settings,
      threads: Math.min(settings.threads, this.#place.threads),
      memoryBytes: Math.min(settings.memoryBytes, this.#place.processes.share.bytes),
    };
  }

  #beAlive(): void {
    if (this.#settle === null) {
      return;
    }
    this.#channel.send({ kind: 'alive' });
    if (performance.now() - this.#lastHeardMs > SILENCE_MS_MAX) {
      this.#channel.destroy();
    }
  }

  #end(outcome: ClaimOutcome): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(outcome);
  }

  /** What runs for a gateway that is gone is stopped; it ends by itself when the process has let go. */
  #onClose(): void {
    this.#lost = true;
    clearInterval(this.#aliveTimer);
    if (this.#abort === null) {
      this.#end('unanswered');
    } else {
      this.#abort.abort();
    }
  }
}
