import type { Expression } from '../plan/expressions.js';
import type { LimitNode, PlanNode, SampleNode } from '../plan/nodes.js';
import { substituteRefs } from '../plan/rewrite-expression.js';
import { asIndex, booleanField, expectFields, indexField, objectField, objectsField, textField, unknown, nameSet } from './json-fields.js';
import { NumberText, type JsonObject } from './json-text.js';
import { readExpression, readExpressions, readSortKeys } from './read-expression.js';
import { pick, readDelimJoin, readJoin, readProjectionMap } from './read-join.js';
import { readLeaf } from './read-leaf.js';
import { readAggregation } from './read-aggregation.js';
import { readDistinct, readSetOperation } from './read-set-operation.js';
import { readScan } from './read-scan.js';
import { readType, readTypes } from './read-type.js';
import { readWindowCall } from './read-window.js';

const NODE = 'type children table_index';
const FIELDS = {
  projection: nameSet(`${NODE} expressions`),
  filter: nameSet(`${NODE} expressions projection_map`),
  window: nameSet(`${NODE} window_index expressions`),
  unnest: nameSet(`${NODE} unnest_index expressions`),
  limit: nameSet(`${NODE} limit_val offset_val`),
  order: nameSet(`${NODE} orders projections`),
  topN: nameSet(`${NODE} orders limit offset`),
  cte: nameSet(`${NODE} column_count ctename materialize`),
  cteReference: nameSet(`${NODE} cte_index chunk_types bound_columns is_recurring`),
  sample: nameSet(`${NODE} sample_options`),
};

/** Reads a logical operator with everything below it. */
export function readOperator(json: JsonObject): PlanNode {
  const type = textField(json, 'type');
  const inputs = type === 'LOGICAL_EXPRESSION_GET' ? [] : objectsField(json, 'children').map(readOperator);
  switch (type) {
    case 'LOGICAL_GET':
      return readScan(json);
    case 'LOGICAL_PROJECTION':
      return readProjection(json, only(inputs));
    case 'LOGICAL_FILTER':
      return readFilter(json, only(inputs));
    case 'LOGICAL_AGGREGATE_AND_GROUP_BY':
      return readAggregation(json, only(inputs));
    case 'LOGICAL_COMPARISON_JOIN':
    case 'LOGICAL_ANY_JOIN':
      return readJoin(json, ...pair(inputs));
    case 'LOGICAL_DELIM_JOIN':
      return readDelimJoin(json, ...pair(inputs));
    case 'LOGICAL_CROSS_PRODUCT':
      return readCrossProduct(json, ...pair(inputs));
    case 'LOGICAL_ORDER_BY':
      return readOrder(json, only(inputs));
    case 'LOGICAL_TOP_N':
      return readTopN(json, only(inputs));
    case 'LOGICAL_LIMIT':
      return readLimit(json, only(inputs));
    case 'LOGICAL_DISTINCT':
      return readDistinct(json, only(inputs));
    case 'LOGICAL_UNION':
    case 'LOGICAL_INTERSECT':
    case 'LOGICAL_EXCEPT':
      return readSetOperation(type, json, inputs);
    case 'LOGICAL_WINDOW':
      return readWindow(json, only(inputs));
    case 'LOGICAL_UNNEST':
      return readUnnest(json, only(inputs));
    case 'LOGICAL_MATERIALIZED_CTE':
      return readCte(json, ...pair(inputs));
    case 'LOGICAL_CTE_REF':
      return readCteReference(json);
    case 'LOGICAL_SAMPLE':
      return readSample(json, only(inputs));
    case 'LOGICAL_DELIM_GET':
    case 'LOGICAL_EXPRESSION_GET':
    case 'LOGICAL_CHUNK_GET':
    case 'LOGICAL_DUMMY_SCAN':
    case 'LOGICAL_EMPTY_RESULT':
      return readLeaf(type, json);
    default:
      return unknown(`${type.replace('LOGICAL_', '').toLowerCase().replaceAll('_', ' ')} is not known`);
  }
}

function only(inputs: readonly PlanNode[]): PlanNode {
  const [input] = inputs;
  return input === undefined || inputs.length !== 1 ? unknown('an operator with an unexpected number of inputs') : input;
}

function pair(inputs: readonly PlanNode[]): readonly [PlanNode, PlanNode] {
  const [left, right] = inputs;
  return left === undefined || right === undefined || inputs.length !== 2 ? unknown('an operator with an unexpected number of inputs') : [left, right];
}

function readProjection(json: JsonObject, input: PlanNode): PlanNode {
  expectFields(json, 'a projection', FIELDS.projection);
  const fields = objectsField(json, 'expressions');
  const expressions = readExpressions(fields);
  const names = fields.map((field) => (textField(field, 'alias') === '' ? null : textField(field, 'alias')));
  return {
    kind: 'projection',
    input,
    expressions,
    names,
    output: expressions.map((expression) => expression.type),
  };
}

function readFilter(json: JsonObject, input: PlanNode): PlanNode {
  expectFields(json, 'a filter', FIELDS.filter);
  const projection = readProjectionMap(json, 'projection_map');
  const conditions = readExpressions(objectsField(json, 'expressions'));
  const output = pick(input.output, projection);
  return filterBelowMembership(input, conditions, projection, output) ?? { kind: 'filter', input, conditions, projection, output };
}

