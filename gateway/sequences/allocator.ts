import type { CounterState } from '../../fs/lake/counters.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { SequenceDefinition } from './definition.js';
import { CountersWithTemporary } from './temporary-counters.js';

/** Where counters are kept: the lake. */
export interface CounterStore {
  /** True when no other process counts: values may then be taken in blocks without anybody seeing them out of order. */
  readonly isExclusive: boolean;
  changeCounter(id: string, initial: CounterState, change: (state: CounterState) => CounterState): Promise<CounterState>;
  readCounter(id: string): Promise<CounterState | null>;
}

/** Values taken at once from a catalog of this process alone, as many as PostgreSQL logs ahead: a crash loses no more of them. */
const BLOCK_COUNT = 32n;

/** Values taken from the catalog and not given out yet. */
interface Block {
  readonly next: bigint;
  readonly count: bigint;
  /** The definition they were taken by. */
  readonly definition: SequenceDefinition;
}

/** A run of values: the first one, and how many there are, one increment apart. */
export interface SequenceRange {
  readonly first: bigint;
  readonly count: bigint;
}

/** Gives out values of sequences to all sessions of this process. */
export class SequenceAllocator {
  readonly #store: CountersWithTemporary;
  readonly #blocks = new Map<string, Block>();
  /** The last call for each counter: calls for one run one after another. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(store: CounterStore) {
    this.#store = new CountersWithTemporary(store);
  }

  /** Forgets counters of temporary sequences that are gone. */
  forget(counters: readonly string[]): void {
    for (const counter of counters) {
      this.#blocks.delete(counter);
      this.#store.forget(counter);
    }
  }

  /** The next `count` values, without a gap between them. 2200H when the sequence has not as many left. */
  take(name: string, definition: SequenceDefinition, count = 1n): Promise<SequenceRange> {
    return this.#inTurn(definition.counter, async () => {
      const block = await this.#currentBlock(definition);
      if (block !== undefined && block.count >= count) {
        this.#blocks.set(definition.counter, { ...block, next: block.next + count * definition.increment, count: block.count - count });
        return { first: block.next, count };
      }
      const wanted = maximumOf(count, definition.cache, this.#store.isExclusive ? BLOCK_COUNT : 1n);
      const taken: { first: bigint; count: bigint } = { first: 0n, count: 0n };
      await this.#change(definition, (state) => {
        const next = nextValue(name, definition, state, count);
        const left = leftFrom(definition, next);
        taken.first = next;
        taken.count = left < wanted ? left : wanted;
        return { value: next + (taken.count - 1n) * definition.increment, isCalled: true };
      });
      this.#blocks.set(definition.counter, { next: taken.first + count * definition.increment, count: taken.count - count, definition });
      return { first: taken.first, count };
    });
  }

  /** setval. */
  set(name: string, definition: SequenceDefinition, value: bigint, isCalled: boolean): Promise<void> {
    if (value < definition.minimum || value > definition.maximum) {
      throw new SqlError(
        SQLSTATE.numeric_value_out_of_range,
        `setval: value ${value} is out of bounds for sequence "${name}" (${definition.minimum}..${definition.maximum})`,
      );
    }
    return this.#inTurn(definition.counter, async () => {
      this.#blocks.delete(definition.counter);
      await this.#change(definition, () => ({ value, isCalled }));
    });
  }

  /** The state as of now: what was given out here, not what was taken ahead. */
  peek(definition: SequenceDefinition): Promise<CounterState> {
    return this.#inTurn(definition.counter, async () => {
      const block = this.#blocks.get(definition.counter);
      return block === undefined ? ((await this.#store.readCounter(definition.counter)) ?? initialState(definition)) : lastOf(block);
    });
  }

  /** Gives back what was taken ahead, for the next process to go on without a gap. */
  async release(): Promise<void> {
    const taken = [...this.#blocks].filter(([, block]) => block.count > 0n);
    this.#blocks.clear();
    for (const [counter, block] of taken) {
      await this.#store.changeCounter(counter, lastOf(block), () => lastOf(block));
    }
  }

  /** What was taken ahead and still holds: a changed sequence gives its block back and goes on from its last value. */
  async #currentBlock(definition: SequenceDefinition): Promise<Block | undefined> {
    const block = this.#blocks.get(definition.counter);
    if (block === undefined || sameValues(block.definition, definition)) {
      return block;
    }
    this.#blocks.delete(definition.counter);
    await this.#change(definition, () => lastOf(block));
    return undefined;
  }

  #change(definition: SequenceDefinition, change: (state: CounterState) => CounterState): Promise<CounterState> {
    return this.#store.changeCounter(definition.counter, initialState(definition), change);
  }

  async #inTurn<T>(counter: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(counter) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(counter, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(counter) === turn) {
        this.#turns.delete(counter);
      }
    }
  }
}

/** The state after the last value of a block that was given out. */
function lastOf({ next, definition }: Block): CounterState {
  return { value: next - definition.increment, isCalled: true };
}

function sameValues(a: SequenceDefinition, b: SequenceDefinition): boolean {
  return a.increment === b.increment && a.minimum === b.minimum && a.maximum === b.maximum;
}

function initialState(definition: SequenceDefinition): CounterState {
  return { value: definition.initial, isCalled: false };
}

/** The value after a state, from the other end again where the sequence cycles; enough of them must be left for `count`. */
function nextValue(name: string, definition: SequenceDefinition, state: CounterState, count: bigint): bigint {
  const { increment, minimum, maximum } = definition;
  const next = state.isCalled ? state.value + increment : state.value;
  if (leftFrom(definition, next) >= count) {
    return next;
  }
  const again = increment > 0n ? minimum : maximum;
  if (definition.cycle && leftFrom(definition, again) >= count) {
    return again;
  }
  throw increment > 0n
    ? new SqlError(SQLSTATE.sequence_generator_limit_exceeded, `nextval: reached maximum value of sequence "${name}" (${maximum})`)
    : new SqlError(SQLSTATE.sequence_generator_limit_exceeded, `nextval: reached minimum value of sequence "${name}" (${minimum})`);
}

/** How many values there are from one on, itself included, before the sequence's end. */
function leftFrom({ increment, minimum, maximum }: SequenceDefinition, value: bigint): bigint {
  if (value < minimum || value > maximum) {
    return 0n;
  }
  return increment > 0n ? (maximum - value) / increment + 1n : (value - minimum) / -increment + 1n;
}

function maximumOf(...values: readonly bigint[]): bigint {
  return values.reduce((greatest, value) => (value > greatest ? value : greatest));
}
