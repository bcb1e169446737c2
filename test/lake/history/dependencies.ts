import type { Anomaly, History, Transaction } from './history.js';
import type { Writers } from './writers.js';

/** `ww`: overwrote; `wr`: was read by; `rw`: read what the other then overwrote; `order`: ended before the other began. */
export type DependencyKind = 'ww' | 'wr' | 'rw' | 'order';

/** Transaction `from` comes before `to` in every serial history that explains what was seen. */
export interface Dependency {
  readonly kind: DependencyKind;
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

/** Which transactions must see others: those of the same client that went before, or all that had ended before. */
export type OrderModel = 'session' | 'real_time';

/** Dependencies between committed transactions, and lists whose reads cannot be put into one order. */
export function findDependencies(history: History, writers: Writers, order: OrderModel): { readonly edges: Dependency[]; readonly anomalies: Anomaly[] } {
  const committed = history.filter((transaction) => writers.isCommitted(transaction));
  const anomalies: Anomaly[] = [];
  const edges: Dependency[] = [...(order === 'session' ? sessionOrder(committed) : realTimeOrder(committed))];
  const add = (kind: DependencyKind, from: Transaction | undefined, to: Transaction | undefined, why: string): void => {
    if (from !== undefined && to !== undefined && from !== to && writers.isCommitted(from) && writers.isCommitted(to)) {
      edges.push({ kind, from: from.id, to: to.id, why });
    }
  };
  const writerOf = (value: number | undefined): Transaction | undefined => (value === undefined ? undefined : writers.byValue.get(value)?.transaction);

  const lists = longestReads(committed, anomalies);
  for (const [list, values] of lists) {
    for (const [index, value] of values.entries()) {
      add('ww', writerOf(value), writerOf(values[index + 1]), `list ${list}: ${value} then ${values[index + 1]}`);
    }
  }
  const registers = registerVersions(committed);
  for (const [register, versions] of registers) {
    for (const [version, value] of versions) {
      add('ww', writerOf(value), writerOf(versions.get(version + 1)), `register ${register}: version ${version} then ${version + 1}`);
    }
  }
  const buckets = insertedValues(committed);
  for (const reader of committed) {
    for (const operation of reader.operations) {
      switch (operation.kind) {
        case 'read_list': {
          const last = operation.values.at(-1);
          add('wr', writerOf(last), reader, `list ${operation.list}: ${last} read`);
          const next = lists.get(operation.list)?.[operation.values.length];
          add('rw', reader, writerOf(next), `list ${operation.list}: read without ${next}`);
          break;
        }
        case 'read_register': {
          add('wr', writerOf(operation.value), reader, `register ${operation.register}: version ${operation.version} read`);
          const next = registers.get(operation.register)?.get(operation.version + 1);
          add('rw', reader, writerOf(next), `register ${operation.register}: version ${operation.version} read, ${operation.version + 1} written`);
          break;
        }
        case 'read_bucket': {
          const seen = new Set(operation.values);
          for (const value of seen) {
            add('wr', writerOf(value), reader, `bucket ${operation.bucket}: ${value} read`);
          }
          for (const value of buckets.get(operation.bucket) ?? []) {
            if (!seen.has(value)) {
              add('rw', reader, writerOf(value), `bucket ${operation.bucket}: read without ${value}`);
            }
          }
          break;
        }
        case 'append':
        case 'write_register':
        case 'insert':
        case 'count_bucket':
          break;
      }
    }
  }
  return { edges, anomalies };
}

/** A list only grows at its end: the longest read of it is the order of its appends, and every other read a beginning. */
function longestReads(committed: readonly Transaction[], anomalies: Anomaly[]): Map<number, readonly number[]> {
  const longest = new Map<number, { readonly values: readonly number[]; readonly reader: number }>();
  const reads = committed.flatMap((transaction) =>
    transaction.operations.flatMap((operation) =>
      operation.kind === 'read_list' ? [{ list: operation.list, values: operation.values, reader: transaction.id }] : [],
    ),
  );
  for (const read of reads) {
    if (read.values.length > (longest.get(read.list)?.values.length ?? -1)) {
      longest.set(read.list, read);
    }
  }
  for (const read of reads) {
    const whole = longest.get(read.list);
    const position = read.values.findIndex((value, index) => value !== whole?.values[index]);
    if (whole !== undefined && position >= 0) {
      anomalies.push({
        kind: 'incompatible_order',
        transactions: [read.reader, whole.reader],
        description: `list ${read.list}: at ${position} transaction ${read.reader} read ${read.values[position]}, transaction ${whole.reader} ${whole.values[position]}`,
      });
    }
  }
  return new Map([...longest].map(([list, { values }]) => [list, values]));
}

function registerVersions(committed: readonly Transaction[]): Map<number, Map<number, number>> {
  const registers = new Map<number, Map<number, number>>();
  for (const operation of committed.flatMap((transaction) => transaction.operations)) {
    if (operation.kind === 'write_register') {
      const versions = registers.get(operation.register) ?? new Map<number, number>();
      versions.set(operation.version, operation.value);
      registers.set(operation.register, versions);
    }
  }
  return registers;
}

function insertedValues(committed: readonly Transaction[]): Map<number, number[]> {
  const buckets = new Map<number, number[]>();
  for (const operation of committed.flatMap((transaction) => transaction.operations)) {
    if (operation.kind === 'insert') {
      buckets.set(operation.bucket, [...(buckets.get(operation.bucket) ?? []), ...operation.values]);
    }
  }
  return buckets;
}

function sessionOrder(committed: readonly Transaction[]): Dependency[] {
  const last = new Map<number, Transaction>();
  const edges: Dependency[] = [];
  for (const transaction of committed.toSorted((left, right) => left.invoked - right.invoked)) {
    const before = last.get(transaction.client);
    if (before !== undefined) {
      edges.push({ kind: 'order', from: before.id, to: transaction.id, why: `client ${transaction.client}` });
    }
    // An unknown outcome may come true later than its client believes.
    if (transaction.outcome === 'ok') {
      last.set(transaction.client, transaction);
    }
  }
  return edges;
}

/** Edges enough that all others follow: a transaction leaves the frontier when one that began after its end has ended. */
function realTimeOrder(committed: readonly Transaction[]): Dependency[] {
  const edges: Dependency[] = [];
  const events = committed
    .flatMap((transaction) => [
      { tick: transaction.invoked, transaction, ends: false },
      ...(transaction.outcome === 'ok' ? [{ tick: transaction.completed, transaction, ends: true }] : []),
    ])
    .toSorted((left, right) => left.tick - right.tick);
  let frontier = new Set<Transaction>();
  const before = new Map<Transaction, ReadonlySet<Transaction>>();
  for (const { transaction, ends } of events) {
    if (ends) {
      const covered = before.get(transaction) ?? new Set();
      frontier = new Set([...frontier].filter((each) => !covered.has(each)).concat(transaction));
    } else {
      before.set(transaction, new Set(frontier));
      for (const earlier of frontier) {
        edges.push({ kind: 'order', from: earlier.id, to: transaction.id, why: 'ended before the other began' });
      }
    }
  }
  return edges;
}
