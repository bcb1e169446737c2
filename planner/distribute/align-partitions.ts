import type { PerPartitionNode, PerPartitionPiece, PlanNode } from '../plan/nodes.js';
import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import { scalar, type DataType } from '../types/data-type.js';
import { broadcast, deal, gather, shuffleByValue } from './exchange.js';
import { pickColumns } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import { columnRange, isWhole, onEachTask, SINGLE, taskCount, type Layout, type Placed } from './placed.js';

/** Inputs that one stage can read partition by partition. */
export interface AlignedPartitions {
  readonly placed: readonly Placed[];
  readonly layout: Layout;
}

/**
 * Makes partition i of every input readable by task i. An input in one piece is read by all tasks. 22023 where inputs have
 * different numbers of partitions: nothing says which rows belong together then.
 */
export function alignPartitions(inputs: readonly Placed[], context: PlacementContext): AlignedPartitions {
  const plain = inputs.map((input) => (input.layout.kind === 'pieces' ? deal(input, taskCount(input.layout), 'a union, in partitions', context) : input));
  const parted = plain.filter((input) => !isWhole(input));
  const [first, ...rest] = parted;
  if (first === undefined) {
    return { placed: plain.map((input) => gather(input, 'one partition', context)), layout: SINGLE };
  }
  const count = taskCount(first.layout);
  if (rest.some((input) => taskCount(input.layout) !== count)) {
    throw new SqlError(
      SQLSTATE.invalid_parameter_value,
      `the inputs of SQL per partition have different numbers of partitions: ${parted.map((input) => taskCount(input.layout)).join(', ')}`,
      { hint: 'Repartition them into the same number.' },
    );
  }
  const layout: Layout = rest.length === 0 && first.layout.kind === 'spread' ? first.layout : { kind: 'hash', partitionCount: count, keys: null };
  const placed = plain.map((input) => {
    if (isWhole(input)) {
      return broadcast(input, 'read by every partition', context);
    }
    return layout.kind === 'hash' ? inPartitions(input, context) : input;
  });
  return { placed, layout };
}

/** Rows that several parts read, computed once, in the partitions they are in. */
export function shareRows(placed: Placed, context: PlacementContext): Placed {
  if (placed.layout.kind === 'pieces') {
    return deal(placed, taskCount(placed.layout), SHARED, context);
  }
  if (isShared(placed.plan)) {
    return placed;
  }
  return isWhole(placed) ? broadcast(gather(placed, SHARED, context), SHARED, context) : byNumber(placed, context);
}

const SHARED = 'read in several places';

/** True for rows that come out of an exchange, which is one stage however many read it. */
function isShared(plan: PlanNode): boolean {
  return plan.kind === 'exchange' || (plan.kind === 'projection' && isShared(plan.input));
}

/** A stage reads a share of a scan or partitions of an exchange, not both: a scan's shares become partitions. */
function inPartitions(placed: Placed, context: PlacementContext): Placed {
  return placed.layout.kind === 'spread' ? byNumber(placed, context) : placed;
}

function byNumber(placed: Placed, context: PlacementContext): Placed {
  const count = taskCount(placed.layout);
  const numbered = withColumn(placed, ['CAST(', { kind: 'partition' }, ' AS INTEGER)'], scalar('INTEGER'), 'number of the partition');
  return pickColumns(shuffleByValue(numbered, placed.plan.output.length, count, SHARED, context), columnRange(0, placed.plan.output.length));
}

/** Adds a column computed by SQL over the columns c0, c1, ... of each task's rows. */
export function withColumn(placed: Placed, expression: readonly PerPartitionPiece[], type: DataType, description: string): Placed {
  return onEachTask(placed, (piece) => {
    const { output } = piece.plan;
    const names = output.map((_, index) => `c${index}`);
    const plan: PerPartitionNode = {
      kind: 'per_partition',
      inputs: [piece.plan],
      inputNames: [names],
      sql: [`SELECT ${names.map((name) => `${name}, `).join('')}`, ...expression, ' FROM ', { kind: 'input', index: 0 }],
      description,
      output: [...output, type],
    };
    return { ...piece, plan };
  });
}