/** A filter on `x IN (constants)` that was a mark join in DuckDB's plan goes below its projection, next to the scan, whose files it may leave out. */
function filterBelowMembership(
  input: PlanNode,
  conditions: readonly Expression[],
  kept: readonly number[] | null,
  output: PlanNode['output'],
): PlanNode | null {
  if (input.kind !== 'projection') {
    return null;
  }
  const last = input.expressions.at(-1);
  if (last?.kind !== 'operator' || last.operator !== 'IN' || !input.expressions.slice(0, -1).every((expression) => expression.kind === 'ref')) {
    return null;
  }
  const below: PlanNode = {
    kind: 'filter',
    input: input.input,
    conditions: conditions.map((condition) => substituteRefs(condition, input.expressions)),
    projection: null,
    output: input.input.output,
  };
  const columns = kept ?? input.output.map((_, index) => index);
  const expressions = columns.map((index) => input.expressions[index] ?? unknown('a projection of a column that does not exist'));
  return { kind: 'projection', input: below, expressions, names: expressions.map(() => null), output };
}

function readCrossProduct(json: JsonObject, left: PlanNode, right: PlanNode): PlanNode {
  expectFields(json, 'a cross product', nameSet(NODE));
  return { kind: 'cross_product', left, right, output: [...left.output, ...right.output] };
}

function readOrder(json: JsonObject, input: PlanNode): PlanNode {
  expectFields(json, 'ORDER BY', FIELDS.order);
  const projection = readProjectionMap(json, 'projections');
  return {
    kind: 'order',
    input,
    keys: readSortKeys(objectsField(json, 'orders')),
    projection,
    output: pick(input.output, projection),
  };
}

function readTopN(json: JsonObject, input: PlanNode): PlanNode {
  expectFields(json, 'top-n', FIELDS.topN);
  return {
    kind: 'top_n',
    input,
    keys: readSortKeys(objectsField(json, 'orders')),
    limit: indexField(json, 'limit'),
    offset: indexField(json, 'offset'),
    output: input.output,
  };
}

function readLimit(json: JsonObject, input: PlanNode): LimitNode {
  expectFields(json, 'LIMIT', FIELDS.limit);
  const limit = readLimitValue(objectField(json, 'limit_val'));
  const offset = readLimitValue(objectField(json, 'offset_val'));
  return { kind: 'limit', input, limit, offset: offset ?? 0, output: input.output };
}

function readLimitValue(json: JsonObject): number | null {
  const type = textField(json, 'type');
  switch (type) {
    case 'UNSET':
      return null;
    case 'CONSTANT_VALUE':
      return indexField(json, 'constant_integer');
    default:
      return unknown('a LIMIT or OFFSET that is not a constant number of rows');
  }
}

function readWindow(json: JsonObject, input: PlanNode): PlanNode {
  expectFields(json, 'a window', FIELDS.window);
  const calls = objectsField(json, 'expressions').map(readWindowCall);
  return {
    kind: 'window',
    input,
    calls,
    output: [...input.output, ...calls.map((call) => call.type)],
  };
}

function readUnnest(json: JsonObject, input: PlanNode): PlanNode {
  expectFields(json, 'UNNEST', FIELDS.unnest);
  const unnested = objectsField(json, 'expressions').map((item) => {
    if (textField(item, 'expression_class') !== 'BOUND_UNNEST') {
      return unknown('UNNEST of something else than a list');
    }
    return {
      list: readExpression(objectField(item, 'child')),
      type: readType(objectField(item, 'return_type')),
    };
  });
  return {
    kind: 'unnest',
    input,
    expressions: unnested.map((item) => item.list),
    output: [...input.output, ...unnested.map((item) => item.type)],
  };
}

function readCte(json: JsonObject, definition: PlanNode, body: PlanNode): PlanNode {
  expectFields(json, 'a CTE', FIELDS.cte);
  return {
    kind: 'cte',
    index: indexField(json, 'table_index'),
    name: textField(json, 'ctename'),
    definition,
    body,
    output: body.output,
  };
}

function readCteReference(json: JsonObject): PlanNode {
  expectFields(json, 'a CTE reference', FIELDS.cteReference);
  if (booleanField(json, 'is_recurring')) {
    return unknown('a recursive CTE');
  }
  return {
    kind: 'cte_reference',
    index: indexField(json, 'cte_index'),
    output: readTypes(objectsField(json, 'chunk_types')),
  };
}

function readSample(json: JsonObject, input: PlanNode): SampleNode {
  expectFields(json, 'a sample', FIELDS.sample);
  const options = objectField(json, 'sample_options');
  const sizeValue = objectField(options, 'sample_size')['value'];
  const size = sizeValue instanceof NumberText ? Number(sizeValue.text) : asIndex(sizeValue, 'sample_size');
  const seed = options['seed'];
  return {
    kind: 'sample',
    input,
    method: textField(options, 'method').toLowerCase(),
    size,
    isPercentage: booleanField(options, 'is_percentage'),
    seed: typeof seed === 'number' && seed >= 0 ? seed : null,
    output: input.output,
  };
}
