import type { History, Transaction } from './history.js';

/** One write of a value. */
export interface Write {
  readonly transaction: Transaction;
  /** `list 3`, `register 1`, `bucket 7`. */
  readonly object: string;
  readonly value: number;
  /** A later write of the same transaction to the same list or register follows; rows of a bucket stand side by side. */
  readonly isIntermediate: boolean;
}

/** A history with who wrote what, and who is known to have committed. */
export interface Writers {
  readonly byValue: ReadonlyMap<number, Write>;
  /** Acknowledged, or unknown and seen by an acknowledged transaction. */
  readonly isCommitted: (transaction: Transaction) => boolean;
}

/** Values read by an operation of a transaction, by object. Version 0 of a register is nobody's write. */
export function valuesRead(transaction: Transaction): { readonly object: string; readonly values: readonly number[] }[] {
  return transaction.operations.flatMap((operation) => {
    switch (operation.kind) {
      case 'read_list':
        return [{ object: `list ${operation.list}`, values: operation.values }];
      case 'read_register':
        return operation.version === 0 && operation.value === 0 ? [] : [{ object: `register ${operation.register}`, values: [operation.value] }];
      case 'read_bucket':
        return [{ object: `bucket ${operation.bucket}`, values: operation.values }];
      case 'append':
      case 'write_register':
      case 'insert':
      case 'count_bucket':
        return [];
    }
  });
}

/** Finds the writer of every value. Throws when a value was written twice: then the workload is wrong, not the database. */
export function findWriters(history: History): Writers {
  const byValue = new Map<number, Write>();
  for (const transaction of history) {
    for (const write of writesOf(transaction)) {
      if (byValue.has(write.value)) {
        throw new Error(`the workload wrote ${write.value} twice`);
      }
      byValue.set(write.value, write);
    }
  }
  const seen = new Set<Transaction>();
  for (const transaction of history.filter((each) => each.outcome === 'ok')) {
    for (const value of valuesRead(transaction).flatMap((read) => read.values)) {
      const writer = byValue.get(value)?.transaction;
      if (writer?.outcome === 'unknown') {
        seen.add(writer);
      }
    }
  }
  return { byValue, isCommitted: (transaction) => transaction.outcome === 'ok' || seen.has(transaction) };
}

function writesOf(transaction: Transaction): Write[] {
  const last = new Map<string, number>();
  const writes: Omit<Write, 'isIntermediate'>[] = [];
  for (const operation of transaction.operations) {
    switch (operation.kind) {
      case 'append':
        writes.push({ transaction, object: `list ${operation.list}`, value: operation.value });
        last.set(`list ${operation.list}`, operation.value);
        break;
      case 'write_register':
        writes.push({ transaction, object: `register ${operation.register}`, value: operation.value });
        last.set(`register ${operation.register}`, operation.value);
        break;
      case 'insert':
        writes.push(...operation.values.map((value) => ({ transaction, object: `bucket ${operation.bucket}`, value })));
        break;
      case 'read_list':
      case 'read_register':
      case 'read_bucket':
      case 'count_bucket':
        break;
    }
  }
  return writes.map((write) => ({ ...write, isIntermediate: (last.get(write.object) ?? write.value) !== write.value }));
}
