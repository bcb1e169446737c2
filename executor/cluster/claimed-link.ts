import type { Socket } from 'node:net';
import { crashError } from '../pool/executor-process.js';
import type { TaskRun } from '../pool/task-run.js';
import { Channel } from '../protocol/channel.js';
import { FRAME_BYTES_MAX } from '../protocol/frame.js';
import { ALIVE_MS, isFromLink, SILENCE_MS_MAX } from './link-messages.js';
import type { FromLink, ToLink } from './link-messages.js';

/** Longest frame of a peer that has not shown a secret yet. */
const UNKNOWN_FRAME_BYTES_MAX = 4096;

/** How long a peer may take to show one. */
const CLAIM_TIMEOUT_MS = 10_000;

/** What a link does for its gateway. */
export interface LinkHost {
  /** The task a claim is for; null when there is none (any more), undefined when the secret is wrong. */
  claim(link: ClaimedLink, claim: Extract<FromLink, { readonly kind: 'claim' }>): ClaimedTask | null | undefined;
  /** The link is gone. */
  closed(link: ClaimedLink): void;
}

/** A task that a link was given. */
export interface ClaimedTask {
  readonly run: TaskRun;
  readonly message: Extract<ToLink, { readonly kind: 'task' }>;
}

/**
 * The gateway's end of a connection that an executor dialled: it carries one task at a time.
 *
 *   unknown --claim with its secret--> busy --last message--> idle --claim--> busy
 *      \_______________________________/________________________/ closed, silent: gone, and the task with it
 */
export class ClaimedLink {
  readonly #host: LinkHost;
  readonly #channel: Channel<ToLink, FromLink>;
  readonly #claimTimer: NodeJS.Timeout;
  #run: TaskRun | null = null;
  #executor: string | null = null;
  #lastHeardMs = performance.now();
  #paused = false;
  #aliveTimer: NodeJS.Timeout | null = null;

  constructor(socket: Socket, host: LinkHost) {
    this.#host = host;
    socket.on('data', () => {
      this.#lastHeardMs = performance.now();
    });
    this.#channel = new Channel<ToLink, FromLink>(socket, {
      accepts: isFromLink,
      onMessage: (message) => this.#receive(message),
      onRows: (frame) => this.#run?.addRows(frame),
      onClose: () => this.#onClose(),
    });
    this.#channel.limitFrames(UNKNOWN_FRAME_BYTES_MAX);
    this.#claimTimer = setTimeout(() => this.#channel.destroy(), CLAIM_TIMEOUT_MS);
  }

  /** Id of the executor at the other end; null while it is unknown. */
  get executor(): string | null {
    return this.#executor;
  }

  /** Tells the executor to stop the task. */
  cancel(task: number): void {
    this.#channel.send({ kind: 'cancel', task });
  }

  /** Ends the link, and with it the task: the executor stops what has no gateway any more. */
  destroy(): void {
    this.#channel.destroy();
  }

  pause(): void {
    this.#paused = true;
    this.#channel.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#lastHeardMs = performance.now();
    this.#channel.resume();
  }

  #receive(message: FromLink): void {
    switch (message.kind) {
      case 'claim':
        this.#onClaim(message);
        return;
      case 'alive':
        return;
      case 'started':
        this.#run?.start(message.columns);
        return;
      case 'streamed':
      case 'collected':
      case 'described':
      case 'failed':
        if (this.#run?.task === message.task) {
          const run = this.#run;
          this.#endTask();
          // Flow control of the task that ended must not hold up the next one.
          this.resume();
          run.finish(message);
        }
        return;
    }
  }

  #onClaim(claim: Extract<FromLink, { readonly kind: 'claim' }>): void {
    const task = this.#run === null ? this.#host.claim(this, claim) : undefined;
    if (task === undefined) {
      this.#channel.destroy();
      return;
    }
    if (task === null) {
      this.#channel.send({ kind: 'gone', id: claim.id });
      return;
    }
    clearTimeout(this.#claimTimer);
    this.#channel.limitFrames(FRAME_BYTES_MAX);
    this.#executor = claim.executor;
    this.#run = task.run;
    task.run.placed(claim.executor);
    this.#aliveTimer = setInterval(() => this.#beAlive(), ALIVE_MS);
    this.#channel.send(task.message);
  }

  /** A reader that does not take rows keeps the link unread: then its silence says nothing. */
  #beAlive(): void {
    this.#channel.send({ kind: 'alive' });
    if (!this.#paused && performance.now() - this.#lastHeardMs > SILENCE_MS_MAX) {
      this.#channel.destroy();
    }
  }

  #endTask(): void {
    this.#run = null;
    if (this.#aliveTimer !== null) {
      clearInterval(this.#aliveTimer);
    }
  }

  #onClose(): void {
    clearTimeout(this.#claimTimer);
    const run = this.#run;
    this.#endTask();
    this.#host.closed(this);
    run?.fail(crashError(`The cluster lost the executor ${this.#executor ?? ''}.`));
  }
}
