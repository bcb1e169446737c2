import type { Expression } from '../plan/expressions.js';
import type { DistinctNode, PlanNode } from '../plan/nodes.js';
import { booleanField, expectFields, nameSet, objectsField, textField, unknown } from './json-fields.js';
import type { JsonObject } from './json-text.js';
import { readExpressions, readOrderModifier } from './read-expression.js';

const DISTINCT_FIELDS = nameSet('type children table_index distinct_type distinct_targets order_by');
const SET_OPERATION_FIELDS = nameSet('type children table_index column_count setop_all allow_out_of_order');

/** Reads LOGICAL_DISTINCT. */
export function readDistinct(json: JsonObject, input: PlanNode): DistinctNode {
  expectFields(json, 'DISTINCT', DISTINCT_FIELDS);
  const type = textField(json, 'distinct_type');
  const targets = readExpressions(objectsField(json, 'distinct_targets'));
  const keys = readOrderModifier(json, 'order_by');
  if (type !== 'DISTINCT' && type !== 'DISTINCT_ON') {
    return unknown(`distinct type ${type} is not known`);
  }
  // A DISTINCT under a collation compares something else than its columns: any row of those alike may stay, as with ON.
  const on = type === 'DISTINCT_ON' || !coversWholeRow(targets, input.output.length);
  return { kind: 'distinct', input, targets, on, keys, output: input.output };
}

function coversWholeRow(targets: readonly Expression[], width: number): boolean {
  const columns = new Set(targets.map((target) => (target.kind === 'ref' ? target.index : -1)));
  return columns.size === width && !columns.has(-1);
}

/** Reads LOGICAL_UNION, LOGICAL_INTERSECT or LOGICAL_EXCEPT. */
export function readSetOperation(type: 'LOGICAL_UNION' | 'LOGICAL_INTERSECT' | 'LOGICAL_EXCEPT', json: JsonObject, inputs: readonly PlanNode[]): PlanNode {
  expectFields(json, type, SET_OPERATION_FIELDS);
  const all = booleanField(json, 'setop_all');
  const output = inputs[0]?.output ?? [];
  if (type === 'LOGICAL_UNION') {
    const union: PlanNode = { kind: 'union', inputs, output };
    const targets = output.map((columnType, index): Expression => ({
      kind: 'ref',
      index,
      type: columnType,
    }));
    return all ? union : { kind: 'distinct', input: union, targets, on: false, keys: [], output };
  }
  const [left, right] = inputs;
  if (left === undefined || right === undefined || inputs.length !== 2) {
    return unknown('a set operation without two inputs');
  }
  return {
    kind: 'set_operation',
    operation: type === 'LOGICAL_INTERSECT' ? 'intersect' : 'except',
    all,
    left,
    right,
    output,
  };
}
