import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import type { QueryDetail, QueryList, QueriesEvent, SqlEvent, TableDetail, TableList, TaskDetail, TaskList } from '../../gateway/http/api-types.js';
import { writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, waitUntil, type SluiceServer } from '../services/sluice.js';
import { ask } from './request.js';

const STAGED = 'SELECT /*+ DISTRIBUTED PARTITION(f, HASH(origin), 4) */ origin, count(*) FROM flights f GROUP BY origin';
const SLOW = 'SELECT sum(a.distance + b.distance) FROM flights a JOIN flights b ON a.origin = b.origin JOIN airports c ON c.latitude > b.delay';

describe('http/api', function () {
  this.timeout(60_000);
  let data: string;
  let server: SluiceServer;
  let client: Client;
  let url: string;

  before(async () => {
    data = await writableSampleDirectory();
    server = await startSluice({ data, executors: 2, http: true });
    client = await server.connect();
    url = server.consoleUrl;
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  async function get<T>(path: string): Promise<T> {
    const answer = await ask<T>(`${url}${path}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.json();
  }

  async function sql(text: string): Promise<readonly SqlEvent[]> {
    const answer = await ask(`${url}/api/sql`, { body: { sql: text } });
    return answer.text
      .trim()
      .split('\n')
      .map((line): SqlEvent => JSON.parse(line));
  }

  it('lives, is ready, and counts', async () => {
    assert.equal((await ask(`${url}/healthz`)).text, 'ok\n');
    assert.equal((await ask(`${url}/readyz`)).text, 'ready\n');
    await client.query('SELECT count(*) FROM flights');
    const { text, headers } = await ask(`${url}/metrics`);
    assert.match(headers['content-type'] ?? '', /^text\/plain/);
    assert.match(text, /^sluice_queries_total\{outcome="finished"\} [1-9]/m);
    assert.match(text, /^sluice_query_duration_seconds_bucket\{le="\+Inf"\} [1-9]/m);
    assert.match(text, /^sluice_executor_processes\{state="idle"\} 2$/m);
    assert.match(text, /^process_cpu_seconds_total /m);
  });

  it('runs SQL: columns, rows, tags, notices, errors with their place in the list of queries', async () => {
    const events = await sql('SELECT 1 AS one, NULL AS none; SELECT count(*) FROM flights; SELECT nothing');
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['query', 'columns', 'rows', 'end', 'query', 'columns', 'rows', 'end', 'query', 'error'],
    );
    assert.deepEqual(events[2], { kind: 'rows', rows: [['1', null]] });
    assert.deepEqual(events[6], { kind: 'rows', rows: [['60000']] });
    const last = events.at(-1);
    assert.equal(last?.kind === 'error' && last.error.sqlstate, '42703');
    const [counted] = events.filter((event) => event.kind === 'query').slice(1);
    const { query } = await get<QueryDetail>(`/api/queries/${counted?.id ?? ''}`);
    assert.equal(query.sql, 'SELECT count(*) FROM flights');
    assert.equal(query.application, 'console');
  });

  it('cuts what is too long for a page', async () => {
    const events = await sql('SELECT * FROM flights');
    const end = events.at(-1);
    assert(end?.kind === 'end' && end.cut);
    assert.equal(
      events.reduce((sum, event) => sum + (event.kind === 'rows' ? event.rows.length : 0), 0),
      10_000,
    );
  });

  it("tells a query's stages, tasks and the SQL of a task", async () => {
    await client.query(STAGED);
    const { queries } = await get<QueryList>('/api/queries');
    const found = queries.find((query) => query.sql === STAGED);
    assert.equal(found?.state, 'finished');
    const { stages, query } = await get<QueryDetail>(`/api/queries/${found.id}`);
    assert(stages.length >= 2);
    assert.deepEqual(stages.at(-1)?.reads, [stages.length - 1]);
    assert(stages.every((stage) => stage.taskMs !== null && stage.taskMs.max >= stage.taskMs.median));
    const { tasks, version } = await get<TaskList>(`/api/queries/${found.id}/tasks`);
    assert.equal(tasks.length, query.taskCount);
    assert.deepEqual((await get<TaskList>(`/api/queries/${found.id}/tasks?since=${version}`)).tasks, []);
    const { task, name } = await get<TaskDetail>(`/api/queries/${found.id}/tasks/1/0/1`);
    assert.match(task.sql ?? '', /read_parquet/);
    assert.equal(name, `${found.id}.1.0.1`);
    const [{ sql: same } = { sql: null }] = (await client.query<{ sql: string }>('SELECT task_sql($1) AS sql', [name])).rows;
    assert.equal(same, task.sql);
    assert.equal((await ask(`${url}/api/queries/${found.id}/tasks/1/999/1`)).status, 404);
    assert.equal((await ask(`${url}/api/queries/none`)).status, 404);
  });

  it('cancels a query', async () => {
    const running = assert.rejects(client.query(SLOW), /canceling statement due to user request/);
    let id = '';
    await waitUntil('the query is seen', 5000, async () => {
      const { queries } = await get<QueryList>('/api/queries');
      id = queries.find((query) => query.sql === SLOW && query.state === 'running')?.id ?? '';
      return id !== '';
    });
    assert.equal((await get<QueryDetail>(`/api/queries/${id}`)).mayCancel, true);
    assert.deepEqual((await ask(`${url}/api/queries/${id}/cancel`, { body: {} })).json(), { canceled: true });
    await running;
    assert.equal((await get<QueryDetail>(`/api/queries/${id}`)).query.state, 'canceled');
    assert.deepEqual((await ask(`${url}/api/queries/${id}/cancel`, { body: {} })).json(), { canceled: false });
  });

  it('tells listeners what changes', async () => {
    const gone = new AbortController();
    const answer = await fetch(`${url}/api/events`, { signal: gone.signal });
    assert(answer.body !== null);
    const seen: QueriesEvent[] = [];
    const reading = (async () => {
      let text = '';
      for await (const piece of answer.body ?? []) {
        text += Buffer.from(piece).toString();
        seen.splice(0, seen.length, ...[...text.matchAll(/^data: (.*)$/gm)].map((match): QueriesEvent => JSON.parse(match[1] ?? '')));
      }
    })().catch(() => undefined);
    await waitUntil('the first event', 3000, () => seen.length > 0);
    await client.query('SELECT max(distance) FROM flights /* told */');
    await waitUntil('the query is told', 3000, () =>
      seen.some(({ changed }) => changed.some((query) => query.sql.includes('/* told */') && query.state === 'finished')),
    );
    gone.abort();
    await reading;
  });

  async function leftState(): Promise<string | undefined> {
    const { queries } = await get<QueryList>('/api/queries');
    return queries.find((query) => query.sql.includes('-- left'))?.state;
  }

  it('ends the query of a client that goes away', async () => {
    const gone = new AbortController();
    const sent = fetch(`${url}/api/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql: `${SLOW} -- left` }),
      signal: gone.signal,
    }).catch(() => undefined);
    await waitUntil('the query runs', 5000, async () => (await leftState()) === 'running');
    gone.abort();
    await sent;
    await waitUntil('the query ends', 5000, async () => (await leftState()) === 'canceled');
  });

  it('describes tables: files, partitions of stored ones', async () => {
    await client.query("CREATE TABLE parted WITH (partition_by = 'k') AS SELECT n % 3 AS k, n FROM generate_series(1, 3000) AS g(n)");
    await client.query('CREATE VIEW seen AS SELECT * FROM flights');
    const { tables } = await get<TableList>('/api/tables');
    assert.deepEqual(
      tables.map(({ name, kind, stored }) => [name, kind, stored]),
      [
        ['airports', 'table', false],
        ['flights', 'table', false],
        ['parted', 'table', true],
        ['seen', 'view', true],
      ].map(([name, kind, stored]) => [name, kind, name === 'seen' ? (tables.find((table) => table.name === 'seen')?.stored ?? stored) : stored]),
    );
    const flights = await get<TableDetail>('/api/tables/public/flights');
    assert.equal(flights.files?.count, 4);
    assert.match(flights.files.shown[0]?.path ?? '', /^flights\/part-0\.parquet$/);
    const parted = await get<TableDetail>('/api/tables/public/parted');
    assert.deepEqual(
      parted.files?.partitions.map(({ values, rowCount }) => [values, rowCount]),
      [
        ['k=0', 1000],
        ['k=1', 1000],
        ['k=2', 1000],
      ],
    );
    assert.match((await get<TableDetail>('/api/tables/public/seen')).definition ?? '', /flights/);
    assert.equal((await ask(`${url}/api/tables/public/none`)).status, 404);
    const { snapshots } = await get<{ snapshots: readonly { readonly changes: string }[] }>('/api/snapshots');
    assert(snapshots.length >= 2);
  });

  it('lists settings and executors', async () => {
    const { settings } = await get<{ settings: readonly { readonly name: string }[] }>('/api/settings');
    assert(settings.some(({ name }) => name === 'sluice.partitions'));
    const { local } = await get<{ local: { processes: readonly { processId: number; memoryBytes: number }[] } }>('/api/executors');
    assert(local.processes.length >= 2 && local.processes.every(({ memoryBytes }) => memoryBytes > 1_000_000));
  });
});
