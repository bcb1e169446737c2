import { columnsOfPlan, type PartitionedPlan } from '../dataframe/partitioned-plan.js';
import { sameDataType, scalar, type DataType } from '../types/data-type.js';

/**
 * The types by which the inputs of one per-partition statement are to be hashed, so that equal values meet: a value's hash
 * depends on its type. Nothing where their own types agree, or where they are not all hashed by as many columns.
 */
export function commonHashTypes(inputs: readonly PartitionedPlan[]): ReadonlyMap<PartitionedPlan, readonly DataType[]> {
  const hashed = inputs.flatMap((plan) => (plan.kind === 'repartition' && plan.partitioning.kind === 'hash' ? [{ plan, types: keyTypes(plan) }] : []));
  const [first, ...rest] = hashed;
  if (first === undefined || rest.length === 0 || rest.some(({ types }) => types.length !== first.types.length)) {
    return new Map();
  }
  const common = first.types.map((type, key) => rest.map(({ types }) => types[key] ?? type).reduce(commonType, type));
  return new Map(hashed.map(({ plan }) => [plan, common]));
}

function keyTypes(plan: Extract<PartitionedPlan, { readonly kind: 'repartition' }>): readonly DataType[] {
  const { partitioning } = plan;
  const names = partitioning.kind === 'hash' ? partitioning.columns : [];
  return names.flatMap((name) => columnsOfPlan(plan).find((column) => column.name === name)?.type ?? []);
}

/** A type to which values of both can be cast so that equal ones stay equal. */
function commonType(a: DataType, b: DataType): DataType {
  if (sameDataType(a, b)) {
    return a;
  }
  const [left, right] = [familyOf(a), familyOf(b)];
  if (left === 'integer' && right === 'integer') {
    return scalar('HUGEINT');
  }
  if (left !== null && right !== null && left !== 'moment' && right !== 'moment') {
    return scalar('DOUBLE');
  }
  return left === 'moment' && right === 'moment' ? scalar('TIMESTAMP') : scalar('VARCHAR');
}

function familyOf(type: DataType): 'integer' | 'number' | 'moment' | null {
  if (type.kind === 'decimal') {
    return 'number';
  }
  if (type.kind !== 'scalar') {
    return null;
  }
  if (/INT(?:EGER)?$/.test(type.name) && type.name !== 'UHUGEINT') {
    return 'integer';
  }
  if (type.name === 'DOUBLE' || type.name === 'FLOAT' || type.name === 'UHUGEINT') {
    return 'number';
  }
  return type.name === 'DATE' || type.name.startsWith('TIMESTAMP') ? 'moment' : null;
}
