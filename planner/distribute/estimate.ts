import type { Expression } from '../plan/expressions.js';
import type { DataType } from '../types/data-type.js';

/** A guess at a subplan's size. `base` is the size of its largest table before filters, the number of keys a join may find. */
export interface Estimate {
  readonly rows: number;
  readonly base: number;
}

/** Bytes that values of text and nested types are assumed to take. */
const TEXT_BYTES = 24;
const NESTED_BYTES = 64;

/** Shares of rows that conditions are assumed to keep. */
const EQUALITY_SELECTIVITY = 0.1;
const RANGE_SELECTIVITY = 0.3;
const OTHER_SELECTIVITY = 0.25;

/** Bytes of a subplan's rows. */
export function estimateBytes(estimate: Estimate, output: readonly DataType[]): number {
  return (
    estimate.rows *
    Math.max(
      1,
      output.reduce((total, type) => total + typeBytes(type), 0),
    )
  );
}

function typeBytes(type: DataType): number {
  switch (type.kind) {
    case 'scalar':
      return type.name === 'VARCHAR' || type.name === 'JSON' || type.name === 'BLOB' || type.name === 'BIT' || type.name === 'BIGNUM' ? TEXT_BYTES : 8;
    case 'decimal':
      return type.width > 18 ? 16 : 8;
    case 'enum':
      return 4;
    case 'list':
    case 'array':
    case 'struct':
    case 'union':
    case 'map':
      return NESTED_BYTES;
  }
}

/** The estimate after conditions that must all hold. */
export function afterConditions(estimate: Estimate, conditions: readonly Expression[]): Estimate {
  const selectivity = conditions.reduce((product, condition) => product * conditionSelectivity(condition), 1);
  return { ...estimate, rows: estimate.rows * selectivity };
}

function conditionSelectivity(condition: Expression): number {
  switch (condition.kind) {
    case 'comparison':
      return condition.comparison === '=' || condition.comparison === 'IS NOT DISTINCT FROM' ? EQUALITY_SELECTIVITY : RANGE_SELECTIVITY;
    case 'between':
      return RANGE_SELECTIVITY;
    case 'conjunction': {
      const parts = condition.arguments.map(conditionSelectivity);
      return condition.operator === 'AND'
        ? parts.reduce((product, part) => product * part, 1)
        : Math.min(
            1,
            parts.reduce((total, part) => total + part, 0),
          );
    }
    case 'operator':
      return condition.operator === 'IS NOT NULL' ? 1 : OTHER_SELECTIVITY;
    case 'ref':
    case 'constant':
    case 'call':
    case 'cast':
    case 'case':
      return OTHER_SELECTIVITY;
  }
}

/**
 * An equality join finds, for every row of one side, its share of the keys of the other. The keys are taken to be those
 * of the smaller table: foreign keys point to smaller tables.
 */
export function joinEstimate(left: Estimate, right: Estimate, hasEquality: boolean): Estimate {
  const base = Math.max(left.base, right.base, 1);
  const keys = Math.max(1, Math.min(left.base, right.base));
  const pairs = left.rows * right.rows;
  return { rows: Math.max(1, hasEquality ? pairs / keys : pairs), base };
}

/** Distinct values grow slower than rows: numbers are often keys, texts and dates seldom. */
const NUMBER_GROUP_EXPONENT = 0.9;
const OTHER_GROUP_EXPONENT = 0.6;
const FURTHER_GROUP_EXPONENT = 0.1;

/** Groups of an input by keys of the given types. */
export function groupEstimate(input: Estimate, keys: readonly DataType[]): Estimate {
  return { rows: groupCount(input.rows, keys), base: groupCount(input.base, keys) };
}

function groupCount(rows: number, keys: readonly DataType[]): number {
  if (keys.length === 0) {
    return 1;
  }
  const exponents = keys.map((type) => (isNumber(type) ? NUMBER_GROUP_EXPONENT : OTHER_GROUP_EXPONENT));
  const exponent = Math.min(1, Math.max(...exponents) + FURTHER_GROUP_EXPONENT * (keys.length - 1));
  return Math.max(1, rows) ** exponent;
}

function isNumber(type: DataType): boolean {
  return type.kind === 'decimal' || (type.kind === 'scalar' && (type.name.endsWith('INT') || type.name.endsWith('INTEGER') || type.name === 'UUID'));
}
