import type { AggregateNode, PlanNode } from '../plan/nodes.js';
import { scalar } from '../types/data-type.js';
import { arrayField, asIndex, expectFields, nameSet, objectsField, unknown } from './json-fields.js';
import type { JsonObject } from './json-text.js';
import { readAggregate } from './read-aggregate.js';
import { readExpressions } from './read-expression.js';

const FIELDS = nameSet(
  'type children table_index expressions group_index aggregate_index groupings_index groups grouping_sets grouping_functions distinct_validity',
);

/** Reads LOGICAL_AGGREGATE_AND_GROUP_BY. */
export function readAggregation(json: JsonObject, input: PlanNode): AggregateNode {
  expectFields(json, 'an aggregation', FIELDS);
  const groups = readExpressions(objectsField(json, 'groups'));
  const aggregates = objectsField(json, 'expressions').map(readAggregate);
  const sets = readIndexLists(json, 'grouping_sets');
  const groupingCalls = readIndexLists(json, 'grouping_functions');
  return {
    kind: 'aggregate',
    input,
    groups,
    groupingSets: isPlainGrouping(sets, groups.length) ? null : sets,
    aggregates,
    groupingCalls,
    output: [...groups.map((group) => group.type), ...aggregates.map((call) => call.type), ...groupingCalls.map(() => scalar('BIGINT'))],
  };
}

/** No sets at all, or the single set of all groups. The empty set alone says GROUP BY (), which is one row as well. */
function isPlainGrouping(sets: readonly (readonly number[])[], groupCount: number): boolean {
  const [set] = sets;
  return set === undefined || (sets.length === 1 && set.length === groupCount);
}

function readIndexLists(json: JsonObject, field: string): readonly (readonly number[])[] {
  return arrayField(json, field).map((item) =>
    Array.isArray(item) ? item.map((index) => asIndex(index, field)) : unknown(`field ${field} of the plan is not a list of lists`),
  );
}
