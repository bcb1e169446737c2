import type { FileInspector } from '../../executor/engine.js';
import { commonFormat, commonPartitionKeys, sameFiles } from '../../fs/dataset/dataset-files.js';
import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import type { DatasetIndex } from '../../fs/dataset/dataset-index.js';
import type { ObjectCache } from '../../fs/s3/object-cache.js';
import type { TableLocation } from '../../fs/dataset/table-listing.js';
import type { Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { RelationBuilder } from './datasets-relation.js';

/** One table of a data root: its relation, made again only when its files change. */
export class DatasetTable {
  readonly #index: DatasetIndex;
  readonly #builder: RelationBuilder;
  #files: readonly DatasetFile[] = [];
  #relation: Relation | undefined;
  #loading: Promise<Relation | undefined> | undefined;

  constructor(index: DatasetIndex, inspector: FileInspector, objects: ObjectCache | null) {
    this.#index = index;
    this.#builder = new RelationBuilder(inspector, objects);
  }

  /** The relation as it was last loaded. */
  get relation(): Relation | undefined {
    return this.#relation;
  }

  /** The relation as its files are now: the same object while they do not change; undefined when there are none. */
  async load(location: TableLocation): Promise<Relation | undefined> {
    // Statements that come at the same time share one look at the files.
    this.#loading ??= this.#load(location).finally(() => {
      this.#loading = undefined;
    });
    return await this.#loading;
  }

  async #load(location: TableLocation): Promise<Relation | undefined> {
    try {
      return await this.#look(location);
    } catch (error) {
      // A file that was listed and then removed: the listing is old, not the table broken.
      if (error instanceof SqlError && error.sqlstate === SQLSTATE.undefined_file) {
        this.#index.invalidate();
        return await this.#look(location);
      }
      throw error;
    }
  }

  async #look(location: TableLocation): Promise<Relation | undefined> {
    const files = await this.#index.files(location);
    const unchanged = files === this.#files || sameFiles(files, this.#files);
    if (!unchanged || this.#relation === undefined) {
      this.#relation = await this.#build(location, files);
      this.#files = files;
    }
    return this.#relation;
  }

  async #build(location: TableLocation, files: readonly DatasetFile[]): Promise<Relation | undefined> {
    const format = commonFormat(files);
    const { schema, name } = location;
    return format === undefined
      ? undefined
      : await this.#builder.build({ schema, name, format, files, partitionKeys: commonPartitionKeys(files), options: {} });
  }
}
