import type { LakeCore } from '../lake-core.js';
import type { TemporaryObjects } from '../lake.js';
import type { LakeSchema, LakeSnapshot, LakeTable, LakeView } from '../model.js';
import { writtenFilesOf, type WrittenFile } from './durable-files.js';
import { overlayInlinedRows } from './overlay-inlined.js';
import { overlaySnapshot, type OverlayCache } from './overlay-snapshot.js';
import { schemasById, tablesById, viewsById, type StagedData, type StagedState } from './staged-state.js';

/**
 * One schema with its tables, views and rows that its session alone sees. It is staged over every snapshot the session looks
 * at and never committed, so everything that can be done to a table can be done to a temporary one.
 */
export class TemporaryPart implements TemporaryObjects {
  readonly kind = 'temporary_objects';
  readonly schema: LakeSchema;
  readonly tables: ReadonlyMap<number, LakeTable>;
  readonly views: ReadonlyMap<number, LakeView>;
  readonly data: ReadonlyMap<number, StagedData>;
  readonly nextId: number;
  readonly definitionVersion: number;
  /** Rows put together for readers, kept from one transaction to the next. */
  readonly cache: OverlayCache;

  constructor(schema: LakeSchema, state: StagedState, cache: OverlayCache) {
    this.schema = schema;
    this.tables = inSchema(state.tables, schema);
    this.views = inSchema(state.views, schema);
    this.data = new Map([...state.data].filter(([id]) => this.tables.has(id)));
    this.nextId = state.nextId;
    this.definitionVersion = state.definitionVersion;
    // What other tables hold depends on the snapshot.
    this.cache = new Map([...cache].filter(([id]) => this.tables.has(id)));
  }

  /** Files that hold rows of its tables. */
  get files(): readonly WrittenFile[] {
    return [...this.data.values()].flatMap(({ files }) => writtenFilesOf(files));
  }
}

/** The state a transaction begins with. */
export function startState(base: LakeSnapshot, temporary: TemporaryPart | null): StagedState {
  const [schemas, tables, views] = [schemasById(base.schemas), tablesById(base.tables), viewsById(base.views)];
  if (temporary === null) {
    return { schemas, tables, views, data: new Map(), unchanged: new Set(), nextId: -1, definitionVersion: 0, temporarySchemaId: null };
  }
  return {
    schemas: new Map([...schemas, [temporary.schema.id, temporary.schema]]),
    tables: new Map([...tables, ...temporary.tables]),
    views: new Map([...views, ...temporary.views]),
    data: temporary.data,
    unchanged: new Set(),
    nextId: temporary.nextId,
    definitionVersion: temporary.definitionVersion,
    temporarySchemaId: temporary.schema.id,
  };
}

/** What of a state is temporary; null for nothing. */
export function temporaryPart(state: StagedState, cache: OverlayCache): TemporaryPart | null {
  const schema = state.temporarySchemaId === null ? undefined : state.schemas.get(state.temporarySchemaId);
  return schema === undefined ? null : new TemporaryPart(schema, state, cache);
}

/** A state without what is temporary: what a commit is about. */
export function permanentState(state: StagedState): StagedState {
  const { temporarySchemaId: id } = state;
  if (id === null) {
    return state;
  }
  const schemas = new Map(state.schemas);
  schemas.delete(id);
  const tables = new Map([...state.tables].filter(([, table]) => table.schemaId !== id));
  return {
    ...state,
    schemas,
    tables,
    views: new Map([...state.views].filter(([, view]) => view.schemaId !== id)),
    data: new Map([...state.data].filter(([tableId]) => tables.has(tableId))),
    temporarySchemaId: null,
  };
}

/** A snapshot with what is temporary, for readers outside of transactions. */
export function overlayTemporary(core: LakeCore, base: LakeSnapshot, temporary: TemporaryObjects): LakeSnapshot {
  const part = ownPart(temporary);
  if (part === null) {
    return base;
  }
  const overlay = overlaySnapshot(base, startState(base, part), part.cache, (request) => overlayInlinedRows(core, request));
  return { ...overlay, data: (table) => (part.tables.has(table.id) ? overlay.data(table) : base.data(table)) };
}

/** Temporary objects as a transaction of this module left them. */
export function ownPart(temporary: TemporaryObjects | null): TemporaryPart | null {
  if (temporary !== null && !(temporary instanceof TemporaryPart)) {
    throw new Error('temporary objects of another kind');
  }
  return temporary;
}

function inSchema<T extends { readonly schemaId: number }>(objects: ReadonlyMap<number, T>, { id }: LakeSchema): ReadonlyMap<number, T> {
  return new Map([...objects].filter(([, { schemaId }]) => schemaId === id));
}
