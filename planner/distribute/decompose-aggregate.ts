import type { AggregateCall, Expression } from '../plan/expressions.js';
import { decimal, scalar, type DataType } from '../types/data-type.js';

/**
 * An aggregate computed in two steps: `partial` calls over rows in each task, `final` calls over the partials' values, and
 * an expression over the final values that is exactly what DuckDB's own call gives.
 */
export interface DecomposedAggregate {
  readonly partial: readonly AggregateCall[];
  readonly final: readonly FinalStep[];
  readonly result: (values: readonly Expression[]) => Expression;
}

/** A call that merges partial values: its name, its type, and which of the partials it takes. */
export interface FinalStep {
  readonly name: string;
  readonly type: DataType;
  readonly of: readonly number[];
}

const BIGINT = scalar('BIGINT');
const HUGEINT = scalar('HUGEINT');
const DOUBLE = scalar('DOUBLE');
/** Widest decimal: what DuckDB's sum of decimals gives, whatever their width. */
const DECIMAL_WIDTH_MAX = 38;

/** Functions whose final step is the function itself: f(f(a), f(b)) = f(a and b), NULLs skipped. */
const SELF_MERGING: ReadonlySet<string> = new Set(['min', 'max', 'bool_and', 'bool_or', 'bit_and', 'bit_or', 'any_value']);
/** Of those, the ones for which DISTINCT changes nothing. */
const DISTINCT_IS_MOOT = SELF_MERGING;

/**
 * The two steps of a call, or null where rows of a group must meet. `distinctMeets`: equal arguments of DISTINCT calls
 * are already in one task, so partial counts of distinct values add up.
 */
export function decomposeAggregate(call: AggregateCall, hasGroups: boolean, distinctMeets: boolean): DecomposedAggregate | null {
  const name = call.name.toLowerCase();
  const isMoot = DISTINCT_IS_MOOT.has(name);
  const extremum = EXTREMUM_OF.get(name);
  if (extremum !== undefined) {
    return extremumAt(call, name, extremum);
  }
  if (call.orderBy.length > 0 || call.boundArguments.length > 0 || call.arguments.length > 1 || (call.distinct && !isMoot && !distinctMeets)) {
    return null;
  }
  if (SELF_MERGING.has(name)) {
    return call.arguments.length === 1 ? merging(call, name, { ...call, distinct: false }) : null;
  }
  switch (name) {
    case 'count':
    case 'count_star':
      return counting(call);
    case 'sum':
      return summing(call);
    case 'bit_xor':
      return merging(call, name, call);
    // Of no rows `first` is NULL, which is no different from a first value that is NULL: only groups have rows for sure.
    case 'first':
      return hasGroups && call.filter === null && call.arguments.length === 1 ? merging(call, name, call) : null;
    case 'avg':
      return averaging(call);
    default:
      return null;
  }
}

/** Functions that give one column where another is least or greatest, with the aggregate that says how far that is. */
const EXTREMUM_OF: ReadonlyMap<string, 'min' | 'max'> = new Map<string, 'min' | 'max'>([
  ['arg_max', 'max'],
  ['argmax', 'max'],
  ['max_by', 'max'],
  ['arg_min', 'min'],
  ['argmin', 'min'],
  ['min_by', 'min'],
]);

/** arg_max(a, b) of each task beside its max(b), over the rows that arg_max looks at: those where neither is NULL. */
function extremumAt(call: AggregateCall, name: string, extremum: 'min' | 'max'): DecomposedAggregate | null {
  const [value, measure, ...more] = call.arguments;
  if (value === undefined || measure === undefined || more.length > 0 || call.orderBy.length > 0 || call.boundArguments.length > 0) {
    return null;
  }
  const isKnown: Expression = { kind: 'operator', operator: 'IS NOT NULL', arguments: [value], type: scalar('BOOLEAN') };
  const filter: Expression =
    call.filter === null ? isKnown : { kind: 'conjunction', operator: 'AND', arguments: [call.filter, isKnown], type: scalar('BOOLEAN') };
  return {
    partial: [
      { ...call, distinct: false },
      { ...call, distinct: false, name: extremum, arguments: [measure], filter, type: measure.type },
    ],
    final: [{ name, type: call.type, of: [0, 1] }],
    result: theValue,
  };
}

function merging(call: AggregateCall, name: string, partial: AggregateCall): DecomposedAggregate {
  return { partial: [partial], final: [{ name, type: call.type, of: [0] }], result: theValue };
}

