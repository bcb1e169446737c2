import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CatalogRace } from '../catalog-database.js';
import type { LakeCore } from '../lake-core.js';
import { LakeError } from '../lake-error.js';
import type { LakeSnapshot } from '../model.js';
import { findCommitted, writeGroup, writeKnownGroup, type CommitRequest, type GroupResult, type KnownFacts, type MemberOutcome } from './write-group.js';

/** Transactions written together; more wait for the next group, so that one group's statements stay small. */
const GROUP_SIZE_MAX = 64;
/** Of the time a commit takes, how much may be waited for others to come along; and the least and the most, in milliseconds. */
const GATHER_SHARE = 0.5;
const GATHER_MS_MIN = 1;
const GATHER_MS_MAX = 5;
/** For those that have begun already at least this long is waited, in milliseconds: their work fills the time. */
const ARRIVAL_MS_MIN = 2;
/** Races with other processes in a row before giving up: with the waits below, some twenty seconds. */
const RACE_COUNT_MAX = 120;
const RACE_WAIT_MS_MAX = 200;
/** How long a commit's outcome is looked for after its connection was lost. */
const OUTCOME_WAIT_MS_MAX = 30_000;
const OUTCOME_PAUSE_MS = 250;

/**
 * All commits of one lake in this process. Those that arrive while others are being written wait and go together: one
 * COMMIT of the catalog database (one fsync) for all, a snapshot each.
 */
export class CommitQueue {
  readonly #core: LakeCore;
  readonly #waiting: Waiting[] = [];
  #isRunning = false;
  #publishedId = -1;
  #known: KnownFacts | null = null;
  /** Who may come next: those of the last group, and those who waited when it ended. */
  #expected: { readonly count: number; readonly untilMs: number } = { count: 0, untilMs: 0 };
  /** Transactions begun a moment ago that are not here yet, in the order they began; and how long the last commit took. */
  readonly #begun = new Set<Arrival>();
  #commitMs = 0;

  constructor(core: LakeCore) {
    this.#core = core;
  }

  /** To be called when a transaction begins, which may commit soon; what it gives is to be handed to `commit` or `leave`. */
  begin(): Arrival {
    const arrival = { begunMs: performance.now() };
    this.#begun.add(arrival);
    this.#forgetSlow(arrival.begunMs);
    return arrival;
  }

  /** The transaction will not come. */
  leave(arrival: Arrival): void {
    this.#begun.delete(arrival);
  }

