import type { Expression } from '../plan/expressions.js';
import { mapRefs } from '../plan/rewrite-expression.js';
import { scalar, type DataType } from '../types/data-type.js';
import { expectFields, objectField, objectsField, textField, unknown, nameSet } from './json-fields.js';
import type { JsonObject } from './json-text.js';
import { readConstantExpression } from './read-constant.js';
import { readComparison, readExpression } from './read-expression.js';

const BOOLEAN: DataType = scalar('BOOLEAN');
const VARCHAR: DataType = scalar('VARCHAR');

/**
 * Reads a filter that DuckDB pushed into a scan, as a condition on `column`. Null when it only helps skipping data: an
 * optional or a dynamic filter, whose condition stands elsewhere in the plan too.
 */
export function readTableFilter(json: JsonObject, column: Expression): Expression | null {
  const kind = textField(json, 'filter_type');
  switch (kind) {
    case 'CONSTANT_COMPARISON':
      expectFields(json, kind, nameSet('filter_type comparison_type constant'));
      return {
        kind: 'comparison',
        comparison: readComparison(textField(json, 'comparison_type')),
        left: column,
        right: readConstantExpression(objectField(json, 'constant')),
        type: BOOLEAN,
      };
    case 'IS_NULL':
      return { kind: 'operator', operator: 'IS NULL', arguments: [column], type: BOOLEAN };
    case 'IS_NOT_NULL':
      return { kind: 'operator', operator: 'IS NOT NULL', arguments: [column], type: BOOLEAN };
    case 'IN_FILTER':
      expectFields(json, kind, nameSet('filter_type values'));
      return {
        kind: 'operator',
        operator: 'IN',
        arguments: [column, ...objectsField(json, 'values').map(readConstantExpression)],
        type: BOOLEAN,
      };
    case 'CONJUNCTION_AND':
      expectFields(json, kind, nameSet('filter_type child_filters'));
      return readConjunction(json, column);
    case 'CONJUNCTION_OR':
      expectFields(json, kind, nameSet('filter_type child_filters'));
      return readDisjunction(json, column);
    case 'STRUCT_EXTRACT':
      expectFields(json, kind, nameSet('filter_type child_idx child_name child_filter'));
      return readTableFilter(objectField(json, 'child_filter'), structField(column, textField(json, 'child_name')));
    case 'EXPRESSION_FILTER':
      expectFields(json, kind, nameSet('filter_type expr'));
      return mapRefs(readExpression(objectField(json, 'expr')), (reference) =>
        reference.index === 0 ? column : unknown('a pushed filter over more than its column'),
      );
    case 'OPTIONAL_FILTER':
    case 'DYNAMIC_FILTER':
      return null;
    default:
      return unknown(`pushed filter ${kind} is not known`);
  }
}

function readConjunction(json: JsonObject, column: Expression): Expression | null {
  const parts = objectsField(json, 'child_filters')
    .map((child) => readTableFilter(child, column))
    .filter((part) => part !== null);
  return parts.length === 0 ? null : parts.length === 1 ? (parts[0] ?? null) : { kind: 'conjunction', operator: 'AND', arguments: parts, type: BOOLEAN };
}

function readDisjunction(json: JsonObject, column: Expression): Expression | null {
  const parts = objectsField(json, 'child_filters').map((child) => readTableFilter(child, column));
  const known = parts.filter((part) => part !== null);
  // One optional alternative makes the whole OR optional.
  return known.length < parts.length ? null : { kind: 'conjunction', operator: 'OR', arguments: known, type: BOOLEAN };
}

function structField(column: Expression, name: string): Expression {
  const { type } = column;
  const field = type.kind === 'struct' ? type.fields.find((candidate) => candidate.name === name) : undefined;
  if (field === undefined) {
    return unknown('a pushed filter on a struct field that does not exist');
  }
  const label: Expression = {
    kind: 'constant',
    type: VARCHAR,
    value: { kind: 'text', text: name },
  };
  return {
    kind: 'call',
    name: 'struct_extract',
    schema: null,
    arguments: [column, label],
    isOperator: false,
    type: field.type,
  };
}
