import { textOf } from '../text-of.js';
import type { History, Operation, Outcome, Transaction } from './history.js';
import { newRandomSource, type RandomSource } from './random-source.js';
import { BUCKET_COUNT, LIST_COUNT, REGISTER_COUNT, type HistoryPlace, type HistorySession } from './session.js';

/** What to record. */
export interface RecordOptions {
  /** Where clients work; the tables are made through the first. */
  readonly places: readonly HistoryPlace[];
  readonly clientsPerPlace: number;
  readonly durationMs: number;
  /** On a slow machine it goes on until so many transactions committed, ten times as long at most; 0 for time alone. */
  readonly committedMin?: number;
  readonly seed: number;
}

/** A history with the id of its last, all-reading transaction. */
export interface Recording {
  readonly history: History;
  readonly final: number;
  /** Errors by code with the first message of each: what the workload met, for people. */
  readonly refusals: ReadonlyMap<string, { readonly count: number; readonly first: string }>;
}

/** Objects in use at one time: few, for conflicts; the window moves on, so that lists stay short. */
const WINDOW = 5;
/** A phantom shows only to a transaction that reads one bucket twice. */
const BUCKET_WINDOW = 2;
const TRANSACTIONS_PER_WINDOW_STEP = 40;
const OPERATIONS_MAX = 5;
const INSERTED_ROWS_MAX = 4;
const VALUE_START = 10_000;

/** Lets clients run random transactions and records them all. */
export async function recordHistory(options: RecordOptions): Promise<Recording> {
  const [first] = options.places;
  if (first === undefined) {
    throw new Error('no place to record a history at');
  }
  await first.setUp();
  const recorder = new Recorder();
  const started = Date.now();
  const goesOn = (): boolean => {
    const passed = Date.now() - started;
    return passed < options.durationMs || (recorder.committed < (options.committedMin ?? 0) && passed < 10 * options.durationMs);
  };
  await Promise.all(
    options.places.flatMap((place, at) =>
      Array.from({ length: options.clientsPerPlace }, (_, index) =>
        runClient(place, recorder, newRandomSource(options.seed * 1000 + at * options.clientsPerPlace + index), goesOn),
      ),
    ),
  );
  const invoked = recorder.tick();
  const session = await first.connect();
  await session.begin();
  const operations = await session.readAll();
  await session.commit();
  await session.close();
  const final = recorder.add(recorder.newClient(), 'ok', operations, invoked);
  return { history: recorder.history, final, refusals: recorder.refusals };
}

/** The one clock, the history so far, and values never given before. */
class Recorder {
  readonly history: Transaction[] = [];
  readonly refusals: Map<string, { count: number; readonly first: string }> = new Map();
  committed = 0;
  #tick = 0;
  #value = 0;
  #client = 0;

  tick(): number {
    this.#tick += 1;
    return this.#tick;
  }

  newValue(): number {
    this.#value += 1;
    return VALUE_START + this.#value;
  }

  newClient(): number {
    this.#client += 1;
    return this.#client;
  }

  add(client: number, outcome: Outcome, operations: readonly Operation[], invoked: number): number {
    const id = this.history.length;
    this.committed += outcome === 'ok' ? 1 : 0;
    this.history.push({ id, client, outcome, operations, invoked, completed: this.tick() });
    return id;
  }

  refuse(code: string, error: unknown): void {
    const known = this.refusals.get(code);
    if (known === undefined) {
      this.refusals.set(code, { count: 1, first: textOf(error) });
    } else {
      known.count += 1;
    }
  }
}

async function runClient(place: HistoryPlace, recorder: Recorder, random: RandomSource, goesOn: () => boolean): Promise<void> {
  let session = await place.connect();
  let name = recorder.newClient();
  while (goesOn()) {
    const operations: Operation[] = [];
    const invoked = recorder.tick();
    let committing = false;
    try {
      await session.begin();
      await runOperations(session, recorder, random, operations);
      if (random.chance(0.08)) {
        await session.rollback();
        recorder.add(name, 'fail', operations, invoked);
        continue;
      }
      committing = true;
      await session.commit();
      recorder.add(name, 'ok', operations, invoked);
    } catch (error) {
      recorder.refuse(place.codeOf(error), error);
      recorder.add(name, committing && place.isOutcomeUnknown(error) ? 'unknown' : 'fail', operations, invoked);
      const goes = await session.rollback().then(
        () => true,
        () => false,
      );
      if (!goes) {
        await session.close().catch(() => undefined);
        session = await place.connect();
        name = recorder.newClient();
      }
    }
  }
  await session.close();
}

/** Writes are noted before they are sent: one that fails half-way was tried, and must not be seen. */
async function runOperations(session: HistorySession, recorder: Recorder, random: RandomSource, operations: Operation[]): Promise<void> {
  const window = Math.floor(recorder.history.length / TRANSACTIONS_PER_WINDOW_STEP);
  const count = 1 + random.below(OPERATIONS_MAX);
  for (let index = 0; index < count; index += 1) {
    const list = (window + random.below(WINDOW)) % LIST_COUNT;
    const register = (window + random.below(WINDOW)) % REGISTER_COUNT;
    const bucket = (window + random.below(BUCKET_WINDOW)) % BUCKET_COUNT;
    const value = recorder.newValue();
    switch (random.below(8)) {
      case 0:
        operations.push({ kind: 'append', list, value });
        await session.append(list, value);
        break;
      case 1: {
        const values = await session.readList(list);
        operations.push({ kind: 'read_list', list, values }, { kind: 'append', list, value });
        await session.overwriteList(list, values, value);
        break;
      }
      case 2:
        operations.push({ kind: 'read_list', list, values: await session.readList(list) });
        break;
      case 3: {
        const read = await session.readRegister(register);
        const version = read.version + 1;
        operations.push({ kind: 'read_register', register, ...read }, { kind: 'write_register', register, version, value });
        await session.writeRegister(register, version, value);
        break;
      }
      case 4:
        operations.push({ kind: 'read_register', register, ...(await session.readRegister(register)) });
        break;
      case 5: {
        const values = Array.from({ length: 1 + random.below(INSERTED_ROWS_MAX) }, () => recorder.newValue());
        operations.push({ kind: 'insert', bucket, values });
        await session.insertRows(bucket, values);
        break;
      }
      case 6:
        operations.push({ kind: 'read_bucket', bucket, values: await session.readBucket(bucket) });
        break;
      case 7:
        operations.push({ kind: 'count_bucket', bucket, count: await session.countBucket(bucket) });
        break;
    }
  }
}
