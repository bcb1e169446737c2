import type { Expression, SortKey } from '../plan/expressions.js';
import type { AggregateNode, DistinctNode, PlanNode, SetOperationNode, UnionNode } from '../plan/nodes.js';
import type { DelimSource, PrintContext } from './print-context.js';
import { printAggregate, printCondition, printExpression, printKey, printSortKey } from './print-expression.js';
import { printCrossProduct, printJoin } from './print-join.js';
import { nulls, printDelimGet, printFunctionScan, printScan, printValues, readName } from './print-source.js';
import { printPerPartition } from './print-per-partition.js';
import { printWindowCall } from './print-window.js';
import { outputName, renderBlock, selectFrom, subselect, takesConditions, takesExpressions, takesRenaming, type SelectBlock } from './select-block.js';
import { indent, line, type SqlLines } from './sql-text.js';

/** Prints one operator over its inputs. `delim` is what delim_get reads here. */
export function printOperator(plan: PlanNode, context: PrintContext, delim: DelimSource | null): SelectBlock {
  const below = (input: PlanNode): SelectBlock => printOperator(input, context, delim);
  switch (plan.kind) {
    case 'scan':
      return printScan(plan, context);
    case 'filter':
      return keep(addConditions(below(plan.input), plan.conditions, context), plan.projection, context);
    case 'projection':
      return printProjection(below(plan.input), plan.expressions, context);
    case 'aggregate':
      return printAggregation(plan, below(plan.input), context);
    case 'join':
      return printJoin(plan, below(plan.left), below(plan.right), context);
    case 'cross_product':
      return printCrossProduct(below(plan.left), below(plan.right), context);
    case 'delim_join':
      return printDelimJoin(plan, context, delim);
    case 'delim_get':
      return printDelimGet(plan, context, delim);
    case 'order':
      return keep(addOrder(below(plan.input), plan.keys, context), plan.projection, context);
    case 'top_n':
      return {
        ...addOrder(below(plan.input), plan.keys, context),
        limit: limitText(plan.limit, plan.offset),
      };
    case 'limit':
      return addLimit(below(plan.input), plan.limit, plan.offset, context);
    case 'distinct':
      return printDistinct(plan, below(plan.input), context);
    case 'union':
      return printUnion(plan, plan.inputs.map(below), context);
    case 'set_operation':
      return printSetOperation(plan, below(plan.left), below(plan.right), context);
    case 'window': {
      const input = plainBlock(below(plan.input), context);
      return {
        ...input,
        columns: [...input.columns, ...plan.calls.map((call) => printWindowCall(call, input.columns))],
        isPlain: false,
        groupBy: null,
      };
    }
    case 'unnest': {
      const input = plainBlock(below(plan.input), context);
      const unnested = plan.expressions.map((expression) => `unnest(${printExpression(expression, input.columns)})`);
      return subselect({ ...input, columns: [...input.columns, ...unnested], isPlain: false }, context.nextAlias());
    }
    case 'cte':
      context.nameCte(plan.index, context.addCte(renderBlock(below(plan.definition)), true));
      return below(plan.body);
    case 'cte_reference':
      return readName(context.cteName(plan.index), plan.output.length, context);
    case 'values':
      return printValues(plan, context);
    case 'single_row':
      return selectFrom(null, ['CAST(NULL AS INTEGER)']);
    case 'empty':
      return { ...selectFrom(null, nulls(plan.output)), where: ['FALSE'] };
    case 'function_scan':
      return printFunctionScan(plan, context);
    case 'sample': {
      const input = asTable(below(plan.input), context);
      const seed = plan.seed === null ? '' : ` REPEATABLE (${plan.seed})`;
      return {
        ...input,
        sample: `USING SAMPLE ${plan.method}(${plan.size} ${plan.isPercentage ? 'PERCENT' : 'ROWS'})${seed}`,
      };
    }
    case 'stage_input': {
      const alias = context.nextAlias();
      const columns = plan.output.map((type, index) => ({ name: outputName(index), type }));
      return selectFrom(
        [[{ kind: 'exchange', stage: plan.stage, columns }, ` AS ${alias}`]],
        columns.map((column) => `${alias}.${column.name}`),
      );
    }
    case 'per_partition':
      return printPerPartition(plan, plan.inputs.map(below), context);
    case 'exchange':
      throw new Error('a plan is printed after it was cut at its exchanges');
  }
}

/** The block itself where it takes conditions, else a new one around it. */
function plainBlock(block: SelectBlock, context: PrintContext): SelectBlock {
  return takesConditions(block) && block.from !== null ? block : subselect(block, context.nextAlias());
}

/** A block whose FROM is exactly the rows so far. */
function asTable(block: SelectBlock, context: PrintContext): SelectBlock {
  return subselect(block, context.nextAlias());
}

function addConditions(block: SelectBlock, conditions: readonly Expression[], context: PrintContext): SelectBlock {
  const input = plainBlock(block, context);
  return {
    ...input,
    where: [...input.where, ...conditions.map((condition) => printCondition(condition, input.columns))],
  };
}

function keep(block: SelectBlock, projection: readonly number[] | null, context: PrintContext): SelectBlock {
  if (projection === null) {
    return block;
  }
  // An aggregation without groups must keep one of its calls: they are what makes it one row.
  const input = takesRenaming(block) && (block.isPlain || projection.length > 0) ? block : subselect(block, context.nextAlias());
  return { ...input, columns: projection.map((index) => input.columns[index] ?? '') };
}

