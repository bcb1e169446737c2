import { Client, DatabaseError } from 'pg';
import { textOf } from '../text-of.js';
import { LIST_COUNT, listText, listValues, readsOf, REGISTER_COUNT, single, type HistoryPlace, type HistorySession } from './session.js';

/** Errors that leave open whether a commit took place: 40003 and 08007 say so, the others end the connection. */
const UNKNOWN_OUTCOMES: ReadonlySet<string> = new Set(['40003', '08007', '57P01', '57P02', '08006', '08003']);

const SETUP: readonly string[] = [
  'DROP TABLE IF EXISTS lists',
  'DROP TABLE IF EXISTS registers',
  'DROP TABLE IF EXISTS buckets',
  'CREATE TABLE lists (id integer, items text)',
  'CREATE TABLE registers (id integer, version integer, value bigint)',
  'CREATE TABLE buckets (bucket integer, value bigint)',
  `INSERT INTO lists SELECT n, '' FROM generate_series(0, ${LIST_COUNT - 1}) AS g (n)`,
  `INSERT INTO registers SELECT n, 0, 0 FROM generate_series(0, ${REGISTER_COUNT - 1}) AS g (n)`,
];

/** A server of the Postgres protocol. `begin` is the statement with the isolation level meant. */
export function sqlPlace(url: string, begin: string): HistoryPlace {
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  return {
    setUp: async () => {
      const client = await connect();
      for (const sql of SETUP) {
        await client.query(sql);
      }
      await client.end();
    },
    connect: async () => new SqlSession(await connect(), begin),
    codeOf: (error) => (error instanceof DatabaseError ? (error.code ?? 'none') : 'connection'),
    isOutcomeUnknown: (error) => !(error instanceof DatabaseError) || UNKNOWN_OUTCOMES.has(error.code ?? ''),
  };
}

type Row = Readonly<Record<string, unknown>>;

class SqlSession implements HistorySession {
  readonly #client: Client;
  readonly #begin: string;
  #isInlined = false;

  constructor(client: Client, begin: string) {
    this.#client = client;
    this.#begin = begin;
  }

  async begin(): Promise<void> {
    await this.#client.query(this.#begin);
  }

  async commit(): Promise<void> {
    await this.#client.query('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.#client.query('ROLLBACK');
  }

  async append(list: number, value: number): Promise<void> {
    await this.#run(`UPDATE lists SET items = items || $1 || ' ' WHERE id = $2`, [String(value), list]);
  }

  async readList(list: number): Promise<readonly number[]> {
    return listValues(textOf(single(await this.#run('SELECT items FROM lists WHERE id = $1', [list]))['items']));
  }

  async overwriteList(list: number, former: readonly number[], value: number): Promise<void> {
    await this.#run('UPDATE lists SET items = $1 WHERE id = $2', [listText([...former, value]), list]);
  }

  async readRegister(register: number): Promise<{ readonly version: number; readonly value: number }> {
    const row = single(await this.#run('SELECT version, value FROM registers WHERE id = $1', [register]));
    return { version: Number(row['version']), value: Number(row['value']) };
  }

  async writeRegister(register: number, version: number, value: number): Promise<void> {
    await this.#run('UPDATE registers SET version = $1, value = $2 WHERE id = $3', [version, value, register]);
  }

  async insertRows(bucket: number, values: readonly number[]): Promise<void> {
    await this.#run(`INSERT INTO buckets (bucket, value) VALUES ${values.map((_, index) => `($1, $${index + 2})`).join(', ')}`, [bucket, ...values]);
  }

  async readBucket(bucket: number): Promise<readonly number[]> {
    return (await this.#run('SELECT value FROM buckets WHERE bucket = $1', [bucket])).map((row) => Number(row['value']));
  }

  async countBucket(bucket: number): Promise<number> {
    return Number(single(await this.#run('SELECT count(*) AS n FROM buckets WHERE bucket = $1', [bucket]))['n']);
  }

  async readAll(): ReturnType<HistorySession['readAll']> {
    const lists = await this.#run('SELECT id, items FROM lists', []);
    const registers = await this.#run('SELECT id, version, value FROM registers', []);
    const rows = await this.#run('SELECT bucket, value FROM buckets', []);
    return readsOf(
      lists.map((row) => ({ id: Number(row['id']), items: textOf(row['items']) })),
      registers.map((row) => ({ id: Number(row['id']), version: Number(row['version']), value: Number(row['value']) })),
      rows.map((row) => ({ bucket: Number(row['bucket']), value: Number(row['value']) })),
    );
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  /** Through either protocol in turn: with parameters, and with values written into the text. */
  async #run(sql: string, parameters: readonly (number | string)[]): Promise<readonly Row[]> {
    this.#isInlined = !this.#isInlined;
    const result = this.#isInlined ? await this.#client.query<Row>(inline(sql, parameters)) : await this.#client.query<Row>(sql, [...parameters]);
    return result.rows;
  }
}

/** Numbers and digits only: nothing to quote beyond the quotes themselves. */
function inline(sql: string, parameters: readonly (number | string)[]): string {
  return sql.replaceAll(/\$(\d+)/g, (_, position: string) => {
    const value = parameters[Number(position) - 1];
    return typeof value === 'number' ? String(value) : `'${value}'`;
  });
}
