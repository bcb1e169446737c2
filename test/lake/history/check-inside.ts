import type { Anomaly, AnomalyKind, History, Transaction } from './history.js';

/**
 * Reads of one transaction against its own earlier reads and writes: a snapshot changes only by the transaction's own
 * writes. Holds for transactions that failed later, too.
 */
export function checkInside(history: History): Anomaly[] {
  return history.flatMap((transaction) => checkTransaction(transaction));
}

interface Bucket {
  /** Values seen by a scan and inserted since; null before the first scan. */
  values: Set<number> | null;
  count: number | null;
  readonly inserted: number[];
}

function checkTransaction(transaction: Transaction): Anomaly[] {
  const found: Anomaly[] = [];
  const lists = new Map<number, { seen: readonly number[] | null; readonly appended: number[] }>();
  const registers = new Map<number, { readonly version: number; readonly value: number; readonly own: boolean }>();
  const buckets = new Map<number, Bucket>();
  const report = (kind: AnomalyKind, what: string): void => {
    found.push({ kind, transactions: [transaction.id], description: `transaction ${transaction.id}: ${what}` });
  };
  for (const operation of transaction.operations) {
    switch (operation.kind) {
      case 'append':
        stateOf(lists, operation.list, () => ({ seen: null, appended: [] })).appended.push(operation.value);
        break;
      case 'read_list': {
        const state = stateOf(lists, operation.list, () => ({ seen: null, appended: [] }));
        const own = state.appended;
        const before = operation.values.slice(0, Math.max(0, operation.values.length - own.length));
        if (!endsWith(operation.values, own)) {
          report('own_write_missed', `list ${operation.list} read as ${show(operation.values)} after appending ${show(own)}`);
        } else if (state.seen !== null && !isSame(state.seen, before)) {
          report('fuzzy_read', `list ${operation.list} read as ${show(state.seen)}, then as ${show(operation.values)}, own appends ${show(own)}`);
        }
        state.seen = before;
        break;
      }
      case 'write_register':
        registers.set(operation.register, { version: operation.version, value: operation.value, own: true });
        break;
      case 'read_register': {
        const former = registers.get(operation.register);
        if (former !== undefined && (former.version !== operation.version || former.value !== operation.value)) {
          report(
            former.own ? 'own_write_missed' : 'fuzzy_read',
            `register ${operation.register} was ${former.value} at version ${former.version}, then ${operation.value} at ${operation.version}`,
          );
        }
        registers.set(operation.register, { version: operation.version, value: operation.value, own: former?.own ?? false });
        break;
      }
      case 'insert': {
        const state = stateOf(buckets, operation.bucket, newBucket);
        state.inserted.push(...operation.values);
        if (state.values !== null) {
          state.values = new Set([...state.values, ...operation.values]);
        }
        if (state.count !== null) {
          state.count += operation.values.length;
        }
        break;
      }
      case 'read_bucket': {
        const state = stateOf(buckets, operation.bucket, newBucket);
        const seen = new Set(operation.values);
        const missed = state.inserted.filter((value) => !seen.has(value));
        if (missed.length > 0) {
          report('own_write_missed', `bucket ${operation.bucket} read without own ${show(missed)}`);
        } else if (state.values !== null && !isSame([...state.values].toSorted(compare), [...seen].toSorted(compare))) {
          report('phantom', `bucket ${operation.bucket} read as ${show([...state.values])}, then as ${show([...seen])}`);
        } else if (state.count !== null && state.count !== operation.values.length) {
          report('phantom', `bucket ${operation.bucket} counted as ${state.count}, then read as ${operation.values.length} rows`);
        }
        state.values = seen;
        state.count = operation.values.length;
        break;
      }
      case 'count_bucket': {
        const state = stateOf(buckets, operation.bucket, newBucket);
        if (operation.count < state.inserted.length) {
          report('own_write_missed', `bucket ${operation.bucket} counted as ${operation.count} after inserting ${state.inserted.length}`);
        } else if (state.count !== null && state.count !== operation.count) {
          report('phantom', `bucket ${operation.bucket} counted as ${state.count}, then as ${operation.count}`);
        }
        state.count = operation.count;
        break;
      }
    }
  }
  return found;
}

function newBucket(): Bucket {
  return { values: null, count: null, inserted: [] };
}

function stateOf<State>(states: Map<number, State>, key: number, make: () => State): State {
  const known = states.get(key);
  if (known !== undefined) {
    return known;
  }
  const made = make();
  states.set(key, made);
  return made;
}

function endsWith(values: readonly number[], end: readonly number[]): boolean {
  return values.length >= end.length && isSame(values.slice(values.length - end.length), end);
}

function isSame(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}

function compare(left: number, right: number): number {
  return left - right;
}

function show(values: readonly number[]): string {
  return `[${values.join(' ')}]`;
}
