import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, waitUntil, type SluiceServer } from '../services/sluice.js';

const MAIN = fileURLToPath(new URL('../../gateway/cli/main.js', import.meta.url));
const SLOW = 'SELECT sum(a.distance + b.distance) FROM flights a JOIN flights b ON a.origin = b.origin JOIN airports c ON c.latitude > b.delay';
const run = promisify(execFile);

describe('activity/progress', function () {
  this.timeout(60_000);
  let data: string;
  let server: SluiceServer;

  before(async () => {
    data = await writableSampleDirectory();
    server = await startSluice({ data, executors: 2 });
  });

  after(async () => {
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('tells clients that asked for it, while the statement runs', async () => {
    const client = await server.connect();
    const notices: string[] = [];
    client.on('notice', ({ message }) => notices.push(message ?? ''));
    await client.query("SET statement_timeout = '3500ms'; SET sluice.progress = on");
    const failed = assert.rejects(client.query(SLOW), /timeout/);
    let ended = false;
    void failed.then(() => {
      ended = true;
      return undefined;
    });
    await waitUntil('a notice', 5000, () => notices.length > 0);
    assert.equal(ended, false);
    await failed;
    assert.match(notices[0] ?? '', /^(running|\d+ of \d+ tasks done, \d+ of \d+ stages) after \d+ s$/);
    await client.query('RESET sluice.progress');
    const noticeCount = notices.length;
    await client.query(SLOW).catch(() => undefined);
    assert.equal(notices.length, noticeCount);
    await client.end();
  });

  it('prints rows of sluice sql as a table, CSV, or JSON', async () => {
    const sql = `SELECT 1 AS n, 1.50 AS x, 'a "b", c' AS t, NULL AS none, true AS b, '' AS empty, 'NaN'::float8 AS nan, '{"a":[1]}'::json AS j`;
    const print = async (...more: readonly string[]): Promise<string> =>
      (await run(process.execPath, [MAIN, 'sql', '--data', data, '--executors', '1', ...more, sql])).stdout;
    assert.match(await print(), /^n \| x {4}\| t[\s\S]*\(1 row\)\n$/);
    assert.equal(await print('--format', 'csv'), 'n,x,t,none,b,empty,nan,j\n1,1.50,"a ""b"", c",,t,"",NaN,"{""a"":[1]}"\n');
    assert.equal(await print('--format', 'json'), `{"n":1,"x":1.50,"t":"a \\"b\\", c","none":null,"b":true,"empty":"","nan":"NaN","j":{"a":[1]}}\n`);
    await assert.rejects(print('--format', 'parquet'), /is not one of table, csv, json/);
  });
});
