import { DatabaseError, type Client } from 'pg';
import { textOf } from '../text-of.js';

/** `done`: acknowledged; `refused`: surely not done; `unknown`: the answer was lost, or said so. */
export type Outcome = 'done' | 'refused' | 'unknown';

/** Errors that leave open whether a commit took place: statement_completion_unknown, transaction_resolution_unknown, connection_failure. */
const UNKNOWN_OUTCOMES: ReadonlySet<string> = new Set(['40003', '08007']);
const RECONNECT_PAUSE_MS = 50;
const RECONNECT_TIMEOUT_MS = 60_000;

/** What all sessions share: which work is under way, and whether new work may begin. */
export class WorkGate {
  /** Transactions sent and not answered. */
  inFlight = 0;
  /** Answers by what was wrong with them, with an example of each. */
  readonly refusals: Map<string, { count: number; readonly example: string }> = new Map();
  readonly outcomes: Record<Outcome, number> = { done: 0, refused: 0, unknown: 0 };
  #opened: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  /** Nothing new begins until `open`. */
  close(): void {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }

  async passed(): Promise<void> {
    await this.#opened;
  }

  count(outcome: Outcome, sql: string, error: unknown): Outcome {
    this.outcomes[outcome] += 1;
    if (error !== null) {
      const code = error instanceof DatabaseError ? (error.code ?? 'none') : 'connection';
      const known = this.refusals.get(code);
      if (known === undefined) {
        this.refusals.set(code, { count: 1, example: `${textOf(error)} (${sql.slice(0, 120)})` });
      } else {
        known.count += 1;
      }
    }
    return outcome;
  }
}

/** A connection that comes back after each crash, and says of each transaction what became of it. */
export class WorkSession {
  readonly #connect: () => Promise<Client>;
  readonly #gate: WorkGate;
  #client: Client | null = null;

  constructor(connect: () => Promise<Client>, gate: WorkGate) {
    this.#connect = connect;
    this.#gate = gate;
  }

  /** Runs statements as one transaction; one statement alone goes without BEGIN. */
  async transact(statements: readonly string[]): Promise<Outcome> {
    await this.#gate.passed();
    const client = await this.#connected();
    await this.#gate.passed();
    const sent = statements.length === 1 ? statements : ['BEGIN', ...statements, 'COMMIT'];
    this.#gate.inFlight += 1;
    let at = 0;
    try {
      for (; at < sent.length; at += 1) {
        await client.query(sent[at] ?? '');
      }
      return this.#gate.count('done', '', null);
    } catch (error) {
      const isLost = !(error instanceof DatabaseError) || error.severity === 'FATAL' || error.severity === 'PANIC';
      // Before COMMIT was sent nothing can have been committed.
      const isUnknown = at === sent.length - 1 && (isLost || UNKNOWN_OUTCOMES.has(error.code ?? ''));
      await this.#recover(client, isLost, sent.length > 1);
      return this.#gate.count(isUnknown ? 'unknown' : 'refused', sent[at] ?? '', error);
    } finally {
      this.#gate.inFlight -= 1;
    }
  }

  async end(): Promise<void> {
    await this.#client?.end().catch(() => undefined);
    this.#client = null;
  }

  async #recover(client: Client, isLost: boolean, inBlock: boolean): Promise<void> {
    if (isLost) {
      this.#client = null;
      // Its answer, if any comes, is not worth waiting for.
      client.end().catch(() => undefined);
    } else if (inBlock) {
      await client.query('ROLLBACK').catch(() => {
        this.#client = null;
      });
    }
  }

  async #connected(): Promise<Client> {
    const deadline = Date.now() + RECONNECT_TIMEOUT_MS;
    while (this.#client === null) {
      try {
        this.#client = await this.#connect();
      } catch (error) {
        if (Date.now() > deadline) {
          throw new Error(`no connection in ${RECONNECT_TIMEOUT_MS} ms`, { cause: error });
        }
        await new Promise((resolve) => {
          setTimeout(resolve, RECONNECT_PAUSE_MS);
        });
      }
    }
    return this.#client;
  }
}
