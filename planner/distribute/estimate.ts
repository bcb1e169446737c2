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

/** An equality join of a key side and a foreign side: every row finds its share of the larger key domain. */
export function joinEstimate(left: Estimate, right: Estimate, hasEquality: boolean): Estimate {
  const base = Math.max(left.base, right.base, 1);
  return { rows: hasEquality ? (left.rows * right.rows) / base : left.rows * right.rows, base };
}

/** Groups grow slower than rows. */
export function groupEstimate(input: Estimate, groupCount: number): Estimate {
  const rows = groupCount === 0 ? 1 : Math.max(1, input.rows ** Math.min(1, 0.5 + 0.2 * groupCount));
  return { rows: Math.min(rows, Math.max(1, input.rows)), base: Math.max(1, input.base) };
}
