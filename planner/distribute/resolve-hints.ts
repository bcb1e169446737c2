import type { Hint, PartitionScheme } from '../parse/hint.js';
import { SQLSTATE } from '../sqlstate.js';
import type { SqlNotice } from '../sql-error.js';
import type { QueryBlock, RelationReference } from '../translate/translated.js';
import type { SplitRequest } from './split-scan.js';

/** PARTITION(t, HASH(a, b), n). */
export interface HashHint {
  readonly columns: readonly string[];
  readonly count: number | null;
  readonly hint: Hint;
}

/** PARTITION(t, RANGE(a, b), n), (t, RANDOM, n) or (t, VALUE(a), n). */
export interface MoveHint {
  readonly scheme: Extract<PartitionScheme, { readonly kind: 'range' | 'random' | 'value' }>;
  readonly count: number | null;
  readonly hint: Hint;
}

/** A hint on the statement's own result. */
export type ResultHint = Extract<Hint, { readonly kind: 'repartition' | 'repartition_by_range' | 'coalesce' | 'rebalance' }>;

/** Hints looked up: by table reference where they name one. */
export interface ResolvedHints {
  readonly isLocal: boolean;
  /** True when some hint asks for distribution. */
  readonly isDistributed: boolean;
  /** PARTITIONS(n). */
  readonly partitionCount: number | null;
  readonly shuffleAll: Hint | null;
  readonly broadcasts: ReadonlyMap<number, Hint>;
  readonly shuffles: ReadonlyMap<number, Hint>;
  readonly hashes: ReadonlyMap<number, HashHint>;
  readonly splits: ReadonlyMap<number, SplitRequest>;
  readonly moves: ReadonlyMap<number, MoveHint>;
  readonly result: ResultHint | null;
  readonly resources: Extract<Hint, { readonly kind: 'resources' }> | null;
  readonly notices: readonly SqlNotice[];
  /** Join hints that some join has obeyed; the rest are reported. */
  readonly obeyed: Set<Hint>;
}

