import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkHistory } from './check-history.js';
import type { History, Operation, Outcome } from './history.js';

describe('lake/history: the checker', () => {
  it('is content with a serial history, with unknown outcomes seen or unseen, and with write skew', () => {
    expectKinds([tx([append(1, 11)]), tx([list(1, 11), append(1, 12)]), tx([list(1, 11, 12)])], []);
    expectKinds([tx([append(1, 11)], 'unknown'), tx([list(1, 11)])], []);
    expectKinds([tx([append(1, 11)], 'unknown'), tx([list(1)])], []);
    // Both read what the other overwrites: two rw one after another.
    expectKinds([during(1, 10, [list(1), append(2, 22)]), during(2, 9, [list(2), append(1, 11)]), during(20, 21, [list(1, 11), list(2, 22)])], []);
    expectKinds([during(1, 10, [bucket(1), insert(2, 22)]), during(2, 9, [bucket(2), insert(1, 11)]), during(20, 21, [bucket(1, 11), bucket(2, 22)])], []);
  });

  it('finds a lost update of a list, of a register, and one that is gone at the end', () => {
    expectKinds([during(1, 10, [list(1), append(1, 11)]), during(2, 11, [list(1), append(1, 12)]), during(20, 21, [list(1, 12)])], ['lost_update'], 2);
    expectKinds(
      [during(1, 10, [register(1, 0, 0), write(1, 1, 11)]), during(2, 11, [register(1, 0, 0), write(1, 1, 12)]), during(20, 21, [register(1, 1, 12)])],
      ['lost_update'],
    );
    expectKinds([tx([insert(1, 11, 12)]), tx([bucket(1, 11)])], ['lost_update', 'G_single'], 1);
  });

  it('finds reads of aborted, intermediate, unwritten and doubled values', () => {
    expectKinds([tx([append(1, 11)], 'fail'), tx([list(1, 11)])], ['aborted_read']);
    expectKinds([tx([insert(1, 11)], 'fail'), tx([bucket(1, 11)])], ['aborted_read']);
    expectKinds(
      [during(1, 10, [append(1, 11), append(1, 12)]), during(2, 5, [list(1, 11)]), during(20, 21, [list(1, 11, 12)])],
      ['intermediate_read', 'G_single'],
    );
    expectKinds([tx([list(1, 99)])], ['impossible_read']);
    expectKinds([tx([insert(1, 11)]), tx([bucket(1, 11, 11)])], ['impossible_read']);
    expectKinds([tx([insert(1, 11)]), tx([list(1, 11)])], ['impossible_read']);
  });

  it('finds fuzzy reads, phantoms, and own writes that are not seen', () => {
    expectKinds([during(1, 10, [list(1), list(1, 11)]), during(2, 5, [append(1, 11)])], ['fuzzy_read', 'G_single']);
    expectKinds([during(1, 10, [register(1, 0, 0), register(1, 1, 11)]), during(2, 5, [write(1, 1, 11)])], ['fuzzy_read', 'G_single']);
    expectKinds([during(1, 10, [bucket(1), bucket(1, 11)]), during(2, 5, [insert(1, 11)])], ['phantom', 'G_single']);
    expectKinds([during(1, 10, [count(1, 0), count(1, 1)]), during(2, 5, [insert(1, 11)])], ['phantom']);
    expectKinds([during(1, 10, [count(1, 0), insert(1, 12), count(1, 2)]), during(2, 5, [insert(1, 11)])], ['phantom']);
    expectKinds([tx([count(1, 0), insert(1, 11), count(1, 1), bucket(1, 11)])], []);
    expectKinds([tx([insert(1, 11), bucket(1)])], ['own_write_missed']);
    expectKinds([tx([append(1, 11), list(1)])], ['own_write_missed']);
    expectKinds([tx([write(1, 1, 11), register(1, 0, 0)])], ['own_write_missed']);
    // Also when the transaction failed later.
    expectKinds([during(1, 10, [list(1), list(1, 11)], 'fail'), during(2, 5, [append(1, 11)])], ['fuzzy_read']);
  });

  it('finds cycles: G0, G1c, read skew, and what only the order of clients forbids', () => {
    expectKinds(
      [during(1, 10, [append(1, 11), append(2, 21)]), during(2, 9, [append(1, 12), append(2, 22)]), during(20, 21, [list(1, 11, 12), list(2, 22, 21)])],
      ['G0'],
    );
    expectKinds([during(1, 10, [append(1, 11), list(2, 22)]), during(2, 9, [append(2, 22), list(1, 11)])], ['G1c']);
    expectKinds([during(1, 10, [list(1, 11), list(2)]), during(2, 9, [append(1, 11), append(2, 22)]), during(20, 21, [list(2, 22)])], ['G_single']);
    // Half of a transaction's rows.
    expectKinds([during(1, 10, [insert(1, 11), insert(2, 22)]), during(2, 9, [bucket(1, 11), bucket(2)])], ['G_single']);
    // A stale read: the first had ended before the second began.
    expectKinds([during(1, 2, [append(1, 11)]), during(3, 4, [list(1)]), during(20, 21, [list(1, 11)])], ['G_single']);
    // Long fork: two readers see two independent writes in different orders.
    expectKinds(
      [
        during(1, 10, [append(1, 11)]),
        during(1, 10, [append(2, 22)]),
        during(2, 9, [list(1, 11), list(2)]),
        during(2, 9, [list(1), list(2, 22)]),
        during(20, 21, [list(1, 11), list(2, 22)]),
      ],
      ['G_nonadjacent'],
    );
    expectKinds(
      [during(1, 10, [list(1, 11)]), during(1, 10, [list(1, 12, 11)]), during(1, 10, [append(1, 11)]), during(1, 10, [append(1, 12)])],
      ['incompatible_order', 'G_single'],
    );
  });

  it('asks for order across clients only when told to', () => {
    const stale: History = number([during(1, 2, [append(1, 11)]), during(3, 4, [list(1)]), during(20, 21, [list(1, 11)])]);
    assert.deepEqual(checkHistory(stale, { order: 'session', final: null }), []);
    assert.equal(checkHistory(stale, { order: 'real_time', final: null }).length, 1);
  });
});

