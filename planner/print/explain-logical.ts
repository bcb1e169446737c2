import type { Expression, SortKey } from '../plan/expressions.js';
import type { AggregateNode, Distribution, JoinNode, PlanNode, SampleNode } from '../plan/nodes.js';
import { printAggregate, printCondition, printExpression, printSortKey } from './print-expression.js';
import { printWindowCall } from './print-window.js';

/** How a table reference is called, by its index. */
export type ReferenceName = (reference: number) => string;

/** A plan as an indented tree, one line a node, for EXPLAIN (LOGICAL). Columns are named as people would name them. */
export function explainLogical(plan: PlanNode, referenceName: ReferenceName): readonly string[] {
  return new Explainer(referenceName).node(plan).lines;
}

interface Explained {
  readonly lines: readonly string[];
  /** Names of the output columns. */
  readonly names: readonly string[];
}

/** A name longer than this is replaced by its position, or lines would grow with every level. */
const NAME_LENGTH_MAX = 60;

class Explainer {
  readonly #referenceName: ReferenceName;
  readonly #ctes = new Map<number, readonly string[]>();
  #delimKeys: readonly string[] = [];

  constructor(referenceName: ReferenceName) {
    this.#referenceName = referenceName;
  }

  node(plan: PlanNode): Explained {
    switch (plan.kind) {
      case 'scan': {
        const alias = this.#referenceName(plan.reference);
        const read = plan.read.map((name) => `${alias}.${name}`);
        const filters = plan.filters.length === 0 ? '' : ` where ${conditions(plan.filters, read)}`;
        return leaf(`Scan ${alias} (${plan.read.join(', ')})${filters}`, pick(read, plan.projection));
      }
      case 'filter':
        return this.unary(plan.input, (names) => [`Filter ${conditions(plan.conditions, names)}`, pick(names, plan.projection)]);
      case 'projection':
        return this.unary(plan.input, (names) => {
          const columns = plan.expressions.map((expression, index) => nameColumn(printExpression(expression, names), plan.names[index] ?? null));
          return [`Project ${columns.map((column) => column.shown).join(', ')}`, columns.map((column) => column.name)];
        });
      case 'aggregate':
        return this.unary(plan.input, (names) => explainAggregate(plan, names));
      case 'join':
        return this.join(plan, '');
      case 'delim_join':
        return this.delimJoin(plan);
      case 'cross_product': {
        const left = this.node(plan.left);
        const right = this.node(plan.right);
        return {
          lines: ['Cross product', ...below(left), ...below(right)],
          names: [...left.names, ...right.names],
        };
      }
      case 'delim_get':
        return leaf(`Keys of the outer side (${this.#delimKeys.join(', ')})`, this.#delimKeys);
      case 'order':
        return this.unary(plan.input, (names) => [`Order by ${sortKeys(plan.keys, names)}`, pick(names, plan.projection)]);
      case 'top_n':
        return this.unary(plan.input, (names) => [`Top ${plan.limit}${offset(plan.offset)} by ${sortKeys(plan.keys, names)}`, names]);
      case 'limit':
        return this.unary(plan.input, (names) => [`Limit ${plan.limit ?? 'none'}${offset(plan.offset)}`, names]);
      case 'distinct':
        return this.unary(plan.input, (names) => [
          plan.on ? `Distinct on ${plan.targets.map((target) => printExpression(target, names)).join(', ')}` : 'Distinct',
          names,
        ]);
      case 'union':
        return this.combined('Union all', plan.inputs);
      case 'set_operation':
        return this.combined(`${plan.operation === 'intersect' ? 'Intersect' : 'Except'}${plan.all ? ' all' : ''}`, [plan.left, plan.right]);
      case 'window':
        return this.unary(plan.input, (names) => {
          const calls = plan.calls.map((call) => printWindowCall(call, names));
          return [`Window ${calls.join(', ')}`, [...names, ...calls]];
        });
      case 'unnest':
        return this.unary(plan.input, (names) => {
          const calls = plan.expressions.map((expression) => `unnest(${printExpression(expression, names)})`);
          return [`Unnest ${calls.join(', ')}`, [...names, ...calls]];
        });
      case 'cte': {
        const definition = this.node(plan.definition);
        this.#ctes.set(plan.index, definition.names);
        const body = this.node(plan.body);
        return {
          lines: [`With ${plan.name}`, ...below(definition), ...below(body)],
          names: body.names,
        };
      }
      case 'cte_reference':
        return leaf(`Read CTE ${plan.index}`, this.#ctes.get(plan.index) ?? positions(plan));
      case 'values':
        return leaf(`Values, ${plan.rows.length} ${plan.rows.length === 1 ? 'row' : 'rows'}`, positions(plan));
      case 'single_row':
        return leaf('One row', positions(plan));
      case 'empty':
        return leaf('No rows', positions(plan));
      case 'function_scan':
        return leaf(`Function ${plan.function}(${plan.arguments.map((argument) => printExpression(argument, [])).join(', ')})`, positions(plan));
      case 'sample':
        return this.unary(plan.input, (names) => [explainSample(plan), names]);
      case 'exchange':
        return this.unary(plan.input, (names) => [`Exchange ${explainDistribution(plan.distribution, names)}: ${plan.reason}`, names]);
      case 'per_partition': {
        const inputs = plan.inputs.map((input) => this.node(input));
        return { lines: [`Per partition: ${plan.description}`, ...inputs.flatMap(below)], names: positions(plan) };
      }
      case 'stage_input':
        return leaf(`Rows of stage ${plan.stage}`, positions(plan));
    }
  }

  private unary(input: PlanNode, explain: (names: readonly string[]) => readonly [string, readonly string[]]): Explained {
    const explained = this.node(input);
    const [text, names] = explain(explained.names);
    return { lines: [text, ...below(explained)], names: names.map(shorten) };
  }

  private combined(text: string, inputs: readonly PlanNode[]): Explained {
    const explained = inputs.map((input) => this.node(input));
    return { lines: [text, ...explained.flatMap(below)], names: explained[0]?.names ?? [] };
  }

  private join(plan: JoinNode, prefix: string): Explained {
    return explainJoin(plan, prefix, this.node(plan.left), this.node(plan.right));
  }

  private delimJoin(plan: Extract<PlanNode, { readonly kind: 'delim_join' }>): Explained {
    const { join, flipped } = plan;
    const shared = this.node(flipped ? join.right : join.left);
    const keys = plan.duplicateEliminated.map((key) => printExpression(key, shared.names));
    const outerKeys = this.#delimKeys;
    this.#delimKeys = keys;
    const other = this.node(flipped ? join.left : join.right);
    this.#delimKeys = outerKeys;
    return flipped ? explainJoin(join, 'Correlated ', other, shared) : explainJoin(join, 'Correlated ', shared, other);
  }
}

function explainJoin(join: JoinNode, prefix: string, left: Explained, right: Explained): Explained {
  const on = join.conditions.map(
    (condition) => `${printExpression(condition.left, left.names)} ${condition.comparison} ${printExpression(condition.right, right.names)}`,
  );
  const residual = join.residual === null ? [] : [printCondition(join.residual, [...left.names, ...right.names])];
  const kind = join.joinType.replace('_', ' ');
  const text = `${prefix}${prefix === '' ? kind.charAt(0).toUpperCase() + kind.slice(1) : kind} join on ${[...on, ...residual].join(' AND ')}`;
  return {
    lines: [text, ...below(left), ...below(right)],
    names: joinNames(join, pick(left.names, join.leftProjection), pick(right.names, join.rightProjection)),
  };
}

function joinNames(join: JoinNode, left: readonly string[], right: readonly string[]): readonly string[] {
  switch (join.joinType) {
    case 'inner':
    case 'left':
    case 'right':
    case 'full':
    case 'single':
      return [...left, ...right];
    case 'semi':
    case 'anti':
      return left;
    case 'right_semi':
    case 'right_anti':
      return right;
    case 'mark':
      return [...left, 'mark'];
  }
}

function explainAggregate(plan: AggregateNode, names: readonly string[]): readonly [string, readonly string[]] {
  const groups = plan.groups.map((group) => printExpression(group, names));
  const calls = plan.aggregates.map((call) => printAggregate(call, names));
  const groupings = plan.groupingCalls.map((call) => `GROUPING(${call.map((index) => groups[index] ?? '').join(', ')})`);
  const sets =
    plan.groupingSets === null
      ? ''
      : ` grouping sets (${plan.groupingSets.map((set) => `(${set.map((index) => groups[index] ?? '').join(', ')})`).join(', ')})`;
  const by = groups.length === 0 ? '' : ` by ${groups.join(', ')}`;
  const computed = [...calls, ...groupings];
  return [`Aggregate${by}${sets}${computed.length === 0 ? '' : `: ${computed.join(', ')}`}`, [...groups, ...computed]];
}

function explainDistribution(distribution: Distribution, names: readonly string[]): string {
  switch (distribution.kind) {
    case 'gather':
    case 'broadcast':
      return distribution.kind;
    case 'hash':
      return `hash(${distribution.keys.map((key) => names[key.column] ?? '').join(', ')}) into ${distribution.partitionCount}`;
    case 'value':
      return `partition ${names[distribution.column] ?? ''} of ${distribution.partitionCount}`;
  }
}

function explainSample(plan: SampleNode): string {
  return `Sample ${plan.size} ${plan.isPercentage ? 'percent' : 'rows'} (${plan.method})`;
}

function leaf(text: string, names: readonly string[]): Explained {
  return { lines: [text], names };
}

function below(explained: Explained): readonly string[] {
  return explained.lines.map((text) => `  ${text}`);
}

function conditions(expressions: readonly Expression[], names: readonly string[]): string {
  return expressions.map((expression) => printCondition(expression, names)).join(' AND ');
}

function sortKeys(keys: readonly SortKey[], names: readonly string[]): string {
  return keys.map((key) => printSortKey(key, names)).join(', ');
}

function offset(rows: number): string {
  return rows === 0 ? '' : ` offset ${rows}`;
}

/** An alias is told where it says something new: not DuckDB's own (the expression's text), not the column's name without its table. */
function nameColumn(text: string, alias: string | null): { readonly shown: string; readonly name: string } {
  const isNew = alias !== null && alias !== text && alias !== 'count_star()' && !text.endsWith(`.${alias}`);
  return isNew ? { shown: `${text} AS ${alias}`, name: alias } : { shown: text, name: text };
}

function positions(plan: PlanNode): readonly string[] {
  return plan.output.map((_, index) => `#${index}`);
}

function shorten(name: string, index: number): string {
  return name.length > NAME_LENGTH_MAX ? `#${index}` : name;
}

function pick(names: readonly string[], projection: readonly number[] | null): readonly string[] {
  return projection === null ? names : projection.map((index) => names[index] ?? '');
}
