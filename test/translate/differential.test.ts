import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, after, describe, it } from 'mocha';
import { Client, DatabaseError } from 'pg';
import type { DuckDBConnection } from '@duckdb/node-api';
import { loadParser } from '../../planner/parse/parser.js';
import { sourceDirectory } from '../runner/source-directory.js';
import { startPostgres } from '../services/postgres.js';
import { readCases } from './cases.js';
import { difference } from './compare.js';
import { askPostgres, askSluice, openDuckDB } from './roads.js';
import { INFERRED_TYPES } from './inferred-types.js';
import { tableStatements } from './tables.js';

const CASES = sourceDirectory('translate', 'cases');

describe('translation against PostgreSQL', function () {
  this.timeout(60_000);
  let client: Client;
  let connection: DuckDBConnection;

  before(async () => {
    await loadParser();
    const server = await startPostgres();
    client = new Client({ host: server.host, port: server.port, user: server.user, database: server.database });
    await client.connect();
    await client.query('DROP SCHEMA IF EXISTS translate CASCADE; CREATE SCHEMA translate; SET search_path = translate');
    connection = await openDuckDB();
    for (const statement of tableStatements()) {
      await client.query(statement);
      await connection.run(statement);
    }
  });

  after(async () => {
    await client.end();
    connection.closeSync();
  });

  for (const file of readdirSync(CASES).filter((name) => name.endsWith('.sql'))) {
    it(`agrees on ${file}`, async () => {
      const problems: string[] = [];
      for (const { sql, known } of readCases(readFileSync(join(CASES, file), 'utf8'))) {
        const found = difference(await askPostgres(client, sql), await askSluice(connection, sql), /order\s+by[^()]*$/i.test(sql));
        if (found !== null && known === null) {
          problems.push(`${sql}\n    ${found}`);
        } else if (found === null && known !== null) {
          problems.push(`${sql}\n    agrees now: the note "${known}" is out of date`);
        }
      }
      assert.deepEqual(problems, []);
    });
  }

  it('expects the parameter types that PostgreSQL infers', async () => {
    const problems: string[] = [];
    for (const [sql, types] of INFERRED_TYPES) {
      const found = await preparedTypes(client, sql);
      if (found !== types) {
        problems.push(`${sql}\n    ${types} expected, PostgreSQL says ${found}`);
      }
    }
    assert.deepEqual(problems, []);
  });
});

/** Types of a statement's parameters as PostgreSQL infers them, or the SQLSTATE it refuses the statement with. */
async function preparedTypes(client: Client, sql: string): Promise<string> {
  try {
    await client.query(`PREPARE inferred AS ${sql}`);
  } catch (error) {
    return error instanceof DatabaseError ? (error.code ?? '') : String(error);
  }
  const { rows } = await client.query<{ types: string }>(
    `SELECT string_agg(typname, ',' ORDER BY number) AS types
       FROM pg_prepared_statements, unnest(parameter_types) WITH ORDINALITY AS parameter(type, number), pg_type
      WHERE pg_prepared_statements.name = 'inferred' AND pg_type.oid = parameter.type`,
  );
  await client.query('DEALLOCATE inferred');
  return rows[0]?.types ?? '';
}
