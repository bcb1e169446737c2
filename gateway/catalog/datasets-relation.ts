import type { FileInspector } from '../../executor/engine.js';
import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import type { ObjectCache, Wanted } from '../../fs/s3/object-cache.js';
import type { DatasetFormat } from '../../fs/dataset/file-format.js';
import type { Column, DataFile, Relation } from '../../planner/relation/relation.js';
import { buildCsv } from './datasets-csv.js';
import { partitionColumnsOf } from './datasets-hive.js';
import { buildJson } from './datasets-json.js';
import { ParquetFooters } from './datasets-parquet.js';

/** What one format's reading of a table's files gives; partition columns are added to it. */
export interface BuiltFiles {
  readonly columns: readonly Column[];
  /** In the order of the files given. */
  readonly files: readonly DataFile[];
  readonly readerOptions: Readonly<Record<string, string>>;
  readonly unionByName: boolean;
}

/** What a relation is to be made of. */
export interface RelationRequest {
  readonly schema: string;
  readonly name: string;
  readonly format: DatasetFormat;
  readonly files: readonly DatasetFile[];
  /** Names of the partition columns; every file has a value for each, in this order. Empty: none are read. */
  readonly partitionKeys: readonly string[];
  /** Reader options the user gave, as SQL literals. */
  readonly options: Readonly<Record<string, string>>;
}

/** Makes the relations of one table, version after version; what it read of files that stay is kept. */
export class RelationBuilder {
  readonly #inspector: FileInspector;
  readonly #objects: ObjectCache | null;
  readonly #footers = new ParquetFooters();

  constructor(inspector: FileInspector, objects: ObjectCache | null) {
    this.#inspector = inspector;
    this.#objects = objects;
  }

  async build(request: RelationRequest): Promise<Relation> {
    // Columns are learned from Parquet footers, and from the text of other files.
    const wanted: Wanted = { kind: request.format === 'parquet' ? 'footer' : 'whole' };
    const used = await this.#objects?.use(request.files.map((file) => ({ path: file.absolutePath, wanted })));
    try {
      return await this.#build(request);
    } finally {
      used?.release();
    }
  }

  async #build(request: RelationRequest): Promise<Relation> {
    const built = await this.#read(request);
    const partitionColumns = partitionColumnsOf(request.partitionKeys, request.files);
    return {
      schema: request.schema,
      name: request.name,
      columns: withPartitions(built.columns, partitionColumns),
      source: {
        kind: 'files',
        format: request.format,
        files: partitionColumns.length === 0 ? built.files : withValues(built.files, request.files),
        partitionColumns: request.partitionKeys,
        readerOptions: built.readerOptions,
        unionByName: built.unionByName,
      },
    };
  }

  async #read({ format, files, options }: RelationRequest): Promise<BuiltFiles> {
    switch (format) {
      case 'parquet':
        return await this.#footers.build(this.#inspector, files, options);
      case 'csv':
        return await buildCsv(this.#inspector, files, options);
      case 'json':
        return await buildJson(this.#inspector, files, options);
    }
  }
}

/** A column that stands in the files and in the path is the path's; the others come after the files' own, as in DuckDB. */
function withPartitions(columns: readonly Column[], partitions: readonly Column[]): readonly Column[] {
  const named = new Map(partitions.map((column) => [column.name.toLowerCase(), column]));
  const merged = columns.map((column) => {
    const partition = named.get(column.name.toLowerCase());
    named.delete(column.name.toLowerCase());
    return partition ?? column;
  });
  return [...merged, ...named.values()];
}

function withValues(built: readonly DataFile[], files: readonly DatasetFile[]): readonly DataFile[] {
  const values = new Map(files.map((file) => [file.absolutePath, file.partition.map(({ value }) => value)]));
  return built.map((file) => ({ ...file, partitionValues: values.get(file.path) ?? [] }));
}
