import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { startPostgres } from '../services/postgres.js';
import { ByteClient } from './byte-client.js';
import { geometricMean, median, quantile, timeAlternately } from './measure.js';
import { toMarkdown } from './report.js';

describe('bench', function () {
  this.timeout(30_000);

  it('computes medians, quantiles and means', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(quantile([0, 10], 0.95), 9.5);
    assert(Math.abs(geometricMean([1, 4]) - 2) < 1e-12);
  });

  it('runs sides alternately, one run uncounted', async () => {
    const calls: string[] = [];
    const side = (name: string) => (): Promise<void> => {
      calls.push(name);
      return Promise.resolve();
    };
    const times = await timeAlternately({ a: side('a'), b: side('b') }, 2);
    assert.deepEqual(calls, ['a', 'b', 'a', 'b', 'a', 'b']);
    assert.equal(times('a').length, 2);
  });

  it('counts the rows of a real server, text and binary, large and small', async () => {
    const server = await startPostgres();
    const client = await ByteClient.open(server.port, server.user, server.database);
    assert.equal((await client.query("SELECT i, repeat('x', i % 3000) FROM generate_series(1, 50000) AS g(i)")).rows, 50_000);
    assert.equal((await client.queryBinary('SELECT i::int8, i::float8 FROM generate_series(1, 50000) AS g(i)')).rows, 50_000);
    const one = await client.query('SELECT 1');
    assert.equal(one.rows, 1);
    await assert.rejects(client.query('SELECT 1/0'), /division by zero/);
    assert.equal((await client.query('SELECT 1 WHERE false')).rows, 0);
    client.close();
  });

  it('prints ratios and conditions', () => {
    const markdown = toMarkdown({ commit: 'abc', date: '', cores: 2, processor: '', memoryGb: 4, node: 'v20', scale: 1, runs: 3, small: false }, [
      { name: 't', rows: [{ name: 'q', unit: 'ms', sluice: 10, other: 8, otherName: 'DuckDB', ratio: 1.25, aim: '<= 2', raw: {} }] },
    ]);
    assert.match(markdown, /Commit abc; 2 cores, 4 GB/);
    assert.match(markdown, /\| t \| q \| 10 ms \| DuckDB 8 ms \| 1\.25 \| <= 2 \|/);
  });
});
