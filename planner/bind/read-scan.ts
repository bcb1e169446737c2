import type { Expression } from '../plan/expressions.js';
import type { FunctionScanNode, PlanNode, ScanNode } from '../plan/nodes.js';
import { scalar, type DataType } from '../types/data-type.js';
import { arrayField, expectFields, indexField, indexesField, isNoIndex, objectField, objectsField, textField, unknown, nameSet } from './json-fields.js';
import type { JsonObject } from './json-text.js';
import { readConstantExpression } from './read-constant.js';
import { readTableFilter } from './read-table-filter.js';
import { readTypes } from './read-type.js';

const FIELDS = nameSet(
  'type children table_index returned_types names projection_ids table_filters name arguments original_arguments catalog_name schema_name has_serialize function_data projected_input column_indexes extra_info ordinality_idx parameters named_parameters input_table_types input_table_names',
);
const COLUMN_FIELDS = nameSet('index child_indexes index_type type field has_index');

/** The binder names a reference's stub file so that its index stands before the extension. */
const STUB_PATH = /-(\d+)\.parquet$/;

/** DuckDB's column index for "no column, only the row". */
const EMPTY_COLUMN = 18446744073709551614n;
const ROW_ID_COLUMN = 18446744073709551615n;

/** Table functions over constants that may be run anywhere. */
const TABLE_FUNCTIONS = nameSet('generate_series range unnest repeat');

/** Reads LOGICAL_GET: a stub's scan, or a table function over constants. */
export function readScan(json: JsonObject): PlanNode {
  expectFields(json, 'LOGICAL_GET', FIELDS);
  if (objectsField(json, 'children').length > 0) {
    return unknown(`table function ${textField(json, 'name')}() over a query`);
  }
  if (!isNoIndex(json, 'ordinality_idx')) {
    return unknown('WITH ORDINALITY');
  }
  const name = textField(json, 'name');
  if (name === 'read_parquet' || name === 'parquet_scan') {
    return readStubScan(json);
  }
  return TABLE_FUNCTIONS.has(name) ? readFunctionScan(json, name) : unknown(`table function ${name}() is not known`);
}

interface ReadColumns {
  /** Table columns read; null stands for DuckDB's "no column". */
  readonly indexes: readonly (number | null)[];
  /** Positions in `indexes` that are given on. */
  readonly projection: readonly number[];
}

function readStubScan(json: JsonObject): PlanNode {
  const names = arrayField(json, 'names').map((name) => (typeof name === 'string' ? name : unknown('a column without name')));
  const types = readTypes(objectsField(json, 'returned_types'));
  const columns = readColumns(json);
  const tableIndexes = columns.indexes.filter((index) => index !== null);
  const typeOf = (index: number): DataType => types[index] ?? unknown('a scan of a column that does not exist');
  const read = tableIndexes.map((index) => names[index] ?? unknown('a scan of a column that does not exist'));
  const positionOf = (position: number): number | null => {
    const index = columns.indexes[position];
    return index === undefined || index === null ? null : tableIndexes.indexOf(index);
  };
  const kept = columns.projection.map(positionOf);
  const projection = kept.filter((position) => position !== null);
  const scan: ScanNode = {
    kind: 'scan',
    reference: readReference(json),
    read,
    readTypes: tableIndexes.map(typeOf),
    filters: readFilters(json, tableIndexes, typeOf),
    projection,
    output: projection.map((position) => typeOf(tableIndexes[position] ?? -1)),
  };
  return projection.length === kept.length ? scan : withEmptyColumns(scan, kept);
}

/** Where DuckDB counts a column without values, a NULL keeps the others in their places. */
function withEmptyColumns(scan: ScanNode, kept: readonly (number | null)[]): PlanNode {
  const expressions = kept.map((position): Expression => {
    const index = position === null ? -1 : scan.projection.indexOf(position);
    const type = scan.output[index];
    return type === undefined ? { kind: 'constant', type: scalar('BOOLEAN'), value: { kind: 'null' } } : { kind: 'ref', index, type };
  });
  return {
    kind: 'projection',
    input: scan,
    expressions,
    names: expressions.map(() => null),
    output: expressions.map((expression) => expression.type),
  };
}

function readReference(json: JsonObject): number {
  const files = arrayField(objectField(json, 'function_data'), 'files');
  const [file] = files;
  const index = files.length === 1 && typeof file === 'string' ? STUB_PATH.exec(file)?.[1] : undefined;
  return index === undefined ? unknown('a scan of files that stand for no table reference') : Number(index);
}

function readColumns(json: JsonObject): ReadColumns {
  const indexes = objectsField(json, 'column_indexes').map((column) => {
    expectFields(column, 'a column index', COLUMN_FIELDS);
    if (textField(column, 'index_type') !== 'FULL_READ') {
      return unknown(`a column read as ${textField(column, 'index_type')}`);
    }
    if (column['index'] === EMPTY_COLUMN || column['index'] === ROW_ID_COLUMN) {
      // Stub files have no row numbers that mean anything, so only "no column" can be meant.
      return column['index'] === EMPTY_COLUMN ? null : unknown('a row number of a file');
    }
    return indexField(column, 'index');
  });
  const projection = indexesField(json, 'projection_ids');
  return {
    indexes,
    projection: projection.length > 0 ? projection : indexes.map((_, position) => position),
  };
}

function readFilters(json: JsonObject, tableIndexes: readonly number[], typeOf: (index: number) => DataType): readonly Expression[] {
  const filters: Expression[] = [];
  for (const entry of objectsField(objectField(json, 'table_filters'), 'filters')) {
    // Keyed by the table's column, not by the position among the columns read.
    const tableIndex = indexField(entry, 'key');
    const position = tableIndexes.indexOf(tableIndex);
    if (position < 0) {
      return unknown('a pushed filter on a column that is not read');
    }
    const filter = readTableFilter(objectField(entry, 'value'), {
      kind: 'ref',
      index: position,
      type: typeOf(tableIndex),
    });
    if (filter !== null) {
      filters.push(...(filter.kind === 'conjunction' && filter.operator === 'AND' ? filter.arguments : [filter]));
    }
  }
  return filters;
}

function readFunctionScan(json: JsonObject, name: string): FunctionScanNode {
  if (objectsField(objectField(json, 'table_filters'), 'filters').length > 0 || arrayField(json, 'named_parameters').length > 0) {
    return unknown(`${name}() with filters or named arguments`);
  }
  const types = readTypes(objectsField(json, 'returned_types'));
  const columns = readColumns(json);
  const projection = columns.projection.map((position) => columns.indexes[position] ?? unknown(`${name}() without columns`));
  return {
    kind: 'function_scan',
    function: name,
    arguments: objectsField(json, 'parameters').map(readConstantExpression),
    projection,
    output: projection.map((index) => types[index] ?? unknown(`${name}() of a column that does not exist`)),
  };
}
