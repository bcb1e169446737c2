import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckdbType, duckdbTypeInFiles, fieldIds } from './duckdb-types.js';
import type { InlinedCache } from './lake-core.js';
import type { LakeColumn, LakeDeleteFile, LakeInlinedRows } from './model.js';

/** A row of the catalog: its values as text, by column id. */
export interface InlinedRow {
  readonly rowId: number;
  readonly values: ReadonlyMap<number, string | null>;
}

/** Rows of a data file that a snapshot does not have, from all the places that say so. */
export interface HiddenRows {
  readonly dataPath: string;
  /** The data file holds rows newer than the snapshot. */
  readonly laterRows: boolean;
  /** The delete file of the catalog. */
  readonly stored: LakeDeleteFile | null;
  /** The delete file names deletes newer than the snapshot. */
  readonly laterDeletes: boolean;
  /** Deleted positions kept in the catalog itself. */
  readonly positions: readonly number[];
  readonly snapshotId: number;
}

/** The id of a delete file that the catalog does not have. */
const NO_DELETE_FILE = -1;

/** The column in which files of several snapshots keep each row's. */
const SNAPSHOT_COLUMN = '_ducklake_internal_snapshot_id';

/** How long a file outlives the last snapshot that named it: queries that were planned over it may still open it. */
const KEEP_UNUSED_MS = 30 * 60_000;

interface CachedFile {
  readonly path: string;
  readonly user: WeakRef<LakeInlinedRows | LakeDeleteFile>;
  readonly madeMs: number;
}

/**
 * Rows that live in the catalog, as small Parquet files that executors can read. The rows stay in memory, too: there are
 * few of them, and each change makes a new file of all.
 */
export class InlinedFiles implements InlinedCache {
  readonly #directory: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #rows = new WeakMap<LakeInlinedRows, readonly InlinedRow[]>();
  readonly #deletes = new Map<string, WeakRef<LakeDeleteFile>>();
  #files: CachedFile[] = [];
  #last: Promise<unknown> = Promise.resolve();

  private constructor(directory: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#directory = directory;
    this.#instance = instance;
    this.#connection = connection;
  }

  /** The directory is emptied: it belongs to this process alone. */
  static async open(directory: string): Promise<InlinedFiles> {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: '512MB',
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return new InlinedFiles(directory, instance, connection);
  }

  async combine(request: Parameters<InlinedCache['combine']>[0]): Promise<LakeInlinedRows | null> {
    const { columns, base, deletedRowIds, rows } = request;
    const kept = base === null ? [] : this.rowsOf(base.rows).filter(({ rowId }) => !deletedRowIds.has(rowId));
    const added = rows.map(({ rowId, values }): InlinedRow => ({ rowId, values: new Map(columns.map((column, index) => [column.id, values[index] ?? null])) }));
    return await this.write(columns, [...kept, ...added]);
  }

