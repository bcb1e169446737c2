import type { Hold } from '../holds.js';
import type { LakeCore } from '../lake-core.js';
import { LakeError } from '../lake-error.js';
import type { LakeSavepoint, LakeTransaction, NewLakeColumn, NewLakeDeletes, NewLakeFile, RowsRewrite, SnapshotTime, TemporaryObjects } from '../lake.js';
import { lostGateway } from '../presence.js';
import type { LakeFile, LakePartitionKey, LakeSnapshot, LakeSortKey, LakeTable, LakeView } from '../model.js';
import { canInlineColumns } from './inlined-types.js';
import type { Arrival } from './commit-queue.js';
import { commitQueueOf } from './commit-queue.js';
import { makeFilesDurable, type WrittenFile } from './durable-files.js';
import { overlayInlinedRows } from './overlay-inlined.js';
import { overlaySnapshot, type OverlayCache } from './overlay-snapshot.js';
import { stageAppendFiles, stageAppendRows, stageDeleteInlinedRows, stageDeleteRows, stageDropFiles, stageRewrite, stageTruncate } from './stage-data.js';
import { definitionChanged, newPlace, stageCreateSchema, stageCreateTable, stageCreateView, stageDropSchema, stageSetTag, withTag } from './stage-objects.js';
import { buildColumns, checkColumnNames, columnOf, withColumnChanged, withoutColumn, type ColumnChange } from './staged-columns.js';
import { StagedSavepoint, withEntry, withoutEntry, type StagedState } from './staged-state.js';
import { stagedDifference, type StagedDifference } from './staged-difference.js';
import { ownPart, startState, temporaryPart, type TemporaryPart } from './temporary-objects.js';
import { TransactionFiles } from './transaction-files.js';

/** A transaction over the newest snapshot, which is held before it is looked for. */
export async function beginTransaction(core: LakeCore, temporary: TemporaryObjects | null = null): Promise<LakeTransaction> {
  const hold = core.holds.begin();
  const arrival = commitQueueOf(core).begin();
  try {
    const gatewayId = await core.presence.gatewayId();
    const base = await core.snapshot();
    hold.read(base.id);
    return new StagedTransaction(core, base, { hold, arrival, gatewayId, temporary: ownPart(temporary) });
  } catch (error) {
    commitQueueOf(core).leave(arrival);
    hold.end();
    throw error;
  }
}

class StagedTransaction implements LakeTransaction {
  readonly base: LakeSnapshot;
  tagsOfNew: ReadonlyMap<string, string> = new Map();
  readonly #core: LakeCore;
  readonly #hold: Hold;
  readonly #arrival: Arrival;
  readonly #gatewayId: number;
  readonly #files: TransactionFiles;
  readonly #start: StagedState;
  readonly #before: TemporaryPart | null;
  readonly #cache: OverlayCache;
  #state: StagedState;
  #current: LakeSnapshot;
  #isOver = false;

  constructor(
    core: LakeCore,
    base: LakeSnapshot,
    over: { readonly hold: Hold; readonly arrival: Arrival; readonly gatewayId: number; readonly temporary: TemporaryPart | null },
  ) {
    this.#core = core;
    this.#hold = over.hold;
    this.#arrival = over.arrival;
    this.#gatewayId = over.gatewayId;
    this.#files = new TransactionFiles(over.hold, over.gatewayId);
    this.base = base;
    this.#before = over.temporary;
    this.#cache = new Map(over.temporary?.cache);
    this.#start = startState(base, over.temporary);
    this.#state = this.#start;
    this.#current = this.#seen(this.#start);
  }

  get temporary(): TemporaryObjects | null {
    return this.#state === this.#start ? this.#before : temporaryPart(this.#state, this.#cache);
  }

  get current(): LakeSnapshot {
    return this.#current;
  }

  get isEmpty(): boolean {
    return this.#state === this.#start;
  }

  async snapshotAt(at: SnapshotTime): Promise<LakeSnapshot> {
    this.#checkOpen();
    return await this.#core.snapshotAt(this.#hold, at);
  }

  newFolder(table: LakeTable): string {
    this.#checkOpen();
    return this.#files.newFolder(table.path);
  }

