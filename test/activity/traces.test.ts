import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'mocha';
import type { Span } from '../../gateway/activity/trace-spans.js';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice, waitUntil, type SluiceServer } from '../services/sluice.js';

const STAGED = 'SELECT /*+ DISTRIBUTED PARTITION(f, HASH(origin), 4) */ origin, count(*) FROM flights f GROUP BY origin';

describe('activity/traces', function () {
  this.timeout(60_000);
  const spans: Span[] = [];
  const paths = new Set<string | undefined>();
  const collector = createServer((request, response) => {
    paths.add(request.url);
    let text = '';
    request.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
    request.on('end', () => {
      const body: { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] } = JSON.parse(text);
      spans.push(...body.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans)));
      response.end('{}');
    });
  });
  let server: SluiceServer;

  before(async () => {
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const address = collector.address();
    assert(address !== null && typeof address === 'object');
    server = await startSluice({ data: await smallSampleDirectory(), executors: 2, extra: ['--otlp-endpoint', `http://127.0.0.1:${address.port}`] });
  });

  after(async () => {
    await server?.stop();
    collector.close();
  });

  it('sends a query with its stages and tasks, below the span its client names', async () => {
    const client = await server.connect();
    const parent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
    await client.query(`${STAGED} /*traceparent='${parent}'*/`);
    await assert.rejects(client.query('SELECT 1 / (distance - distance) FROM flights'));
    await client.end();
    await waitUntil('the spans', 10_000, () => spans.some(({ status }) => status.code === 2 && status.message?.startsWith('22012') === true));
    assert.deepEqual([...paths], ['/v1/traces']);
    const trace = spans.filter(({ traceId }) => traceId === 'ab'.repeat(16));
    const roots = trace.filter(({ parentSpanId }) => parentSpanId === 'cd'.repeat(8));
    assert.deepEqual(
      roots.map(({ name, kind }) => [name, kind]),
      [['SELECT', 2]],
    );
    const stages = trace.filter(({ parentSpanId }) => parentSpanId === roots[0]?.spanId);
    assert(stages.length >= 2 && stages.every(({ name }) => name.startsWith('stage ')));
    const tasks = trace.filter(({ parentSpanId }) => stages.some(({ spanId }) => spanId === parentSpanId));
    assert.equal(trace.length, 1 + stages.length + tasks.length);
    assert(tasks.length >= stages.length && tasks.every(({ startTimeUnixNano, endTimeUnixNano }) => BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)));
  });
});
