import type { FileInspector } from '../../executor/engine.js';
import { commonFormat, commonPartitionKeys } from '../../fs/dataset/dataset-files.js';
import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import type { DatasetIndex } from '../../fs/dataset/dataset-index.js';
import type { TableLocation } from '../../fs/dataset/table-listing.js';
import type { Relation } from '../../planner/relation/relation.js';
import { RelationBuilder } from './datasets-relation.js';

/** One table of a data root: its relation, made again only when its files change. */
export class DatasetTable {
  readonly #index: DatasetIndex;
  readonly #builder: RelationBuilder;
  #files: readonly DatasetFile[] = [];
  #relation: Relation | undefined;
  #loading: Promise<Relation | undefined> | undefined;

  constructor(index: DatasetIndex, inspector: FileInspector) {
    this.#index = index;
    this.#builder = new RelationBuilder(inspector);
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
    const files = await this.#index.files(location);
    if (files === this.#files && this.#relation !== undefined) {
      return this.#relation;
    }
    const format = commonFormat(files);
    this.#relation =
      format === undefined
        ? undefined
        : await this.#builder.build({
            schema: location.schema,
            name: location.name,
            format,
            files,
            partitionKeys: commonPartitionKeys(files),
            options: {},
          });
    this.#files = files;
    return this.#relation;
  }
}
