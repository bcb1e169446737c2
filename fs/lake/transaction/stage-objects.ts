import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { LakeError } from '../lake-error.js';
import type { LakeTransaction } from '../lake.js';
import type { LakeSchema, LakeTable, LakeView } from '../model.js';
import { buildColumns, checkColumnNames } from './staged-columns.js';
import { withEntry, withoutEntry, type StagedState } from './staged-state.js';

let lastDefinitionVersion = 0;

/** The state after a change of a name or a column. */
export function definitionChanged(state: StagedState): StagedState {
  lastDefinitionVersion += 1;
  return { ...state, definitionVersion: lastDefinitionVersion };
}

/** Adds an empty schema, below the lake's folder or with one of its own for the session's. Throws `duplicate`. */
export function stageCreateSchema(
  state: StagedState,
  path: { readonly root: string } | { readonly temporary: string },
  name: string,
  tags: ReadonlyMap<string, string>,
): StagedState {
  if (findSchema(state, name) !== undefined) {
    throw new LakeError('duplicate', `schema "${name}" already exists`);
  }
  const uuid = randomUUID();
  const isTemporary = 'temporary' in path;
  const schema: LakeSchema = { id: state.nextId, uuid, name, path: isTemporary ? path.temporary : join(path.root, folderOf(name, uuid)), tags };
  return definitionChanged({
    ...state,
    schemas: withEntry(state.schemas, schema.id, schema),
    nextId: state.nextId - 1,
    temporarySchemaId: isTemporary ? schema.id : state.temporarySchemaId,
  });
}

/** Removes an empty schema. Throws `not_found`, `dependent`. */
export function stageDropSchema(state: StagedState, name: string): StagedState {
  const schema = requireSchema(state, name);
  const inside = [...state.tables.values(), ...state.views.values()].find(({ schemaId }) => schemaId === schema.id);
  if (inside !== undefined) {
    throw new LakeError('dependent', `schema "${name}" is not empty`, { detail: `"${inside.name}" is in it` });
  }
  return definitionChanged({ ...state, schemas: withoutEntry(state.schemas, schema.id) });
}

/** Adds an empty table. Throws `not_found` for its schema, `duplicate` for its name or a column's. */
export function stageCreateTable(
  state: StagedState,
  definition: Parameters<LakeTransaction['createTable']>[0],
): { readonly state: StagedState; readonly table: LakeTable } {
  const schema = requireSchema(state, definition.schema);
  checkNameIsFree(state, definition.schema, definition.name);
  checkColumnNames(definition.name, definition.columns);
  const { columns, nextId } = buildColumns(definition.columns, 1);
  const keys = (definition.partition ?? []).map(({ columnName, transform }) => {
    const column = columns.find(({ name }) => name === columnName);
    if (column === undefined) {
      throw new LakeError('not_found', `table "${definition.name}" has no column "${columnName}" to be partitioned by`);
    }
    return { columnId: column.id, transform };
  });
  const uuid = randomUUID();
  const id = state.nextId;
  const table: LakeTable = {
    id,
    uuid,
    schemaId: schema.id,
    schema: schema.name,
    name: definition.name,
    path: join(schema.path, folderOf(definition.name, uuid)),
    columns,
    nextColumnId: nextId,
    partition: keys.length === 0 ? null : { id: id - 1, keys },
    sort: definition.sort ?? [],
    tags: new Map(definition.tags),
  };
  return { table, state: definitionChanged({ ...state, tables: withEntry(state.tables, id, table), nextId: id - 2 }) };
}

/** Adds a view. Throws `not_found` for its schema, `duplicate`. */
export function stageCreateView(state: StagedState, definition: Parameters<LakeTransaction['createView']>[0]): StagedState {
  const schema = requireSchema(state, definition.schema);
  checkNameIsFree(state, definition.schema, definition.name);
  const view: LakeView = {
    id: state.nextId,
    uuid: randomUUID(),
    schemaId: schema.id,
    schema: schema.name,
    name: definition.name,
    dialect: definition.dialect,
    sql: definition.sql,
    columnNames: definition.columnNames,
    tags: new Map(definition.tags),
  };
  return definitionChanged({ ...state, views: withEntry(state.views, view.id, view), nextId: state.nextId - 1 });
}

/** Sets or (null) removes a tag of a schema, table or view. Throws `not_found`. */
export function stageSetTag(state: StagedState, id: number, key: string, value: string | null): StagedState {
  const { schemas, tables, views } = state;
  // Schemas, tables and views share one sequence of ids; only schema 0 of the first snapshot can meet another's.
  const [table, view, schema] = [tables.get(id), views.get(id), schemas.get(id)];
  if (table !== undefined) {
    return definitionChanged({ ...state, tables: withEntry(tables, id, { ...table, tags: withTag(table.tags, key, value) }) });
  }
  if (view !== undefined) {
    return definitionChanged({ ...state, views: withEntry(views, id, { ...view, tags: withTag(view.tags, key, value) }) });
  }
  if (schema !== undefined) {
    return definitionChanged({ ...state, schemas: withEntry(schemas, id, { ...schema, tags: withTag(schema.tags, key, value) }) });
  }
  throw new LakeError('not_found', `the catalog has no object ${id}`);
}

/** Tags with one set or (null) removed. */
export function withTag(tags: ReadonlyMap<string, string>, key: string, value: string | null): ReadonlyMap<string, string> {
  return value === null ? withoutEntry(tags, key) : withEntry(tags, key, value);
}

/** Where a table or view is to be: its schema's name and id. Throws `not_found`, `duplicate`. */
export function newPlace(
  state: StagedState,
  to: { readonly schema: string; readonly name: string },
): { readonly schemaId: number; readonly schema: string; readonly name: string } {
  const schema = requireSchema(state, to.schema);
  checkNameIsFree(state, to.schema, to.name);
  return { schemaId: schema.id, schema: schema.name, name: to.name };
}

function findSchema(state: StagedState, name: string): LakeSchema | undefined {
  return [...state.schemas.values()].find((schema) => schema.name === name);
}

function requireSchema(state: StagedState, name: string): LakeSchema {
  const schema = findSchema(state, name);
  if (schema === undefined) {
    throw new LakeError('not_found', `schema "${name}" does not exist`);
  }
  return schema;
}

function checkNameIsFree(state: StagedState, schema: string, name: string): void {
  const isTaken = (object: { readonly schema: string; readonly name: string }): boolean => object.schema === schema && object.name === name;
  if ([...state.tables.values()].some(isTaken) || [...state.views.values()].some(isTaken)) {
    throw new LakeError('duplicate', `relation "${name}" already exists in schema "${schema}"`);
  }
}

/** Plain names are folders of their own; others get their object's uuid. A folder may be shared with a renamed table's: file names are unique. */
function folderOf(name: string, uuid: string): string {
  return /^[A-Za-z0-9_-]{1,120}$/.test(name) ? name : uuid;
}
