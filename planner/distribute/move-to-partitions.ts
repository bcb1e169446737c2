import type { PartitionedPlan, Partitioning } from '../dataframe/partitioned-plan.js';
import type { SortKey } from '../plan/expressions.js';
import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import { printDataType, scalar, type DataType } from '../types/data-type.js';
import { withColumn } from './align-partitions.js';
import { deal, shuffle, shuffleByValue, type ExchangeKey } from './exchange.js';
import { isHashable, pickColumns } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import { columnRange, onEachTask, type Placed } from './placed.js';
import { moveToRanges } from './range-sort.js';

type Repartition = Extract<PartitionedPlan, { readonly kind: 'repartition' }>;

const REASON = 'repartition';

/** Moves rows into the partitions that were asked for. `hashTypes` are the types to hash by, the columns' own when null. */
export function moveToPartitions(input: Placed, plan: Repartition, hashTypes: readonly DataType[] | null, context: PlacementContext): Placed {
  const { partitioning } = plan;
  const width = input.plan.output.length;
  const all = columnRange(0, width);
  switch (partitioning.kind) {
    case 'hash': {
      const keys = partitioning.columns.map((name, index) => hashKey(plan, name, hashTypes?.[index]));
      return shuffle(input, keys, partitioning.count, REASON, context);
    }
    case 'range': {
      const keys = partitioning.columns.map((name): SortKey => {
        const { column, type } = hashKey(plan, name);
        return { expression: { kind: 'ref', index: column, type }, descending: false, nullsFirst: false };
      });
      // One range has no bounds.
      return partitioning.count === 1 ? deal(input, 1, REASON, context) : pickColumns(moveToRanges(input, keys, partitioning.count, REASON, context), all);
    }
    case 'deal':
      return deal(input, partitioning.count, REASON, context);
    case 'random': {
      const number = `CAST(hash(row_number() OVER (), ${partitioning.seed}) % ${partitioning.count} AS INTEGER)`;
      return pickColumns(shuffleByValue(withNumber(input, number), width, partitioning.count, REASON, context), all);
    }
    case 'value': {
      const column = wholeNumber(plan, partitioning.column);
      const moved = shuffleByValue(input, column, partitioning.count, REASON, context);
      return partitioning.isDropped === true
        ? pickColumns(
            moved,
            all.filter((each) => each !== column),
          )
        : moved;
    }
    case 'nested': {
      const number = partitioning.dimensions.reduce((text, dimension) => `(${text} * ${dimension.count} + ${numberIn(plan, dimension)})`, '0');
      const count = partitioning.dimensions.reduce((product, dimension) => product * dimension.count, 1);
      return pickColumns(shuffleByValue(withNumber(input, `CAST(${number} AS INTEGER)`), width, count, REASON, context), all);
    }
  }
}

function withNumber(input: Placed, expression: string): Placed {
  return onEachTask(input, (piece) => withColumn(piece, [expression], scalar('INTEGER'), 'number of the partition'));
}

/** A row's place in one of several nested dimensions, as SQL over c0, c1, ... */
function numberIn(plan: Repartition, dimension: Extract<Partitioning, { readonly kind: 'hash' | 'value' }>): string {
  if (dimension.kind === 'hash') {
    const keys = dimension.columns.map((name) => {
      const { column, type } = hashKey(plan, name);
      return `CAST(c${column} AS ${printDataType(type)})`;
    });
    return `CAST(hash(${keys.join(', ')}) % ${dimension.count} AS BIGINT)`;
  }
  const column = `c${wholeNumber(plan, dimension.column)}`;
  const message = `SLUICE:22003:partition index out of range, it must be between 0 and ${dimension.count - 1}`;
  return `CASE WHEN ${column} BETWEEN 0 AND ${dimension.count - 1} THEN CAST(${column} AS BIGINT) ELSE error('${message}') END`;
}

function hashKey(plan: Repartition, name: string, hashedAs?: DataType): ExchangeKey {
  const column = indexOf(plan, name);
  const type = hashedAs ?? plan.columns[column]?.type;
  if (type === undefined || !isHashable(type)) {
    throw new SqlError(SQLSTATE.feature_not_supported, `rows cannot be partitioned by column "${name}"`);
  }
  return { column, type };
}

function wholeNumber(plan: Repartition, name: string): number {
  const column = indexOf(plan, name);
  const type = plan.columns[column]?.type;
  if (type?.kind !== 'scalar' || !/INT(?:EGER)?$/.test(type.name)) {
    throw new SqlError(SQLSTATE.datatype_mismatch, `column "${name}" cannot be a partition's number: it holds no whole numbers`);
  }
  return column;
}

function indexOf(plan: Repartition, name: string): number {
  const column = plan.columns.findIndex((candidate) => candidate.name === name);
  if (column === -1) {
    throw new SqlError(SQLSTATE.undefined_column, `column "${name}" does not exist`, {
      hint: `There are ${plan.columns.map((candidate) => `"${candidate.name}"`).join(', ')}.`,
    });
  }
  return column;
}