  /** The rows of a file of the cache, in their order. */
  rowsOf(inlined: LakeInlinedRows | null): readonly InlinedRow[] {
    return inlined === null ? [] : (this.#rows.get(inlined) ?? []);
  }

  /** Writes rows as a file with these columns; a column a row has no value for gets its initial default. Null without rows. */
  write(columns: readonly LakeColumn[], rows: readonly InlinedRow[]): Promise<LakeInlinedRows | null> {
    if (rows.length === 0) {
      return Promise.resolve(null);
    }
    return this.#inTurn(() => this.#write(columns, rows));
  }

  /** Writes one delete file of everything a snapshot does not have of a data file; null when it has every row after all. */
  writeDeletes(hidden: HiddenRows): Promise<LakeDeleteFile | null> {
    const { dataPath, laterRows, stored, laterDeletes, positions, snapshotId } = hidden;
    const key = JSON.stringify([dataPath, stored?.path, laterRows || laterDeletes ? snapshotId : null, positions]);
    return this.#inTurn(async () => this.#deletes.get(key)?.deref() ?? (await this.#writeDeletes(key, hidden)));
  }

  /** One at a time: they share a connection and a table. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const written = this.#last.then(work);
    this.#last = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    await this.#last;
    this.#connection.closeSync();
    this.#instance.closeSync();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #write(columns: readonly LakeColumn[], rows: readonly InlinedRow[]): Promise<LakeInlinedRows> {
    const path = join(this.#directory, `${randomUUID()}.parquet`);
    await this.#connection.run(`CREATE OR REPLACE TEMP TABLE texts (${columns.map((_, index) => `c${index} VARCHAR`).join(', ')})`);
    const appender = await this.#connection.createAppender('texts', 'main', 'temp');
    for (const { values } of rows) {
      for (const column of columns) {
        const value = values.has(column.id) ? (values.get(column.id) ?? null) : column.initialDefault;
        if (value === null) {
          appender.appendNull();
        } else {
          appender.appendVarchar(value);
        }
      }
      appender.endRow();
    }
    appender.closeSync();
    // Written in the order of row ids: a row's place in the file leads back to its id.
    const list = columns.map((column, index) => `${storedValue(column, `c${index}`)} AS "${column.name.replaceAll('"', '""')}"`);
    await this.#connection.run(
      `COPY (SELECT ${list.join(', ')} FROM texts ORDER BY rowid) TO ${quoted(path)} (FORMAT parquet, FIELD_IDS ${fieldIds(columns)})`,
    );
    const { size } = await stat(path);
    const inlined: LakeInlinedRows = { path, byteCount: size, rowCount: rows.length, rowIds: rows.map(({ rowId }) => rowId) };
    this.#rows.set(inlined, rows);
    this.#files.push({ path, user: new WeakRef(inlined), madeMs: Date.now() });
    await this.#removeUnused();
    return inlined;
  }

  async #writeDeletes(key: string, hidden: HiddenRows): Promise<LakeDeleteFile | null> {
    const { dataPath, laterRows, stored, laterDeletes, positions, snapshotId } = hidden;
    const sources = [
      ...(positions.length === 0 ? [] : [`SELECT unnest([${positions.join(', ')}]::BIGINT[]) AS pos`]),
      ...(stored === null ? [] : [`SELECT pos FROM read_parquet(${quoted(stored.path)})${laterDeletes ? ` WHERE ${SNAPSHOT_COLUMN} <= ${snapshotId}` : ''}`]),
      ...(laterRows
        ? [`SELECT file_row_number AS pos FROM read_parquet(${quoted(dataPath)}, file_row_number => true) WHERE ${SNAPSHOT_COLUMN} > ${snapshotId}`]
        : []),
    ];
    const path = join(this.#directory, `${randomUUID()}-delete.parquet`);
    const list = `SELECT ${quoted(dataPath)} AS file_path, pos FROM (${sources.join(' UNION ')}) ORDER BY pos`;
    const reader = await this.#connection.runAndReadAll(`COPY (${list}) TO ${quoted(path)} (FORMAT parquet, RETURN_STATS)`);
    const [, rowCount, byteCount, footerByteCount] = reader.getRows()[0] ?? [];
    if (Number(rowCount) === 0) {
      await rm(path, { force: true });
      return null;
    }
    const deletes: LakeDeleteFile = {
      id: stored?.id ?? NO_DELETE_FILE,
      path,
      rowCount: Number(rowCount),
      byteCount: Number(byteCount),
      footerByteCount: Number(footerByteCount),
    };
    this.#deletes.set(key, new WeakRef(deletes));
    this.#files.push({ path, user: new WeakRef(deletes), madeMs: Date.now() });
    await this.#removeUnused();
    return deletes;
  }

  async #removeUnused(): Promise<void> {
    const before = Date.now() - KEEP_UNUSED_MS;
    const unused = this.#files.filter(({ user, madeMs }) => madeMs < before && user.deref() === undefined);
    if (unused.length > 0) {
      this.#files = this.#files.filter((file) => !unused.includes(file));
      await Promise.all(unused.map(({ path }) => rm(path, { force: true })));
      for (const [key, deletes] of this.#deletes) {
        if (deletes.deref() === undefined) {
          this.#deletes.delete(key);
        }
      }
    }
  }
}

/** A text as the column's type, in the form data files keep it. */
function storedValue(column: LakeColumn, text: string): string {
  const type = duckdbType(column);
  const stored = duckdbTypeInFiles(column);
  const value = type === 'VARCHAR' ? text : `CAST(${text} AS ${type})`;
  return stored === type ? value : `CAST(${value} AS ${stored})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
