import { OID } from '../../planner/types/postgres-type.js';
import { intervalParts } from '../../planner/translate/interval-literal.js';
import type { Outcome } from './roads.js';

/** Numeric types: compared by value, floats with a tolerance. */
const NUMBERS: ReadonlySet<number> = new Set([OID.int2, OID.int4, OID.int8, OID.numeric, OID.oid]);
const FLOATS: ReadonlySet<number> = new Set([OID.float4, OID.float8]);

/** What differs between Postgres's outcome and Sluice's; null when nothing does. Row order counts only with ORDER BY. */
export function difference(expected: Outcome, actual: Outcome, ordered: boolean): string | null {
  if (expected.kind === 'error' || actual.kind === 'error') {
    if (expected.kind !== 'error') {
      return `fails: ${actual.kind === 'error' ? `${actual.sqlstate ?? '-'} ${actual.message}` : ''}`;
    }
    if (actual.kind !== 'error') {
      return `should fail: ${expected.sqlstate ?? ''} ${expected.message}`;
    }
    return actual.sqlstate !== null && actual.sqlstate !== expected.sqlstate
      ? `fails with ${actual.sqlstate} ${actual.message}, not with ${expected.sqlstate ?? ''} ${expected.message}`
      : null;
  }
  if (expected.names.join('\n') !== actual.names.join('\n')) {
    return `names ${actual.names.join(', ')}, not ${expected.names.join(', ')}`;
  }
  const types = expected.oids.findIndex((oid, index) => actual.oids[index] !== 0 && actual.oids[index] !== oid);
  if (types >= 0) {
    return `column ${types + 1} has type ${actual.oids[types]}, not ${expected.oids[types]}`;
  }
  const want = expected.rows.map((row) => row.map((value, index) => canonical(value, expected.oids[index] ?? 0)).join(' | '));
  const got = actual.rows.map((row) => row.map((value, index) => canonical(value, expected.oids[index] ?? 0)).join(' | '));
  if (!ordered) {
    want.sort();
    got.sort();
  }
  return want.join('\n') === got.join('\n') ? null : `rows\n      ${got.join('\n      ')}\n    not\n      ${want.join('\n      ')}`;
}

function canonical(value: string | null, oid: number): string {
  if (value === null) {
    return 'NULL';
  }
  if (NUMBERS.has(oid)) {
    return canonicalNumber(value);
  }
  if (FLOATS.has(oid)) {
    return canonicalFloat(value, oid);
  }
  if (oid === OID.interval) {
    return canonicalInterval(value);
  }
  if (oid === OID.json || oid === OID.jsonb) {
    return canonicalJson(value);
  }
  if (oid === 1231) {
    return value.replace(/-?\d+\.\d+/g, canonicalNumber);
  }
  return value;
}

function canonicalNumber(value: string): string {
  const plain = value.includes('.') ? value.replace(/0+$/, '').replace(/\.$/, '') : value;
  // Quotients carry 16 digits after the point in Sluice, a number that depends on the value in Postgres.
  return /\.\d{10,}$/.test(plain) ? plain.replace(/(\.\d{10})\d*$/, '$1').replace(/0+$/, '') : plain === '-0' ? '0' : plain;
}

function canonicalFloat(value: string, oid: number): string {
  const number = Number(value.replace(/^inf$/i, 'Infinity').replace(/^-inf$/i, '-Infinity'));
  return Number.isNaN(number) ? 'NaN' : number.toPrecision(oid === OID.float4 ? 6 : 13);
}

function canonicalInterval(value: string): string {
  if (value.endsWith('us')) {
    const [months, days, micros] = value.split(' ').map((part) => Number.parseInt(part, 10));
    return `${months ?? 0} ${days ?? 0} ${micros ?? 0}`;
  }
  const parts = intervalParts(value, -1);
  return `${parts.months} ${parts.days} ${parts.micros}`;
}

function canonicalJson(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    return value;
  }
}
