import assert from 'node:assert/strict';
import { printDataType, sameDataType, scalar, type DataType } from '../types/data-type.js';
import type { AggregateCall, Expression, SortKey, WindowCall } from './expressions.js';
import type { JoinNode, PlanNode } from './nodes.js';
import { children } from './plan-children.js';
import { expressionChildren } from './rewrite-expression.js';

type Types = readonly DataType[];

/**
 * Asserts what every pass must keep: references are in range and of the type they say, projections too, and `output`
 * is what the node gives. A failure is a planner bug, never a user's.
 */
export function checkPlan(plan: PlanNode): void {
  for (const child of children(plan)) {
    checkPlan(child);
  }
  assertTypes(expectedOutput(plan), plan.output, `output of ${plan.kind}`);
}

/** Checks a node's expressions and gives the types it must have. */
function expectedOutput(plan: PlanNode): Types {
  switch (plan.kind) {
    case 'scan':
      assert.equal(plan.read.length, plan.readTypes.length, 'scan: a type for each column');
      checkAll(plan.filters, plan.readTypes);
      return pick(plan.readTypes, plan.projection);
    case 'filter':
      checkAll(plan.conditions, plan.input.output);
      return pick(plan.input.output, plan.projection);
    case 'projection':
      checkAll(plan.expressions, plan.input.output);
      assert.equal(plan.names.length, plan.expressions.length, 'projection: a name for each expression');
      return plan.expressions.map((expression) => expression.type);
    case 'aggregate':
      checkAll(plan.groups, plan.input.output);
      for (const call of plan.aggregates) {
        checkAggregate(call, plan.input.output);
      }
      checkGroupings(plan.groups.length, [...(plan.groupingSets ?? []), ...plan.groupingCalls]);
      return [...plan.groups.map((group) => group.type), ...plan.aggregates.map((call) => call.type), ...plan.groupingCalls.map(() => scalar('BIGINT'))];
    case 'join':
      return joinOutput(plan);
    case 'delim_join':
      checkAll(plan.duplicateEliminated, plan.flipped ? plan.join.right.output : plan.join.left.output);
      return joinOutput(plan.join);
    case 'cross_product':
      return [...plan.left.output, ...plan.right.output];
    case 'order':
      checkKeys(plan.keys, plan.input.output);
      return pick(plan.input.output, plan.projection);
    case 'top_n':
      checkKeys(plan.keys, plan.input.output);
      return plan.input.output;
    case 'distinct':
      checkAll(plan.targets, plan.input.output);
      checkKeys(plan.keys, plan.input.output);
      return plan.input.output;
    case 'limit':
    case 'sample':
    case 'exchange':
      return plan.input.output;
    case 'union':
      return sameOutputs(plan.inputs);
    case 'set_operation':
      return sameOutputs([plan.left, plan.right]);
    case 'window':
      for (const call of plan.calls) {
        checkWindowCall(call, plan.input.output);
      }
      return [...plan.input.output, ...plan.calls.map((call) => call.type)];
    case 'unnest':
      checkAll(plan.expressions, plan.input.output);
      return [...plan.input.output, ...plan.expressions.map((expression) => elementType(expression.type))];
    case 'cte':
      return plan.body.output;
    case 'values':
      for (const row of plan.rows) {
        checkAll(row, []);
        assert.equal(row.length, plan.output.length, 'values: a value for each column');
      }
      return plan.output;
    case 'function_scan':
      checkAll(plan.arguments, []);
      return plan.output;
    case 'delim_get':
    case 'cte_reference':
    case 'single_row':
    case 'empty':
    case 'stage_input':
      return plan.output;
    case 'per_partition':
      assert.equal(plan.inputNames.length, plan.inputs.length, 'per_partition: names for each input');
      plan.inputs.forEach((input, index) => assert.equal(plan.inputNames[index]?.length, input.output.length, 'per_partition: a name for each column'));
      return plan.output;
  }
}

function joinOutput(join: JoinNode): Types {
  for (const condition of join.conditions) {
    checkExpression(condition.left, join.left.output);
    checkExpression(condition.right, join.right.output);
  }
  if (join.residual !== null) {
    checkExpression(join.residual, [...join.left.output, ...join.right.output]);
  }
  const left = pick(join.left.output, join.leftProjection);
  const right = pick(join.right.output, join.rightProjection);
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
      return [...left, scalar('BOOLEAN')];
  }
}

function checkExpression(expression: Expression, input: Types): void {
  if (expression.kind === 'ref') {
    const type = input[expression.index];
    assert.ok(type !== undefined, `reference to column ${expression.index} of ${input.length}`);
    assertTypes([type], [expression.type], `column ${expression.index}`);
  }
  for (const child of expressionChildren(expression)) {
    checkExpression(child, input);
  }
}

function checkAll(expressions: readonly Expression[], input: Types): void {
  for (const expression of expressions) {
    checkExpression(expression, input);
  }
}

function checkKeys(keys: readonly SortKey[], input: Types): void {
  checkAll(
    keys.map((key) => key.expression),
    input,
  );
}

function checkAggregate(call: AggregateCall, input: Types): void {
  checkAll([...call.arguments, ...call.boundArguments, ...(call.filter === null ? [] : [call.filter])], input);
  checkKeys(call.orderBy, input);
}

function checkWindowCall(call: WindowCall, input: Types): void {
  checkAll([...call.arguments, ...call.partitionBy, ...(call.filter === null ? [] : [call.filter])], input);
  checkKeys([...call.orderBy, ...call.argumentOrder], input);
  for (const bound of [call.frame.start, call.frame.end]) {
    if (bound.kind === 'preceding' || bound.kind === 'following') {
      checkExpression(bound.offset, input);
    }
  }
}

function checkGroupings(groupCount: number, lists: readonly (readonly number[])[]): void {
  for (const index of lists.flat()) {
    assert.ok(index >= 0 && index < groupCount, `grouping by group ${index} of ${groupCount}`);
  }
}

function pick(types: Types, projection: readonly number[] | null): Types {
  if (projection === null) {
    return types;
  }
  return projection.map((index) => {
    const type = types[index];
    assert.ok(type !== undefined, `projection of column ${index} of ${types.length}`);
    return type;
  });
}

function sameOutputs(inputs: readonly PlanNode[]): Types {
  const [first, ...rest] = inputs;
  assert.ok(first !== undefined, 'a set operation without inputs');
  for (const other of rest) {
    assertTypes(first.output, other.output, 'inputs of a set operation');
  }
  return first.output;
}

function elementType(type: DataType): DataType {
  assert.ok(type.kind === 'list' || type.kind === 'array', `unnest of ${printDataType(type)}`);
  return type.element;
}

function assertTypes(expected: Types, actual: Types, what: string): void {
  const same = expected.length === actual.length && expected.every((type, index) => sameDataType(type, actual[index] ?? scalar('NULL')));
  assert.ok(same, `${what}: expected ${expected.map(printDataType).join(', ')}, found ${actual.map(printDataType).join(', ')}`);
}