interface Spoken {
  readonly operations: readonly Operation[];
  readonly outcome: Outcome;
  readonly time: readonly [number, number] | null;
}

function tx(operations: readonly Operation[], outcome: Outcome = 'ok'): Spoken {
  return { operations, outcome, time: null };
}

function during(invoked: number, completed: number, operations: readonly Operation[], outcome: Outcome = 'ok'): Spoken {
  return { operations, outcome, time: [invoked, completed] };
}

/** Without times of their own, one after another. */
function number(spoken: readonly Spoken[]): History {
  return spoken.map(({ operations, outcome, time }, id) => ({
    id,
    client: id,
    outcome,
    operations,
    invoked: time?.[0] ?? 1000 + 2 * id,
    completed: time?.[1] ?? 1001 + 2 * id,
  }));
}

function expectKinds(spoken: readonly Spoken[], expected: readonly string[], final: number | null = null): void {
  const anomalies = checkHistory(number(spoken), { order: 'real_time', final });
  assert.deepEqual([...new Set(anomalies.map((anomaly) => anomaly.kind))].toSorted(), expected.toSorted(), JSON.stringify(anomalies, null, 2));
}

function append(id: number, value: number): Operation {
  return { kind: 'append', list: id, value };
}

function list(id: number, ...values: readonly number[]): Operation {
  return { kind: 'read_list', list: id, values };
}

function write(id: number, version: number, value: number): Operation {
  return { kind: 'write_register', register: id, version, value };
}

function register(id: number, version: number, value: number): Operation {
  return { kind: 'read_register', register: id, version, value };
}

function insert(id: number, ...values: readonly number[]): Operation {
  return { kind: 'insert', bucket: id, values };
}

function bucket(id: number, ...values: readonly number[]): Operation {
  return { kind: 'read_bucket', bucket: id, values };
}

function count(id: number, rows: number): Operation {
  return { kind: 'count_bucket', bucket: id, count: rows };
}
