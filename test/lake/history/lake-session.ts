import type { DuckDBConnection } from '@duckdb/node-api';
import { LakeError } from '../../../fs/lake/lake-error.js';
import type { Lake, LakeTransaction, NewLakeColumn } from '../../../fs/lake/lake.js';
import type { LakeTable } from '../../../fs/lake/model.js';
import { textOf } from '../text-of.js';
import { LIST_COUNT, listText, listValues, readsOf, REGISTER_COUNT, single, type HistoryPlace, type HistorySession } from './session.js';

/** A lake used directly, without SQL: its transactions over rows kept in the catalog. `duckdb` reads the files made of them. */
export function lakePlace(lake: Lake, duckdb: DuckDBConnection): HistoryPlace {
  return {
    setUp: async () => {
      const transaction = await lake.begin();
      const make = (name: string, columns: readonly NewLakeColumn[]): LakeTable => transaction.createTable({ schema: 'main', name, columns });
      const lists = make('lists', [column('id', 'int32'), column('items', 'varchar')]);
      const registers = make('registers', [column('id', 'int32'), column('version', 'int32'), column('value', 'int64')]);
      make('buckets', [column('bucket', 'int32'), column('value', 'int64')]);
      transaction.appendRows(
        lists,
        Array.from({ length: LIST_COUNT }, (_, id) => [String(id), '']),
      );
      transaction.appendRows(
        registers,
        Array.from({ length: REGISTER_COUNT }, (_, id) => [String(id), '0', '0']),
      );
      await transaction.commit();
    },
    connect: () => Promise.resolve(new LakeHistorySession(lake, duckdb)),
    codeOf: (error) => (error instanceof LakeError ? error.code : 'other'),
    isOutcomeUnknown: (error) => !(error instanceof LakeError) || error.outcomeUnknown,
  };
}

function column(name: string, type: string): NewLakeColumn {
  return { name, type, nullable: true, children: [] };
}

interface InlinedRow {
  readonly rowId: number;
  readonly values: Readonly<Record<string, unknown>>;
}

class LakeHistorySession implements HistorySession {
  readonly #lake: Lake;
  readonly #duckdb: DuckDBConnection;
  #open: LakeTransaction | null = null;

  constructor(lake: Lake, duckdb: DuckDBConnection) {
    this.#lake = lake;
    this.#duckdb = duckdb;
  }

  async begin(): Promise<void> {
    this.#open = await this.#lake.begin();
  }

  async commit(): Promise<void> {
    await this.#transaction.commit();
  }

  async rollback(): Promise<void> {
    await this.#transaction.rollback();
  }

  async append(list: number, value: number): Promise<void> {
    await this.overwriteList(list, await this.readList(list), value);
  }

  async readList(list: number): Promise<readonly number[]> {
    return listValues(textOf(single(await this.#rows('lists', 'id', list)).values['items']));
  }

  async overwriteList(list: number, former: readonly number[], value: number): Promise<void> {
    await this.#replace('lists', list, [String(list), listText([...former, value])]);
  }

  async readRegister(register: number): Promise<{ readonly version: number; readonly value: number }> {
    const { values } = single(await this.#rows('registers', 'id', register));
    return { version: Number(values['version']), value: Number(values['value']) };
  }

  async writeRegister(register: number, version: number, value: number): Promise<void> {
    await this.#replace('registers', register, [register, version, value].map(String));
  }

  insertRows(bucket: number, values: readonly number[]): Promise<void> {
    this.#transaction.appendRows(
      this.#table('buckets'),
      values.map((value) => [String(bucket), String(value)]),
    );
    return Promise.resolve();
  }

  async readBucket(bucket: number): Promise<readonly number[]> {
    return (await this.#rows('buckets', 'bucket', bucket)).map(({ values }) => Number(values['value']));
  }

  async countBucket(bucket: number): Promise<number> {
    return (await this.#rows('buckets', 'bucket', bucket)).length;
  }

  async readAll(): ReturnType<HistorySession['readAll']> {
    const lists = await this.#rows('lists');
    const registers = await this.#rows('registers');
    const rows = await this.#rows('buckets');
    return readsOf(
      lists.map(({ values }) => ({ id: Number(values['id']), items: textOf(values['items']) })),
      registers.map(({ values }) => ({ id: Number(values['id']), version: Number(values['version']), value: Number(values['value']) })),
      rows.map(({ values }) => ({ bucket: Number(values['bucket']), value: Number(values['value']) })),
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  get #transaction(): LakeTransaction {
    if (this.#open === null) {
      throw new Error('no transaction is open');
    }
    return this.#open;
  }

  #table(name: string): LakeTable {
    const table = this.#transaction.current.findTable('main', name);
    if (table === undefined) {
      throw new Error(`no table ${name}`);
    }
    return table;
  }

  async #replace(name: string, id: number, row: readonly string[]): Promise<void> {
    const { rowId } = single(await this.#rows(name, 'id', id));
    this.#transaction.deleteInlinedRows(this.#table(name), [rowId]);
    this.#transaction.appendRows(this.#table(name), [row]);
  }

  async #rows(name: string, key?: string, value?: number): Promise<InlinedRow[]> {
    const { inlined } = await this.#transaction.current.data(this.#table(name));
    if (inlined === null) {
      return [];
    }
    const condition = key === undefined ? '' : `WHERE "${key}" = ${value}`;
    const result = await this.#duckdb.runAndReadAll(`SELECT * FROM read_parquet('${inlined.path}', file_row_number = true) ${condition}`);
    return result.getRowObjectsJS().map((values) => ({ rowId: inlined.rowIds[Number(values['file_row_number'])] ?? -1, values }));
  }
}