/** Looks every hint's relation up in its own query block, then in the blocks below. */
export function resolveHints(hints: readonly Hint[], references: readonly RelationReference[], blocks: readonly QueryBlock[]): ResolvedHints {
  const broadcasts = new Map<number, Hint>();
  const shuffles = new Map<number, Hint>();
  const hashes = new Map<number, HashHint>();
  const splits = new Map<number, SplitRequest>();
  const moves = new Map<number, MoveHint>();
  const joined = new Set<number>();
  const partitioned = new Set<number>();
  const notices: SqlNotice[] = [];
  let partitionCount: number | null = null;
  let shuffleAll: Hint | null = null;
  let result: ResultHint | null = null;
  let resources: ResolvedHints['resources'] = null;
  const onReference = (hint: Hint, relation: string, use: (reference: number) => void): void => {
    const found = findReference(hint, relation, references, blocks);
    if (typeof found === 'string') {
      notices.push(warn(hint, found));
    } else {
      use(found.index);
    }
  };
  /** The first of several that contradict each other holds; the others are reported. */
  const once = (hint: Hint & { readonly relation: string }, taken: Set<number>, reference: number, use: () => void): void => {
    if (taken.has(reference)) {
      notices.push(warn(hint, `hint ${hint.kind.toUpperCase()} follows another on relation "${hint.relation}"`));
    } else {
      taken.add(reference);
      use();
    }
  };
  const split = (reference: number, hint: Extract<Hint, { readonly kind: 'partition' }>): void => {
    if (hint.scheme.kind === 'hash') {
      hashes.set(reference, { columns: hint.scheme.columns, count: hint.count, hint });
    } else if (hint.scheme.kind === 'range' || hint.scheme.kind === 'random' || hint.scheme.kind === 'value') {
      moves.set(reference, { scheme: hint.scheme, count: hint.count, hint });
    } else {
      const request = splitRequest(hint);
      if (request === null) {
        notices.push(warn(hint, `hint PARTITION(${hint.relation}, ${hint.scheme.kind.toUpperCase()}) needs a number of partitions`));
      } else {
        splits.set(reference, request);
      }
    }
  };
  for (const hint of hints) {
    switch (hint.kind) {
      case 'broadcast':
        onReference(hint, hint.relation, (reference) => once(hint, joined, reference, () => broadcasts.set(reference, hint)));
        break;
      case 'shuffle_hash':
        if (hint.relation === '*') {
          shuffleAll = hint;
        } else {
          onReference(hint, hint.relation, (reference) => once(hint, joined, reference, () => shuffles.set(reference, hint)));
        }
        break;
      case 'partitions':
        if (partitionCount === null) {
          partitionCount = hint.count;
        } else {
          notices.push(warn(hint, 'hint PARTITIONS follows another in the same statement'));
        }
        break;
      case 'partition':
        onReference(hint, hint.relation, (reference) => {
          if (hint.dimension !== null) {
            notices.push(notSupported(hint, 'PARTITION(...) AS'));
          } else {
            once(hint, partitioned, reference, () => split(reference, hint));
          }
        });
        break;
      case 'repartition':
      case 'repartition_by_range':
      case 'coalesce':
      case 'rebalance':
        if (hint.block !== 0) {
          notices.push(warn(hint, `hint ${hint.kind.toUpperCase()} acts on the result of a statement, not of a query inside it`));
        } else if (result !== null) {
          notices.push(warn(hint, `hint ${hint.kind.toUpperCase()} follows another on the same result`));
        } else {
          result = hint;
        }
        break;
      case 'resources':
        if (resources === null) {
          resources = hint;
        } else {
          notices.push(warn(hint, 'hint RESOURCES follows another in the same statement'));
        }
        break;
      case 'local':
      case 'distributed':
        break;
    }
  }
  return {
    isLocal: hints.some((hint) => hint.kind === 'local'),
    isDistributed: hints.some((hint) => hint.kind !== 'local' && hint.kind !== 'resources'),
    partitionCount,
    shuffleAll,
    broadcasts,
    shuffles,
    hashes,
    splits,
    moves,
    result,
    resources,
    notices,
    obeyed: new Set(),
  };
}

function splitRequest(hint: Extract<Hint, { readonly kind: 'partition' }>): SplitRequest | null {
  switch (hint.scheme.kind) {
    case 'files':
    case 'rows':
      return hint.count === null ? null : { kind: 'count', count: hint.count };
    case 'bytes':
      return { kind: 'bytes', byteCount: hint.scheme.byteCount };
    case 'hash':
    case 'range':
    case 'random':
    case 'value':
      return null;
  }
}

/** The reference a hint names, or why there is none. */
function findReference(hint: Hint, relation: string, references: readonly RelationReference[], blocks: readonly QueryBlock[]): RelationReference | string {
  const named = references.filter((reference) => reference.alias === relation);
  const own = named.filter((reference) => reference.block === hint.block);
  const candidates = own.length > 0 ? own : named.filter((reference) => isBelow(reference.block, hint.block, blocks));
  const [first, ...rest] = candidates;
  if (first === undefined) {
    return `hint names relation "${relation}", which is not in its query block or below it`;
  }
  return rest.length === 0 ? first : `hint names relation "${relation}", which occurs more than once`;
}

function isBelow(block: number, ancestor: number, blocks: readonly QueryBlock[]): boolean {
  let current: number | null = block;
  // A chain of parents cannot be longer than the list of blocks.
  for (let steps = 0; current !== null && steps <= blocks.length; steps += 1) {
    if (current === ancestor) {
      return true;
    }
    current = blocks[current]?.parent ?? null;
  }
  return false;
}

/** A warning at a hint's position. */
export function warn(hint: Hint, message: string): SqlNotice {
  return { severity: 'WARNING', sqlstate: SQLSTATE.warning, message, position: hint.position };
}

function notSupported(hint: Hint, name: string): SqlNotice {
  return {
    severity: 'WARNING',
    sqlstate: SQLSTATE.feature_not_supported,
    message: `hint ${name} is not supported yet and was ignored`,
    position: hint.position,
  };
}
