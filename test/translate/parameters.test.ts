import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { loadParser, parseStatements } from '../../planner/parse/parser.js';
import { SqlError } from '../../planner/sql-error.js';
import type { SentValue } from '../../planner/translate/constant.js';
import { evaluateConstant } from '../../planner/translate/constant.js';
import { translateQuery } from '../../planner/translate/query.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { postgresTypeByOid } from '../../planner/types/postgres-type.js';
import { INFERRED_TYPES } from './inferred-types.js';
import { TEST_ENVIRONMENT } from './roads.js';

function translate(sql: string, declared: readonly number[] = []): TranslatedQuery {
  const [statement] = parseStatements(sql);
  assert(statement !== undefined);
  return translateQuery(statement, TEST_ENVIRONMENT, declared);
}

/** A parameter as a client sends it in text form. */
function utf8(text: string): SentValue {
  return { format: 'text', bytes: new TextEncoder().encode(text) };
}

describe('parameters', () => {
  before(loadParser);

  for (const [sql, types] of INFERRED_TYPES) {
    if (/^\d/.test(types)) {
      it(`refuses ${sql}`, () => {
        assert.throws(
          () => translate(sql),
          (error: unknown) => error instanceof SqlError && error.sqlstate === types,
        );
      });
      continue;
    }
    it(`infers ${types} for ${sql}`, () => {
      assert.equal(
        translate(sql)
          .parameterTypes.map((oid) => postgresTypeByOid(oid)?.name)
          .join(','),
        types,
      );
    });
  }

  it('keeps the types a client declares', () => {
    assert.deepEqual(translate('SELECT $1, $2', [20, 0]).parameterTypes, [20, 25]);
    assert.deepEqual(
      translate('SELECT $1, $2', [20, 0]).columns?.map((column) => column.type?.oid),
      [20, 25],
    );
  });

  it('refuses a parameter that two places give different types', () => {
    assert.throws(
      () => translate('SELECT id FROM emp WHERE id = $1 AND name = $1'),
      (error: unknown) => error instanceof SqlError && error.sqlstate === '42883',
    );
  });

  it('answers constants without DuckDB', () => {
    const sql = "SELECT 1, 'a', NULL, true, $1::int, '007'::int8, current_schema() AS s, $2";
    const [statement] = parseStatements(sql);
    assert(statement !== undefined);
    const query = translate(sql);
    const result = evaluateConstant(statement, query, [utf8('42'), utf8('é')]);
    assert.deepEqual(result?.rows, [['1', 'a', null, 't', '42', '7', 'translate', 'é']]);
    assert.deepEqual(
      result?.columns.map((column) => column.name),
      ['?column?', '?column?', '?column?', '?column?', 'int4', 'int8', 's', '?column?'],
    );
    assert.equal(evaluateConstant(statement, query, [utf8('042'), utf8('é')]), null, 'texts that need reading go to DuckDB');
  });

  it('leaves everything else to DuckDB', () => {
    for (const sql of [
      'SELECT 1 + 1',
      'SELECT 1 WHERE false',
      'SELECT 1 LIMIT 0',
      'SELECT DISTINCT 1',
      'SELECT id FROM emp',
      'SELECT 1 UNION SELECT 2',
      'SELECT 1.50',
    ]) {
      const [statement] = parseStatements(sql);
      assert(statement !== undefined);
      assert.equal(evaluateConstant(statement, translate(sql), []), null, sql);
    }
  });

  it('says when nothing is read, and when a function must run once', () => {
    assert.equal(translate('SELECT 1 + 1').tableless, true);
    assert.equal(translate('SELECT id FROM emp').tableless, false);
    assert.equal(translate('SELECT random()').volatile, true);
    assert.equal(translate('SELECT now()').volatile, false);
  });

  it('refuses functions that reach outside', () => {
    for (const call of [
      "read_text('/etc/passwd')",
      "read_blob('x')",
      "glob('*')",
      "getenv('HOME')",
      "getvariable('x')",
      "query('SELECT 1')",
      "query_table('emp')",
      'duckdb_settings()',
      "pragma_table_info('emp')",
      "parquet_metadata('x')",
      "sniff_csv('x')",
      "current_setting('secret_directory')",
    ]) {
      for (const sql of [`SELECT ${call}`, `SELECT * FROM ${call}`]) {
        assert.throws(
          () => translate(sql),
          (error: unknown) => error instanceof SqlError,
          sql,
        );
      }
    }
  });
});