function printProjection(block: SelectBlock, expressions: readonly Expression[], context: PrintContext): SelectBlock {
  const refs = expressions.map((expression) => (expression.kind === 'ref' ? expression.index : -1));
  if (!refs.includes(-1) && (block.isPlain || new Set(refs).size === refs.length)) {
    return keep(block, refs, context);
  }
  const input = takesExpressions(block) ? block : subselect(block, context.nextAlias());
  const isPlain = input.isPlain && expressions.every((expression) => expression.kind === 'ref' || expression.kind === 'constant');
  return {
    ...input,
    columns: expressions.map((expression) => printExpression(expression, input.columns)),
    isPlain,
  };
}

function addOrder(block: SelectBlock, keys: readonly SortKey[], context: PrintContext): SelectBlock {
  const input = plainBlock(block, context);
  return { ...input, orderBy: keys.map((key) => printSortKey(key, input.columns)) };
}

function addLimit(block: SelectBlock, limit: number | null, offset: number, context: PrintContext): SelectBlock {
  const input = block.limit === null && block.sample === null ? block : subselect(block, context.nextAlias());
  return { ...input, limit: limitText(limit, offset) };
}

function limitText(limit: number | null, offset: number): string | null {
  const parts = [limit === null ? '' : `LIMIT ${limit}`, offset === 0 ? '' : `OFFSET ${offset}`].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(' ');
}

function printAggregation(plan: AggregateNode, block: SelectBlock, context: PrintContext): SelectBlock {
  const input = groupingInput(plan, block, context);
  const keys = plan.groups.map((group) => printKey(group, input.columns));
  const calls = plan.groupingCalls.map((call) => `GROUPING(${call.map((index) => keys[index] ?? '').join(', ')})`);
  const columns = [...keys, ...plan.aggregates.map((call) => printAggregate(call, input.columns)), ...calls];
  const groupBy = plan.groupingSets === null ? (keys.length === 0 ? null : keys.join(', ')) : printGroupingSets(plan.groupingSets, keys);
  return { ...input, columns, isPlain: false, groupBy };
}

/** Grouping sets are matched by text, so each group must be a column of its own there. */
function groupingInput(plan: AggregateNode, block: SelectBlock, context: PrintContext): SelectBlock {
  const input = plainBlock(block, context);
  const columns = plan.groups.map((group) => (group.kind === 'ref' ? (input.columns[group.index] ?? '') : ''));
  const isDirect = plan.groupingSets === null || (!columns.includes('') && new Set(columns).size === columns.length);
  return isDirect ? input : subselect(input, context.nextAlias());
}

function printGroupingSets(sets: readonly (readonly number[])[], keys: readonly string[]): string {
  return `GROUPING SETS (${sets.map((set) => `(${set.map((index) => keys[index] ?? '').join(', ')})`).join(', ')})`;
}

function printDistinct(plan: DistinctNode, block: SelectBlock, context: PrintContext): SelectBlock {
  if (!plan.on) {
    const input =
      block.distinct === null && block.orderBy.length === 0 && block.limit === null && block.sample === null ? block : subselect(block, context.nextAlias());
    return { ...input, distinct: 'DISTINCT' };
  }
  const input = plainBlock(block, context);
  return {
    ...input,
    distinct: `DISTINCT ON (${plan.targets.map((target) => printKey(target, input.columns)).join(', ')})`,
    orderBy: plan.keys.map((key) => printSortKey(key, input.columns)),
  };
}

function parenthesised(block: SelectBlock): SqlLines {
  return [line('('), ...indent(renderBlock(block)), line(')')];
}

function printUnion(plan: UnionNode, inputs: readonly SelectBlock[], context: PrintContext): SelectBlock {
  return combined('UNION ALL', inputs, plan.output.length, context);
}

function printSetOperation(plan: SetOperationNode, left: SelectBlock, right: SelectBlock, context: PrintContext): SelectBlock {
  return combined(`${plan.operation.toUpperCase()}${plan.all ? ' ALL' : ''}`, [left, right], plan.output.length, context);
}

function combined(operator: string, inputs: readonly SelectBlock[], width: number, context: PrintContext): SelectBlock {
  const alias = context.nextAlias();
  const body = inputs.flatMap((input, index) => [...(index === 0 ? [] : [line(operator)]), ...parenthesised(input)]);
  const names = Array.from({ length: width }, (_, index) => `${alias}.${outputName(index)}`);
  return selectFrom([line('('), ...indent(body), line(`) AS ${alias}`)], names);
}

/** The side that is read twice becomes a CTE, computed once; delim_get nodes of the other side read its distinct keys. */
function printDelimJoin(plan: Extract<PlanNode, { readonly kind: 'delim_join' }>, context: PrintContext, delim: DelimSource | null): SelectBlock {
  const { join } = plan;
  const shared = plan.flipped ? join.right : join.left;
  const name = context.addCte(renderBlock(printOperator(shared, context, delim)), true);
  const source = readName(name, shared.output.length, context);
  const other = printOperator(plan.flipped ? join.left : join.right, context, {
    name,
    keys: plan.duplicateEliminated,
    width: shared.output.length,
  });
  return plan.flipped ? printJoin(join, other, source, context) : printJoin(join, source, other, context);
}
