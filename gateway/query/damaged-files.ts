import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import type { ResultStream } from '../../executor/engine.js';
import type { Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import type { SqlState } from '../../planner/sqlstate.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteText } from '../../planner/types/data-type.js';
import type { QueryContext } from './query-context.js';

type Context = Pick<QueryContext, 'pool' | 'dataRoot'>;
type References = readonly { readonly relation: Relation }[];

/** Runs work that reads relations; an error over a damaged file of a stored table then names file and table. */
export async function namingDamagedFiles<T>(context: Context, references: References, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await namedError(context, references, error);
  }
}

/** The same for a stream of rows. */
export function namingDamagedFilesOf(context: Context, references: References, stream: ResultStream): ResultStream {
  if (!references.some(({ relation }) => isStored(relation))) {
    return stream;
  }
  return {
    columns: stream.columns,
    next: () => namingDamagedFiles(context, references, () => stream.next()),
    close: () => stream.close(),
  };
}

/** Most footers that are read in search of a damaged one. */
const FOOTER_COUNT_MAX = 1000;

/** What DuckDB says of damage comes as errors of many types: these alone are looked into. */
const SUSPECT: ReadonlySet<SqlState> = new Set([
  SQLSTATE.data_corrupted,
  SQLSTATE.undefined_file,
  SQLSTATE.io_error,
  SQLSTATE.internal_error,
  SQLSTATE.insufficient_privilege,
]);
const SUSPECT_WORDS = /parquet|thrift|TProtocol|codec|page header|footer|decompress/i;

interface StoredFile {
  readonly table: string;
  readonly path: string;
  /** Null for a file whose size is not known. */
  readonly byteCount: number | null;
}

async function namedError(context: Context, references: References, error: unknown): Promise<unknown> {
  if (!(error instanceof SqlError) || !(SUSPECT.has(error.sqlstate) || SUSPECT_WORDS.test(error.message))) {
    return error;
  }
  const files = references.flatMap(({ relation }) => storedFiles(relation));
  const found = files.length === 0 ? null : await findDamaged(context, files, `${error.message}\n${error.detail ?? ''}`);
  if (found === null) {
    return error;
  }
  const { file, sqlstate, why } = found;
  return new SqlError(sqlstate, `could not read file "${relative(context.dataRoot, file.path)}" of table "${file.table}": ${why}`, {
    ...(error.message === why ? {} : { detail: error.message }),
    cause: error,
  });
}

function isStored({ source }: Relation): boolean {
  return source.kind === 'files' && source.fields !== undefined;
}

function storedFiles(relation: Relation): readonly StoredFile[] {
  const { source } = relation;
  if (source.kind !== 'files' || source.fields === undefined) {
    return [];
  }
  return source.files.flatMap((file) => [
    { table: relation.name, path: file.path, byteCount: file.byteCount },
    ...(file.deletes === undefined ? [] : [{ table: relation.name, path: file.deletes.path, byteCount: null }]),
  ]);
}

interface Damage {
  readonly file: StoredFile;
  readonly sqlstate: SqlState;
  readonly why: string;
}

async function findDamaged(context: Context, files: readonly StoredFile[], text: string): Promise<Damage | null> {
  // The file DuckDB names first: it is the one, whatever is wrong with it.
  const suspects = files.toSorted((a, b) => Number(text.includes(b.path)) - Number(text.includes(a.path)));
  for (const file of suspects) {
    const damage = await lookAt(file);
    if (damage !== null) {
      return damage;
    }
  }
  for (const file of suspects.slice(0, FOOTER_COUNT_MAX)) {
    const damage = await readFooter(context, file);
    if (damage !== null) {
      return damage;
    }
  }
  const [first] = suspects;
  const isNamed = first !== undefined && (files.length === 1 || text.includes(first.path));
  return isNamed && SUSPECT_WORDS.test(text) ? { file: first, sqlstate: SQLSTATE.data_corrupted, why: 'its contents are damaged' } : null;
}

async function lookAt(file: StoredFile): Promise<Damage | null> {
  try {
    const { size } = await stat(file.path);
    await access(file.path, constants.R_OK);
    return file.byteCount === null || size === file.byteCount
      ? null
      : { file, sqlstate: SQLSTATE.data_corrupted, why: `it has ${size} bytes where ${file.byteCount} were written` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    switch (code) {
      case 'ENOENT':
      case 'ENOTDIR':
        return { file, sqlstate: SQLSTATE.undefined_file, why: 'No such file or directory' };
      case 'EACCES':
      case 'EPERM':
        return { file, sqlstate: SQLSTATE.insufficient_privilege, why: 'Permission denied' };
      default:
        return { file, sqlstate: SQLSTATE.io_error, why: error instanceof Error ? error.message : String(error) };
    }
  }
}

async function readFooter({ pool }: Context, file: StoredFile): Promise<Damage | null> {
  try {
    await pool.collect([`SELECT count(*) FROM parquet_metadata(${quoteText(file.path)})`], 1, new AbortController().signal);
    return null;
  } catch (error) {
    return error instanceof SqlError ? { file, sqlstate: SQLSTATE.data_corrupted, why: 'its footer is damaged' } : null;
  }
}
