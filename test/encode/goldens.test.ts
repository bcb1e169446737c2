import type { DuckDBConnection } from '@duckdb/node-api';
import assert from 'node:assert/strict';
import type { OutputSettings } from '../../executor/engine.js';
import { parameterLiteral } from '../../gateway/parameters/parameter-literal.js';
import { DEFAULT_OUTPUT_SETTINGS } from '../../gateway/session/backend.js';
import { startPostgres } from '../services/postgres.js';
import { CASE_GROUPS } from './cases.js';
import { encodeValue, openDuckdb } from './duckdb.js';
import { askPostgres, readGoldens } from './golden-file.js';

function outputSettings(settings: Readonly<Record<string, string>>): OutputSettings {
  return {
    timeZone: settings['TimeZone'] ?? 'UTC',
    dateStyle: settings['DateStyle'] ?? DEFAULT_OUTPUT_SETTINGS.dateStyle,
    intervalStyle: settings['IntervalStyle'] ?? DEFAULT_OUTPUT_SETTINGS.intervalStyle,
    extraFloatDigits: Number(settings['extra_float_digits'] ?? DEFAULT_OUTPUT_SETTINGS.extraFloatDigits),
    byteaOutput: settings['bytea_output'] === 'escape' ? 'escape' : 'hex',
  };
}

describe('encode: goldens of PostgreSQL', () => {
  const goldens = new Map(readGoldens().map((golden) => [`${golden.group}: ${golden.postgres}`, golden]));
  let connection: DuckDBConnection;

  before(async () => {
    connection = await openDuckdb();
  });

  after(() => {
    connection.closeSync();
  });

  for (const group of CASE_GROUPS) {
    const settings = outputSettings(group.settings);
    // Values lose digits on purpose where fewer are asked for.
    const readsBack = !('extra_float_digits' in group.settings);
    describe(group.name, () => {
      for (const item of group.cases) {
        const golden = goldens.get(`${group.name}: ${item.postgres}`);
        const expression = item.duckdb ?? item.postgres;
        const shown = expression.length > 80 ? `${expression.slice(0, 80)}...` : expression;

        it(`writes ${shown}`, async () => {
          assert(golden !== undefined, 'stored: run node dist/test/encode/regenerate.js');
          const type = { oid: golden.oid, modifier: -1 };
          const text = await encodeValue(connection, expression, { type, format: 'text' }, settings);
          assert.equal(text?.toString('utf8'), golden.text);
          const binary = await encodeValue(connection, expression, { type, format: 'binary' }, settings);
          assert.equal(binary?.toString('hex'), golden.binary);
        });

        if (item.parameter !== false && readsBack) {
          it(`reads ${shown} as a parameter`, async () => {
            assert(golden !== undefined);
            const type = { oid: golden.oid, modifier: -1 };
            for (const value of [
              { format: 'text', bytes: Buffer.from(golden.text) },
              { format: 'binary', bytes: Buffer.from(golden.binary, 'hex') },
            ] as const) {
              const literal = parameterLiteral(value, golden.oid, {
                timeZone: settings.timeZone,
                dateStyle: settings.dateStyle,
              });
              const text = await encodeValue(connection, literal, { type, format: 'text' }, settings);
              assert.equal(text?.toString('utf8'), golden.text, `${value.format}: ${literal}`);
            }
          });
        }
      }
    });
  }

  it('are what this PostgreSQL sends', async function test() {
    this.timeout(60_000);
    assert.deepEqual(await askPostgres(await startPostgres()), readGoldens());
  });
});