function theValue(values: readonly Expression[]): Expression {
  return valueAt(values, 0);
}

function valueAt(values: readonly Expression[], index: number): Expression {
  const value = values[index];
  if (value === undefined) {
    throw new Error('a decomposed aggregate lost a value');
  }
  return value;
}

/** Counts add up; sum() of BIGINT is HUGEINT in DuckDB. Where no partial row came (rows were grouped before) the sum is NULL, the count 0. */
function counting(call: AggregateCall): DecomposedAggregate {
  return {
    partial: [{ ...call, type: BIGINT }],
    final: [{ name: 'sum', type: HUGEINT, of: [0] }],
    result: (values) => cast(orZero(theValue(values)), call.type),
  };
}

function orZero(value: Expression): Expression {
  const zero: Expression = { kind: 'constant', type: HUGEINT, value: { kind: 'text', text: '0' } };
  return { kind: 'operator', operator: 'COALESCE', arguments: [value, zero], type: HUGEINT };
}

function summing(call: AggregateCall): DecomposedAggregate | null {
  const total = sumType(call.arguments[0]?.type);
  return total === null
    ? null
    : { partial: [{ ...call, type: total }], final: [{ name: 'sum', type: total, of: [0] }], result: (values) => cast(theValue(values), call.type) };
}

/** The type of sum() over a type that sums exactly, or as exactly in parts as at once (floats); null for the rest. */
function sumType(type: DataType | undefined): DataType | null {
  if (type === undefined) {
    return null;
  }
  if (type.kind === 'decimal') {
    return decimal(DECIMAL_WIDTH_MAX, type.scale);
  }
  if (type.kind !== 'scalar') {
    return null;
  }
  switch (type.name) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
    case 'HUGEINT':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER':
    case 'UBIGINT':
      return HUGEINT;
    case 'FLOAT':
    case 'DOUBLE':
      return DOUBLE;
    case 'BOOLEAN':
    case 'UHUGEINT':
    case 'BIGNUM':
    case 'VARCHAR':
    case 'JSON':
    case 'BLOB':
    case 'BIT':
    case 'UUID':
    case 'DATE':
    case 'TIME':
    case 'TIME WITH TIME ZONE':
    case 'TIME_NS':
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
    case 'TIMESTAMP WITH TIME ZONE':
    case 'INTERVAL':
    case 'NULL':
      return null;
  }
}

/**
 * avg() of numbers is DOUBLE in DuckDB: the sum as a double over the count. For decimals it divides the unscaled sum by
 * count * 10^scale; dividing the decimal's own value instead differs in the last digit now and then (measured: 1,634 of
 * 5,000 groups), so the digits are read back without their point, once a group.
 */
function averaging(call: AggregateCall): DecomposedAggregate | null {
  const argument = call.arguments[0]?.type;
  const total = sumType(argument);
  if (argument === undefined || total === null || call.type.kind !== 'scalar' || call.type.name !== 'DOUBLE') {
    return null;
  }
  const scale = argument.kind === 'decimal' ? argument.scale : 0;
  return {
    partial: [
      { ...call, name: 'sum', type: total },
      { ...call, name: 'count', type: BIGINT },
    ],
    final: [
      { name: 'sum', type: total, of: [0] },
      { name: 'sum', type: HUGEINT, of: [1] },
    ],
    result: (values) => {
      const sum = valueAt(values, 0);
      const count = cast(valueAt(values, 1), DOUBLE);
      const divisor = scale === 0 ? count : operator('*', [count, { kind: 'constant', type: DOUBLE, value: { kind: 'text', text: `1e${scale}` } }]);
      return operator('/', [cast(scale === 0 ? sum : unscaled(sum), DOUBLE), divisor]);
    },
  };
}

function unscaled(sum: Expression): Expression {
  const digits: Expression = {
    kind: 'call',
    name: 'replace',
    schema: null,
    arguments: [cast(sum, scalar('VARCHAR')), text('.'), text('')],
    isOperator: false,
    type: scalar('VARCHAR'),
  };
  return cast(digits, HUGEINT);
}

function text(value: string): Expression {
  return { kind: 'constant', type: scalar('VARCHAR'), value: { kind: 'text', text: value } };
}

function operator(name: string, operands: readonly Expression[]): Expression {
  return { kind: 'call', name, schema: null, arguments: operands, isOperator: true, type: DOUBLE };
}

function cast(input: Expression, type: DataType): Expression {
  return { kind: 'cast', input, type, isTry: false };
}
