import type { PlanNode } from '../plan/nodes.js';
import { scalar } from '../types/data-type.js';
import { arrayField, expectFields, nameSet, objectField, objectsField, textField, unknown } from './json-fields.js';
import type { JsonObject } from './json-text.js';
import { readConstantExpression } from './read-constant.js';
import { readExpressions } from './read-expression.js';
import { readTypes } from './read-type.js';

const FIELDS = nameSet('type children table_index chunk_types return_types bindings collection expr_types expressions');

/** The operators this file reads. */
export type LeafType = 'LOGICAL_DELIM_GET' | 'LOGICAL_EXPRESSION_GET' | 'LOGICAL_CHUNK_GET' | 'LOGICAL_DUMMY_SCAN' | 'LOGICAL_EMPTY_RESULT';

/** Reads an operator without inputs. */
export function readLeaf(type: LeafType, json: JsonObject): PlanNode {
  expectFields(json, type, FIELDS);
  switch (type) {
    case 'LOGICAL_DELIM_GET':
      return { kind: 'delim_get', output: readTypes(objectsField(json, 'chunk_types')) };
    case 'LOGICAL_DUMMY_SCAN':
      return { kind: 'single_row', output: [scalar('INTEGER')] };
    case 'LOGICAL_EMPTY_RESULT':
      return { kind: 'empty', output: readTypes(objectsField(json, 'return_types')) };
    case 'LOGICAL_EXPRESSION_GET':
      return readValues(json);
    case 'LOGICAL_CHUNK_GET':
      return readChunk(json);
  }
}

function readValues(json: JsonObject): PlanNode {
  const [input, ...more] = objectsField(json, 'children');
  if (input === undefined || more.length > 0 || textField(input, 'type') !== 'LOGICAL_DUMMY_SCAN') {
    return unknown('VALUES over a query');
  }
  const rows = arrayField(json, 'expressions').map((row) =>
    Array.isArray(row) ? readExpressions(objectsField({ row }, 'row')) : unknown('VALUES without rows'),
  );
  return { kind: 'values', rows, output: readTypes(objectsField(json, 'expr_types')) };
}

/** DuckDB writes a collection column by column. */
function readChunk(json: JsonObject): PlanNode {
  const output = readTypes(objectsField(json, 'chunk_types'));
  const columns = arrayField(objectField(json, 'collection'), 'values').map((column) =>
    Array.isArray(column) ? objectsField({ column }, 'column').map(readConstantExpression) : unknown('constants without rows'),
  );
  const rowCount = columns[0]?.length ?? 0;
  if (columns.length !== output.length || columns.some((column) => column.length !== rowCount)) {
    return unknown('a table of constants of uneven columns');
  }
  const rows = Array.from({ length: rowCount }, (_, row) => columns.map((column) => column[row] ?? unknown('a table of constants of uneven columns')));
  return rowCount === 0 ? { kind: 'empty', output } : { kind: 'values', rows, output };
}
