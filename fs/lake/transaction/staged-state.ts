import type { LakeSavepoint, LakeTransaction } from '../lake.js';
import type { LakeDeleteFile, LakeFile, LakeSchema, LakeTable, LakeView } from '../model.js';

/** Everything a transaction has staged, immutable: a savepoint is the state itself. Objects not in a map were dropped. */
export interface StagedState {
  readonly schemas: ReadonlyMap<number, LakeSchema>;
  readonly tables: ReadonlyMap<number, LakeTable>;
  readonly views: ReadonlyMap<number, LakeView>;
  /** By table id; tables whose rows are untouched have none. */
  readonly data: ReadonlyMap<number, StagedData>;
  /** Tables whose rows others must have left alone, by id. */
  readonly unchanged: ReadonlySet<number>;
  /** Next provisional id; they go downwards from -1. */
  readonly nextId: number;
  /** Names the last change of a name or a column, unique in this process; 0 while there is none. */
  readonly definitionVersion: number;
  /** The schema that is its session's alone; null while there is none. */
  readonly temporarySchemaId: number | null;
}

/** What was staged for one table's rows. */
export interface StagedData {
  /** Files of the transaction's own, in the order they were appended; their delete files are with them. */
  readonly files: readonly LakeFile[];
  /** Ids of committed data files whose rows all go. */
  readonly droppedFileIds: ReadonlySet<number>;
  /** Delete files replacing those of committed data files, by data file id. */
  readonly deletes: ReadonlyMap<number, LakeDeleteFile>;
  /** Rows to keep in the catalog, by provisional (negative) row id. */
  readonly rows: ReadonlyMap<number, StagedRow>;
  /** Committed rows kept in the catalog that go, by row id. */
  readonly deletedRowIds: ReadonlySet<number>;
  /** Every row of the base goes, also those kept in the catalog. */
  readonly isTruncated: boolean;
  /** The files are the rows of what goes, rewritten: the table holds the same rows as before. */
  readonly isRewrite: boolean;
}

/** A row's values by column id, as text; a column without a value gets its initial default. */
export type StagedRow = ReadonlyMap<number, string | null>;

/** Nothing staged for a table's rows. */
export const NO_STAGED_DATA: StagedData = {
  files: [],
  droppedFileIds: new Set(),
  deletes: new Map(),
  rows: new Map(),
  deletedRowIds: new Set(),
  isTruncated: false,
  isRewrite: false,
};

/** True when nothing of a table's rows is changed. */
export function isNothingStaged(data: StagedData): boolean {
  return (
    data.files.length === 0 &&
    data.droppedFileIds.size === 0 &&
    data.deletes.size === 0 &&
    data.rows.size === 0 &&
    data.deletedRowIds.size === 0 &&
    !data.isTruncated
  );
}

/** Snapshots share the lists of what did not change: each is indexed by id once. */
function indexOnce<T extends { readonly id: number }>(): (objects: readonly T[]) => ReadonlyMap<number, T> {
  const indexes = new WeakMap<readonly T[], ReadonlyMap<number, T>>();
  return (objects) => {
    const index = indexes.get(objects) ?? new Map(objects.map((object) => [object.id, object]));
    indexes.set(objects, index);
    return index;
  };
}

export const schemasById: (schemas: readonly LakeSchema[]) => ReadonlyMap<number, LakeSchema> = indexOnce();
export const tablesById: (tables: readonly LakeTable[]) => ReadonlyMap<number, LakeTable> = indexOnce();
export const viewsById: (views: readonly LakeView[]) => ReadonlyMap<number, LakeView> = indexOnce();

/** A map with one entry set, the order of the others kept. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

/** A map without one entry. */
export function withoutEntry<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

/** A savepoint is the immutable state it comes back to. */
export class StagedSavepoint implements LakeSavepoint {
  readonly kind = 'lake_savepoint';
  readonly owner: LakeTransaction;
  readonly state: StagedState;

  constructor(owner: LakeTransaction, state: StagedState) {
    this.owner = owner;
    this.state = state;
  }
}
