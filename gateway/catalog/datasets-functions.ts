import type { FileInspector } from '../../executor/engine.js';
import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import { readAttributes, sameFiles } from '../../fs/dataset/dataset-files.js';
import type { DatasetIndex } from '../../fs/dataset/dataset-index.js';
import type { DatasetFormat } from '../../fs/dataset/file-format.js';
import { isGlob } from '../../fs/dataset/glob.js';
import { parseHiveFolder } from '../../fs/dataset/hive-path.js';
import type { NamedFile } from '../../fs/dataset/table-files.js';
import type { ObjectCache } from '../../fs/s3/object-cache.js';
import type { DataRoots, StoreLocation } from '../../fs/store/data-roots.js';
import type { EntryKind } from '../../fs/store/store.js';
import { StoreError } from '../../fs/store/store-error.js';
import { baseNameOf, parentOf } from '../../fs/store/store-path.js';
import type { Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { FileFunctionCall } from '../../planner/translate/environment.js';
import { checkFunctionOptions, fileFunction, flagOption } from './datasets-function-options.js';
import { RelationBuilder } from './datasets-relation.js';

/** Calls remembered at most; the least recently used are forgotten first. */
const CALLS_MAX = 256;

interface KnownCall {
  readonly builder: RelationBuilder;
  files: readonly DatasetFile[];
  relation: Relation | undefined;
}

/** Resolves read_parquet and its kin to relations over exact file lists; what was read of files is kept per call. */
export class FileFunctions {
  readonly #roots: DataRoots;
  readonly #indexes: ReadonlyMap<unknown, DatasetIndex>;
  readonly #inspector: FileInspector;
  readonly #objects: ObjectCache | null;
  readonly #known = new Map<string, KnownCall>();

  constructor(roots: DataRoots, indexes: readonly DatasetIndex[], inspector: FileInspector, objects: ObjectCache | null) {
    this.#objects = objects;
    this.#roots = roots;
    this.#indexes = new Map(indexes.map((index) => [index.store, index]));
    this.#inspector = inspector;
  }

  async resolve(call: FileFunctionCall): Promise<Relation> {
    const { format, implied } = fileFunction(call.function, call.position);
    const given = checkFunctionOptions(format, call);
    const named = (await Promise.all(call.paths.map(async (path) => await this.#find(path, format, call.position)))).flat();
    const files = await this.#attributes(named);
    const known = this.#remember(JSON.stringify([call.function, call.paths, given]));
    if (known.relation !== undefined && sameFiles(known.files, files)) {
      return known.relation;
    }
    const { hive_partitioning: hive, ...options } = { ...implied, ...given };
    known.relation = await known.builder.build({
      schema: '',
      name: call.function,
      format,
      files,
      partitionKeys: partitionKeysOf(files, hive === undefined ? undefined : flagOption(hive), call.position),
      options,
    });
    known.files = files;
    return known.relation;
  }

  /** Files of any kind that a path or pattern names, for COPY FROM; 58P01 when there are none, 42501 outside the roots. */
  async filesOf(userPath: string): Promise<readonly StoreLocation[]> {
    const location = this.#roots.locate(userPath);
    const { store, path } = location;
    if ((await kindOf(location)) === 'file') {
      return [location];
    }
    const found = isGlob(path) ? ((await this.#indexes.get(store)?.matching(path)) ?? []) : [];
    if (found.length === 0) {
      throw new SqlError(SQLSTATE.undefined_file, `could not open file ${JSON.stringify(userPath)} for reading: No such file or directory`);
    }
    return found.map((file) => ({ store, path: file.path }));
  }

  #remember(key: string): KnownCall {
    const known = this.#known.get(key) ?? {
      builder: new RelationBuilder(this.#inspector, this.#objects),
      files: [],
      relation: undefined,
    };
    this.#known.delete(key);
    this.#known.set(key, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= CALLS_MAX) {
        break;
      }
      this.#known.delete(oldest);
    }
    return known;
  }

  /** The files a path stands for: itself, everything below a folder, or what a pattern matches. A file's exact name is tried first. */
  async #find(userPath: string, format: DatasetFormat, position: number): Promise<readonly (NamedFile & StoreLocation)[]> {
    const location = this.#roots.locate(userPath);
    const { store, path } = location;
    const index = this.#indexes.get(store);
    const kind = await kindOf(location);
    let found: readonly {
      readonly path: string;
      readonly directory: string;
      readonly name: string;
    }[] = [];
    if (kind === 'file') {
      found = [{ path, directory: parentOf(path), name: baseNameOf(path) }];
    } else if (kind === 'directory') {
      found = (await index?.filesBelow(path))?.filter((file) => file.format === format) ?? [];
    } else if (isGlob(path)) {
      found = (await index?.matching(path)) ?? [];
    }
    if (found.length === 0) {
      throw new SqlError(SQLSTATE.undefined_file, `no files found that match ${JSON.stringify(userPath)}`, { position });
    }
    return found.map((file) => ({
      ...file,
      store,
      format,
      partition: hiveFolders(file.directory),
    }));
  }

  async #attributes(named: readonly (NamedFile & StoreLocation)[]): Promise<readonly DatasetFile[]> {
    const found = new Map<string, DatasetFile>();
    for (const store of this.#roots.stores) {
      const inStore = named.filter((file) => file.store === store);
      for (const file of await readAttributes(store, inStore)) {
        found.set(`${store.root}/${file.path}`, file);
      }
    }
    // In the order of the paths given; one that several paths give is read several times, as in DuckDB.
    return named.flatMap((file) => found.get(`${file.store.root}/${file.path}`) ?? []);
  }
}

async function kindOf({ store, path }: StoreLocation): Promise<EntryKind | undefined> {
  try {
    return (await store.stat(path)).kind;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'not-found') {
      return undefined;
    }
    throw error;
  }
}

function hiveFolders(directory: string): NamedFile['partition'] {
  return directory.split('/').flatMap((folder) => parseHiveFolder(folder) ?? []);
}

/** As DuckDB decides: partitioned when told so, or when every file has the same keys; told so, differing keys are an error. */
function partitionKeysOf(files: readonly DatasetFile[], asked: boolean | undefined, position: number): readonly string[] {
  const [first] = files;
  if (asked === false || first === undefined) {
    return [];
  }
  const keys = first.partition.map(({ key }) => key);
  const agree = files.every((file) => file.partition.length === keys.length && file.partition.every(({ key }, index) => key === keys[index]));
  if (!agree && asked === true) {
    throw new SqlError(SQLSTATE.wrong_object_type, 'the files are not all partitioned by the same columns', { position });
  }
  return agree ? keys : [];
}
