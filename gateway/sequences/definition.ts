import { randomUUID } from 'node:crypto';
import type { LakeView } from '../../fs/lake/model.js';
import type { SequenceOptions } from '../../planner/parse/read-sequence.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { SEQUENCE_TAG } from '../session/lake-relations.js';

/** Integer types a sequence can have. */
export type SequenceType = 'smallint' | 'integer' | 'bigint';

/** A sequence but for its value. It is stored as a view with a tag: so it has a place among the names, and a life in transactions. */
export interface SequenceDefinition {
  /** Which counter of the catalog holds its value. RESTART takes another, so that it is undone with its transaction. */
  readonly counter: string;
  readonly type: SequenceType;
  readonly start: bigint;
  /** First value of the counter: `start`, or what RESTART said. */
  readonly initial: bigint;
  readonly increment: bigint;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly cache: bigint;
  readonly cycle: boolean;
  /** The column it goes with. */
  readonly owner: { readonly table: string; readonly columnId: number } | null;
  /** True for the one behind an identity column. */
  readonly identity: boolean;
}

const LIMITS: Readonly<Record<SequenceType, readonly [bigint, bigint]>> = {
  smallint: [-32_768n, 32_767n],
  integer: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
};

const TYPES: ReadonlyMap<string, SequenceType> = new Map([
  ['int2', 'smallint'],
  ['smallint', 'smallint'],
  ['int4', 'integer'],
  ['integer', 'integer'],
  ['int', 'integer'],
  ['int8', 'bigint'],
  ['bigint', 'bigint'],
]);

/** A new definition by PostgreSQL's rules, or `before` with some options changed. 22023 for what contradicts itself. */
export function defineSequence(options: SequenceOptions, before: SequenceDefinition | null): SequenceDefinition {
  const type = options.type === undefined ? (before?.type ?? 'bigint') : TYPES.get(options.type);
  if (type === undefined) {
    throw invalid('sequence type must be smallint, integer, or bigint');
  }
  const increment = options.increment ?? before?.increment ?? 1n;
  if (increment === 0n) {
    throw invalid('INCREMENT must not be zero');
  }
  const [least, greatest] = LIMITS[type];
  // Bounds that were a type's own become the new type's.
  const kept = before !== null && before.type === type && before.increment > 0n === increment > 0n ? before : null;
  const minimum = options.minimum ?? (options.minimum === undefined ? kept?.minimum : undefined) ?? (increment > 0n ? 1n : least);
  const maximum = options.maximum ?? (options.maximum === undefined ? kept?.maximum : undefined) ?? (increment > 0n ? greatest : -1n);
  if (minimum < least || minimum > greatest) {
    throw invalid(`MINVALUE (${minimum}) is out of range for sequence data type ${type}`);
  }
  if (maximum < least || maximum > greatest) {
    throw invalid(`MAXVALUE (${maximum}) is out of range for sequence data type ${type}`);
  }
  if (minimum >= maximum) {
    throw invalid(`MINVALUE (${minimum}) must be less than MAXVALUE (${maximum})`);
  }
  const start = options.start ?? before?.start ?? (increment > 0n ? minimum : maximum);
  requireBetween('START', start, minimum, maximum);
  const cache = options.cache ?? before?.cache ?? 1n;
  if (cache <= 0n) {
    throw invalid(`CACHE (${cache}) must be greater than zero`);
  }
  const restart = options.restart === 'start' ? start : options.restart;
  if (restart !== undefined) {
    requireBetween('RESTART', restart, minimum, maximum);
  }
  return {
    counter: before === null || restart !== undefined ? randomUUID() : before.counter,
    type,
    start,
    initial: restart ?? before?.initial ?? start,
    increment,
    minimum,
    maximum,
    cache,
    cycle: options.cycle ?? before?.cycle ?? false,
    owner: before?.owner ?? null,
    identity: before?.identity ?? false,
  };
}

function requireBetween(word: string, value: bigint, minimum: bigint, maximum: bigint): void {
  if (value < minimum) {
    throw invalid(`${word} value (${value}) cannot be less than MINVALUE (${minimum})`);
  }
  if (value > maximum) {
    throw invalid(`${word} value (${value}) cannot be greater than MAXVALUE (${maximum})`);
  }
}

function invalid(message: string): SqlError {
  return new SqlError(SQLSTATE.invalid_parameter_value, message);
}

/** The definition in a view's tag; undefined for a view that is no sequence. */
export function sequenceOfView(view: LakeView): SequenceDefinition | undefined {
  const tag = view.tags.get(SEQUENCE_TAG);
  if (tag === undefined) {
    return undefined;
  }
  const stored: Record<'counter' | 'type' | 'start' | 'initial' | 'increment' | 'minimum' | 'maximum' | 'cache', string> & {
    readonly cycle: boolean;
    readonly owner: SequenceDefinition['owner'];
    readonly identity: boolean;
  } = JSON.parse(tag);
  return {
    counter: stored.counter,
    type: TYPES.get(stored.type) ?? 'bigint',
    start: BigInt(stored.start),
    initial: BigInt(stored.initial),
    increment: BigInt(stored.increment),
    minimum: BigInt(stored.minimum),
    maximum: BigInt(stored.maximum),
    cache: BigInt(stored.cache),
    cycle: stored.cycle,
    owner: stored.owner,
    identity: stored.identity,
  };
}

/** The tag's text. Numbers are texts: JSON's have 53 bits. */
export function sequenceTag(definition: SequenceDefinition): string {
  return JSON.stringify(definition, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
