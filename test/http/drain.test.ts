import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice, waitUntil } from '../services/sluice.js';
import { ask } from './request.js';

/** A second or so of work. */
const LONG = 'SELECT count(*) AS n FROM flights a JOIN flights b ON a.origin = b.origin AND a.distance + b.delay > b.distance + a.delay';

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

describe('http/drain', function () {
  this.timeout(60_000);

  it('lets statements end after SIGTERM, says that it is not ready, and logs slow ones', async () => {
    const server = await startSluice({
      data: await smallSampleDirectory(),
      http: true,
      extra: ['--drain-timeout', '30s', '--slow-query', '1s', '--log-format', 'pretty'],
    });
    const client = await server.connect();
    const idle = await server.connect();
    const ended = new Promise<void>((resolve) => {
      idle.once('end', () => {
        resolve();
      });
    });
    const text = `${LONG} /* ${'s'.repeat(10)} */ UNION ALL ${LONG} UNION ALL ${LONG} UNION ALL ${LONG}`;
    const rows = client.query<{ n: string }>(text);
    await waitUntil('the statement runs', 10_000, async () => (await ask(`${server.consoleUrl}/metrics`)).text.includes('sluice_queries_running 1'));
    process.kill(server.pid, 'SIGTERM');
    await ended;
    const ready = await ask(`${server.consoleUrl}/readyz`);
    assert.deepEqual([ready.status, ready.text], [503, 'the server is going down\n']);
    assert.equal((await rows).rows.length, 4);
    await client.end();
    await waitUntil('the server ends', 10_000, () => isGone(server.pid));
    await server.stop();
    const slow = server
      .log()
      .split('\n')
      .find((line) => line.includes('slow query'));
    assert.match(slow ?? '', /^\d{4}-\d\d-\d\dT\S+Z WARN {2}slow query query=\S+ user=sluice elapsedMs=\d+ rows=4 state=finished sql="SELECT count/);
  });
});