  /** Resolves with a snapshot that holds the transaction once it is committed. Throws LakeError, or the database's error. */
  commit(arrival: Arrival, request: Omit<CommitRequest, 'uuid'>): Promise<LakeSnapshot> {
    this.leave(arrival);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request: { ...request, uuid: randomUUID() }, resolve, reject });
      if (!this.#isRunning) {
        this.#isRunning = true;
        // A turn of the event loop later, whoever commits at the same moment is in the first group too.
        setImmediate(() => void this.#run());
      }
    });
  }

  /** To be called when the catalog was changed in another way than by this queue. */
  forget(): void {
    this.#known = null;
  }

  async #run(): Promise<void> {
    do {
      await this.#gather();
      const group = this.#takeGroup();
      const startedMs = performance.now();
      await this.#commitGroup(group);
      const endedMs = performance.now();
      this.#commitMs = endedMs - startedMs;
      const limitMs = Math.min(GATHER_MS_MAX, Math.max(GATHER_MS_MIN, this.#commitMs * GATHER_SHARE));
      this.#expected = { count: group.length + this.#waiting.length, untilMs: endedMs + limitMs };
    } while (this.#waiting.length > 0);
    this.#isRunning = false;
  }

  /**
   * Waits a moment for those that have just begun, and for those whose last commit has just been answered: they are likely
   * to come, and one commit more for each of them costs far more than the moment. Nobody waits who is alone.
   */
  async #gather(): Promise<void> {
    const { count, untilMs } = this.#expected;
    const wanted = count > 1 ? Math.min(GROUP_SIZE_MAX, count) : 0;
    const lastMs = performance.now() + Math.min(GATHER_MS_MAX, Math.max(ARRIVAL_MS_MIN, this.#commitMs));
    while (this.#waiting.length < GROUP_SIZE_MAX) {
      const nowMs = performance.now();
      this.#forgetSlow(nowMs);
      const isComing = (this.#begun.size > 0 && nowMs < lastMs) || (this.#waiting.length < wanted && nowMs < untilMs);
      if (!isComing) {
        return;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Who takes longer is not waited for. */
  #forgetSlow(nowMs: number): void {
    for (const arrival of this.#begun) {
      if (nowMs - arrival.begunMs <= GATHER_MS_MAX) {
        return;
      }
      this.#begun.delete(arrival);
    }
  }

  /** Changes of definitions go alone: what follows in a group must not be planned over names that are changing. */
  #takeGroup(): readonly Waiting[] {
    const firstDefinition = this.#waiting.findIndex(({ request }) => request.difference.isDefinition);
    const count = firstDefinition === -1 ? this.#waiting.length : Math.max(1, firstDefinition);
    return this.#waiting.splice(0, Math.min(count, GROUP_SIZE_MAX));
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    let outcomes: readonly MemberOutcome[];
    const known = this.#known;
    // What a failed attempt leaves is not known.
    this.#known = null;
    try {
      const result = await commitRequests(
        this.#core,
        group.map(({ request }) => request),
        known,
      );
      outcomes = result.outcomes;
      this.#known = result.known;
    } catch (error) {
      if (group.length > 1 && !(error instanceof LakeError)) {
        // A value the database refused, say: which transaction it came from shows when each is alone.
        for (const member of group) {
          await this.#commitGroup([member]);
        }
        return;
      }
      for (const { reject } of group) {
        reject(error);
      }
      return;
    }
    const written = outcomes.filter((outcome) => outcome.kind === 'written');
    const loaded = written.length === 0 ? null : this.#publish(written);
    for (const [index, { request, resolve, reject }] of group.entries()) {
      const outcome = outcomes[index];
      if (outcome?.kind === 'written' && loaded !== null) {
        // It is committed, whatever reading it back says: then the next reader asks for the newest snapshot himself.
        loaded.then(resolve, () => resolve({ ...request.base, id: outcome.snapshotId }));
      } else {
        reject(outcome?.kind === 'failed' ? outcome.error : new Error('a commit has no outcome'));
      }
    }
  }

  /** The newest of the snapshots just written. */
  async #publish(written: readonly { readonly snapshotId: number; readonly changes: string }[]): Promise<LakeSnapshot> {
    const ids = written.map(({ snapshotId }) => snapshotId);
    const id = Math.max(...ids);
    const head = this.#known?.head;
    if (head?.snapshotId === id) {
      const advanced = this.#core.advance(
        Math.min(...ids) - 1,
        { id, schemaVersion: head.schemaVersion },
        written.map(({ changes }) => changes),
      );
      if (advanced !== null) {
        this.#publishedId = Math.max(this.#publishedId, id);
        return advanced;
      }
    }
    const snapshot = await this.#core.loadSnapshot(id);
    if (id > this.#publishedId) {
      this.#publishedId = id;
      this.#core.publish(snapshot);
    }
    return snapshot;
  }
}

/** A transaction that has begun, at a time of the process's clock. */
export interface Arrival {
  readonly begunMs: number;
}

interface Waiting {
  readonly request: CommitRequest;
  readonly resolve: (snapshot: LakeSnapshot) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes a group, again after every lost race, and finds out what became of it after a lost connection. */
async function commitRequests(core: LakeCore, requests: readonly CommitRequest[], knownFacts: KnownFacts | null): Promise<GroupResult> {
  let raceCount = 0;
  let facts = knownFacts;
  let unknownSince: number | null = null;
  for (;;) {
    const isUnknown = unknownSince !== null;
    try {
      const written = facts === null || isUnknown ? null : await writeKnownGroup(core, requests, facts);
      if (written !== null) {
        return written;
      }
      return await core.database.transaction(async (queries) => {
        const known = isUnknown
          ? await findCommitted(
              queries,
              core.database.prefix,
              requests.map(({ uuid }) => uuid),
            )
          : new Map<string, number>();
        if (known.size === 0) {
          return await writeGroup(core, queries, requests, facts);
        }
        // The lost COMMIT did take place: it was one transaction, so whoever is missing had been refused.
        return { known: null, outcomes: requests.map(({ uuid, base }) => committedOutcome(known.get(uuid), base)) };
      });
    } catch (error) {
      if (error instanceof CatalogRace) {
        raceCount += 1;
        facts = null;
        if (raceCount > RACE_COUNT_MAX) {
          throw new LakeError('conflict', 'could not serialize access: other writers were first every time', { cause: error });
        }
        await sleep(Math.random() * Math.min(RACE_WAIT_MS_MAX, 2 ** raceCount));
      } else if (error instanceof LakeError && error.code === 'unavailable' && (error.outcomeUnknown || isUnknown)) {
        // Writing once more is safe: the lost COMMIT holds the same snapshot id if it still takes place, and is looked for first.
        unknownSince ??= Date.now();
        facts = null;
        if (Date.now() - unknownSince > OUTCOME_WAIT_MS_MAX) {
          throw new LakeError('unavailable', 'the catalog database was lost during COMMIT and does not answer', { cause: error, outcomeUnknown: true });
        }
        await sleep(OUTCOME_PAUSE_MS);
      } else if (isUnknown && !(error instanceof LakeError && error.outcomeUnknown)) {
        // The lost COMMIT was neither found nor ruled out: what went wrong since does not make it certain.
        throw new LakeError('unavailable', 'the catalog database was lost during COMMIT', { cause: error, outcomeUnknown: true });
      } else {
        throw error;
      }
    }
  }
}

function committedOutcome(snapshotId: number | undefined, base: LakeSnapshot): MemberOutcome {
  return snapshotId === undefined
    ? { kind: 'failed', error: new LakeError('conflict', `could not serialize access due to concurrent update since snapshot ${base.id}`) }
    : { kind: 'written', snapshotId, changes: '' };
}

const queues = new WeakMap<LakeCore, CommitQueue>();

/** The one queue of a lake. */
export function commitQueueOf(core: LakeCore): CommitQueue {
  const queue = queues.get(core) ?? new CommitQueue(core);
  queues.set(core, queue);
  return queue;
}