  save(): LakeSavepoint {
    return new StagedSavepoint(this, this.#state);
  }

  restore(savepoint: LakeSavepoint): void {
    if (!(savepoint instanceof StagedSavepoint) || savepoint.owner !== this) {
      throw new LakeError('not_found', 'the savepoint belongs to another transaction');
    }
    this.#stage(savepoint.state);
  }

  createSchema(name: string): void {
    this.#stage(stageCreateSchema(this.#state, { root: this.#core.dataPath }, name, this.tagsOfNew));
  }

  createTemporarySchema(name: string, path: string): void {
    if (this.#state.temporarySchemaId !== null) {
      throw new LakeError('duplicate', 'a session has one temporary schema');
    }
    this.#stage(stageCreateSchema(this.#state, { temporary: path }, name, this.tagsOfNew));
  }

  dropSchema(name: string): void {
    this.#stage(stageDropSchema(this.#state, name));
  }

  createTable(definition: Parameters<LakeTransaction['createTable']>[0]): LakeTable {
    const { state, table } = stageCreateTable(this.#state, this.#withTags(definition));
    this.#stage(state);
    return table;
  }

  dropTable(table: LakeTable): void {
    const { id } = this.#table(table);
    this.#stage(definitionChanged({ ...this.#state, tables: withoutEntry(this.#state.tables, id), data: withoutEntry(this.#state.data, id) }));
  }

  renameTable(table: LakeTable, to: { readonly schema: string; readonly name: string }): void {
    this.#alter({ ...this.#table(table), ...newPlace(this.#state, to) });
  }

  addColumn(table: LakeTable, column: NewLakeColumn): void {
    const now = this.#table(table);
    checkColumnNames(now.name, [...now.columns, column]);
    const { columns, nextId } = buildColumns([column], now.nextColumnId);
    this.#alter({ ...now, columns: [...now.columns, ...columns], nextColumnId: nextId });
  }

  dropColumn(table: LakeTable, columnId: number): void {
    this.#alter(withoutColumn(this.#table(table), columnId));
  }

  alterColumn(table: LakeTable, columnId: number, change: ColumnChange): void {
    this.#alter(withColumnChanged(this.#table(table), columnId, change));
  }

  setPartition(table: LakeTable, keys: readonly LakePartitionKey[]): void {
    const now = this.#table(table);
    for (const { columnId } of keys) {
      columnOf(now, columnId);
    }
    const id = this.#state.nextId;
    this.#alter({ ...now, partition: keys.length === 0 ? null : { id, keys } }, { ...this.#state, nextId: id - 1 });
  }

  setSort(table: LakeTable, keys: readonly LakeSortKey[]): void {
    this.#alter({ ...this.#table(table), sort: keys });
  }

  createView(definition: Parameters<LakeTransaction['createView']>[0]): void {
    this.#stage(stageCreateView(this.#state, this.#withTags(definition)));
  }

  dropView(view: LakeView): void {
    const { id } = this.#view(view);
    this.#stage(definitionChanged({ ...this.#state, views: withoutEntry(this.#state.views, id) }));
  }

  renameView(view: LakeView, to: { readonly schema: string; readonly name: string }): void {
    const now = { ...this.#view(view), ...newPlace(this.#state, to) };
    this.#stage(definitionChanged({ ...this.#state, views: withEntry(this.#state.views, now.id, now) }));
  }

  setTag(object: { readonly id: number }, key: string, value: string | null): void {
    this.#stage(stageSetTag(this.#state, object.id, key, value));
  }

  setColumnTag(table: LakeTable, columnId: number, key: string, value: string | null): void {
    const now = this.#table(table);
    columnOf(now, columnId);
    this.#alter({ ...now, columns: now.columns.map((column) => (column.id === columnId ? { ...column, tags: withTag(column.tags, key, value) } : column)) });
  }

  appendFiles(table: LakeTable, files: readonly NewLakeFile[]): void {
    this.#files.add(files);
    this.#stage(stageAppendFiles(this.#state, this.#table(table), files));
  }

  appendRows(table: LakeTable, rows: readonly (readonly (string | null)[])[]): void {
    const now = this.#table(table);
    if (!this.canInline(now)) {
      throw new LakeError('unsupported', `rows of table "${now.name}" cannot be kept in the catalog`);
    }
    this.#stage(stageAppendRows(this.#state, now, rows));
  }

  canInline(table: LakeTable): boolean {
    const now = this.#table(table);
    return now.partition === null && canInlineColumns(now.columns);
  }

  deleteRows(table: LakeTable, deletes: readonly NewLakeDeletes[]): void {
    this.#files.add(deletes);
    this.#stage(stageDeleteRows(this.#state, this.#table(table), deletes));
  }

  deleteInlinedRows(table: LakeTable, rowIds: readonly number[]): void {
    this.#stage(stageDeleteInlinedRows(this.#state, this.#table(table), rowIds));
  }

  dropFiles(table: LakeTable, files: readonly LakeFile[]): void {
    this.#stage(stageDropFiles(this.#state, this.#table(table), files));
  }

  truncate(table: LakeTable): void {
    this.#stage(stageTruncate(this.#state, this.#table(table)));
  }

  requireRowsUnchanged(table: LakeTable): void {
    this.#stage({ ...this.#state, unchanged: new Set([...this.#state.unchanged, this.#table(table).id]) });
  }

  rewriteRows(table: LakeTable, rewrite: RowsRewrite): void {
    this.#files.add(rewrite.replacements);
    this.#stage(stageRewrite(this.#state, this.#table(table), rewrite));
  }

  async commit(options: { readonly author?: string; readonly message?: string } = {}): Promise<LakeSnapshot> {
    this.#checkOpen();
    const difference = await stagedDifference(this.base, this.#state);
    if (difference === null) {
      commitQueueOf(this.#core).leave(this.#arrival);
      await this.#keepFiles([]);
      return this.base;
    }
    if ((await this.#core.presence.gatewayId()) !== this.#gatewayId) {
      throw lostGateway();
    }
    await makeFilesDurable(this.#core.dataPath, difference.writtenFiles);
    const snapshot = await this.#write(difference, options);
    await this.#keepFiles(difference.writtenFiles);
    return snapshot;
  }

  async rollback(): Promise<void> {
    if (this.#isOver) {
      return;
    }
    this.#isOver = true;
    commitQueueOf(this.#core).leave(this.#arrival);
    this.#state = this.#start;
    this.#current = this.#seen(this.#start);
    await this.#files.removeAll();
  }

  /** The end of what succeeded: of the files written only those stay that are committed or temporary. */
  async #keepFiles(committed: readonly WrittenFile[]): Promise<void> {
    await this.#files.keep([...committed, ...(temporaryPart(this.#state, this.#cache)?.files ?? [])], this.#before?.files ?? []);
    this.#isOver = true;
  }

  async #write(difference: StagedDifference, options: { readonly author?: string; readonly message?: string }): Promise<LakeSnapshot> {
    const request = { base: this.base, gatewayId: this.#gatewayId, difference, author: options.author ?? null, message: options.message ?? null };
    try {
      return await commitQueueOf(this.#core).commit(this.#arrival, request);
    } catch (error) {
      if (error instanceof LakeError && error.outcomeUnknown) {
        this.#isOver = true;
        this.#files.leave();
      }
      throw error;
    }
  }

  #alter(table: LakeTable, state: StagedState = this.#state): void {
    this.#stage(definitionChanged({ ...state, tables: withEntry(state.tables, table.id, table) }));
  }

  #stage(state: StagedState): void {
    this.#checkOpen();
    this.#state = state;
    this.#current = this.#seen(state);
  }

  #seen(state: StagedState): LakeSnapshot {
    return state === this.#start && this.#before === null
      ? this.base
      : overlaySnapshot(this.base, state, this.#cache, (request) => overlayInlinedRows(this.#core, request));
  }

  #withTags<T extends { readonly tags?: ReadonlyMap<string, string> }>(definition: T): T {
    return this.tagsOfNew.size === 0 ? definition : { ...definition, tags: new Map([...this.tagsOfNew, ...(definition.tags ?? [])]) };
  }

  /** The table as it is now; callers may hold an object of before the last change. */
  #table(table: LakeTable): LakeTable {
    const now = this.#state.tables.get(table.id);
    if (now === undefined) {
      throw new LakeError('not_found', `table "${table.name}" does not exist`);
    }
    return now;
  }

  #view(view: LakeView): LakeView {
    const now = this.#state.views.get(view.id);
    if (now === undefined) {
      throw new LakeError('not_found', `view "${view.name}" does not exist`);
    }
    return now;
  }

  #checkOpen(): void {
    if (this.#isOver) {
      throw new LakeError('conflict', 'the transaction is over');
    }
  }
}
