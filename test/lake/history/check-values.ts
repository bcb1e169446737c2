import type { Anomaly, AnomalyKind, History } from './history.js';
import { valuesRead, type Writers } from './writers.js';

/** Every value that an acknowledged transaction read: written by whom, and was it there to be read? */
export function checkValues(history: History, writers: Writers): Anomaly[] {
  const found: Anomaly[] = [];
  for (const reader of history.filter((each) => each.outcome === 'ok')) {
    for (const { object, values } of valuesRead(reader)) {
      const report = (kind: AnomalyKind, other: number | undefined, what: string): void => {
        found.push({
          kind,
          transactions: other === undefined ? [reader.id] : [other, reader.id],
          description: `transaction ${reader.id} read ${what} in ${object}`,
        });
      };
      if (new Set(values).size < values.length) {
        report('impossible_read', undefined, `a value twice: ${values.join(' ')}`);
      }
      for (const [index, value] of values.entries()) {
        const write = writers.byValue.get(value);
        if (write === undefined || write.object !== object) {
          report('impossible_read', undefined, `${value}, which nobody wrote there,`);
        } else if (write.transaction.outcome === 'fail') {
          report('aborted_read', write.transaction.id, `${value} of transaction ${write.transaction.id}, which did not commit,`);
        } else if (write.isIntermediate && write.transaction !== reader && index === values.length - 1) {
          report('intermediate_read', write.transaction.id, `${value}, which transaction ${write.transaction.id} wrote over,`);
        }
      }
    }
  }
  return found;
}

/**
 * What became of acknowledged writes. `final` is the id of a transaction that began when all others had ended and read
 * every list, register and bucket; without one only registers are looked at: two writers of one version.
 */
export function checkLost(history: History, writers: Writers, final: number | null): Anomaly[] {
  const found: Anomaly[] = [];
  const versions = new Map<string, { readonly transaction: number; readonly value: number }>();
  for (const transaction of history.filter((each) => writers.isCommitted(each))) {
    for (const operation of transaction.operations) {
      if (operation.kind === 'write_register') {
        const version = `register ${operation.register} version ${operation.version}`;
        const other = versions.get(version);
        if (other !== undefined) {
          found.push({
            kind: 'lost_update',
            transactions: [other.transaction, transaction.id],
            description: `${version} was written by transaction ${other.transaction} (${other.value}) and by transaction ${transaction.id} (${operation.value})`,
          });
        }
        versions.set(version, { transaction: transaction.id, value: operation.value });
      }
    }
  }
  const end = final === null ? undefined : history[final];
  if (end === undefined) {
    return found;
  }
  const there = new Map<string, Set<number>>();
  for (const { object, values } of valuesRead(end)) {
    there.set(object, new Set(values));
  }
  for (const write of writers.byValue.values()) {
    // Registers keep only the newest value.
    const values = write.object.startsWith('register') ? undefined : there.get(write.object);
    if (writers.isCommitted(write.transaction) && values !== undefined && !values.has(write.value)) {
      found.push({
        kind: 'lost_update',
        transactions: [write.transaction.id, end.id],
        description: `${write.value}, written to ${write.object} by transaction ${write.transaction.id}, is not there at the end`,
      });
    }
  }
  return found;
}
