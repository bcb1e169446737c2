import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Client } from 'pg';
import { writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, waitUntil, type SluiceServer } from '../services/sluice.js';

/** Seconds of work. */
const SLOW = 'SELECT sum(a.distance + b.distance) FROM flights a JOIN flights b ON a.origin = b.origin JOIN airports c ON c.latitude > b.delay';
const STAGED = 'SELECT /*+ DISTRIBUTED PARTITION(f, HASH(origin), 4) */ origin, count(*) FROM flights f GROUP BY origin';

describe('activity/queries', function () {
  this.timeout(60_000);
  let data: string;
  let history: string;
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    data = await writableSampleDirectory();
    history = mkdtempSync(join(tmpdir(), 'sluice-history-'));
    server = await startSluice({ data, history, executors: 2 });
    client = await server.connect();
  });

  after(async () => {
    await client?.end().catch(() => undefined);
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
    rmSync(history, { recursive: true, force: true });
  });

  async function rows(sql: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    return (await client.query<Record<string, unknown>>(sql, [...values])).rows;
  }

  it('keeps a query that ran whole: rows, bytes, one task in a process', async () => {
    await client.query('SELECT origin, distance FROM flights WHERE distance > 2000 /* whole */');
    const [query] = await rows("SELECT * FROM sluice_queries WHERE statement LIKE '%/* whole */' AND statement NOT LIKE '%sluice_queries%'");
    const [count] = await rows('SELECT count(*) AS n FROM flights WHERE distance > 2000');
    assert.equal(query?.['state'], 'finished');
    assert.equal(query['rows'], count?.['n']);
    assert(Number(query['bytes']) > Number(query['rows']) * 7);
    assert.equal(query['tag'], `SELECT ${String(count?.['n'])}`);
    assert.equal(query['role'], 'sluice');
    assert.equal(query['client'], '127.0.0.1');
    const tasks = await rows('SELECT stage, task, attempt, state, executor, rows FROM sluice_tasks WHERE query_id = $1', [query['query_id']]);
    assert.equal(tasks.length, 1);
    assert.equal(tasks[0]?.['state'], 'finished');
    assert.match(String(tasks[0]?.['executor']), /^process \d+$/);
    assert.equal(tasks[0]?.['rows'], count?.['n']);
  });

  it('keeps the stages, tasks and shuffles of a distributed query, and the SQL of its tasks', async () => {
    const { rowCount } = await client.query(STAGED);
    const [query] = await rows("SELECT query_id, rows, tasks FROM sluice_queries WHERE statement = $1 AND state = 'finished'", [STAGED]);
    assert.equal(Number(query?.['rows']), rowCount);
    const id = query?.['query_id'];
    const stages = await rows('SELECT stage, state, tasks, done, rows, reads, output, fragment FROM sluice_stages WHERE query_id = $1 ORDER BY stage', [id]);
    assert(stages.length >= 2);
    assert(stages.every((stage) => stage['state'] === 'finished' && stage['tasks'] === stage['done']));
    assert.equal(stages.at(-1)?.['output'], 'client');
    assert.equal(Number(stages.at(-1)?.['rows']), rowCount);
    assert.match(String(stages[0]?.['fragment']), /\{scan \d+\}/);
    const [sums] = await rows(
      "SELECT count(*) AS n, min(started_at >= queued_at)::text AS ordered FROM sluice_tasks WHERE query_id = $1 AND state = 'finished'",
      [id],
    );
    assert.equal(Number(sums?.['n']), query?.['tasks']);
    const shuffles = await rows('SELECT * FROM sluice_shuffles WHERE query_id = $1', [id]);
    assert.equal(shuffles.length, stages.length - 1);
    assert(shuffles.every((shuffle) => Number(shuffle['rows']) > 0 && Number(shuffle['bytes']) > 0));
    const [sql] = await rows('SELECT task_sql(task_id) AS sql FROM sluice_tasks WHERE query_id = $1 AND stage = 1 LIMIT 1', [id]);
    assert.match(String(sql?.['sql']), /read_parquet[\s\S]*part-\d\.parquet/);
    const [none] = await rows("SELECT task_sql('no.1.1.1') AS sql");
    assert.equal(none?.['sql'], null);
  });

  it('keeps what failed, before it ran and while it ran, and without passwords', async () => {
    await assert.rejects(client.query('SELECT nothing_of_this_name FROM flights'));
    await assert.rejects(client.query('SELECT 1 / (distance - distance) FROM flights'));
    await assert.rejects(client.query("CREATE ROLE sluice PASSWORD 'never to be seen'"));
    const failed = await rows("SELECT sqlstate, message, statement FROM sluice_queries WHERE state = 'failed' ORDER BY started_at");
    assert.deepEqual(
      failed.map((query) => query['sqlstate']),
      ['42703', '22012', '42710'],
    );
    assert.equal(failed[2]?.['statement'], "CREATE ROLE sluice PASSWORD '***'");
  });

  it('does not keep what the gateway answers itself', async () => {
    await client.query('SELECT 1');
    await client.query('SELECT 424242');
    await client.query("SET application_name = 'quick'");
    const [found] = await rows("SELECT count(*) AS n FROM sluice_queries WHERE statement IN ('SELECT 424242')");
    assert.equal(Number(found?.['n']), 0);
  });

  it('shows a query while it runs, and that it was cancelled', async () => {
    const other = await server.connect();
    try {
      await other.query("SET statement_timeout = '2s'");
      const running = assert.rejects(other.query(SLOW), /statement timeout/);
      await waitUntil('the query is seen', 2000, async () => {
        const seen = await rows(`SELECT t.state FROM sluice_queries q JOIN sluice_tasks t USING (query_id) WHERE q.state = 'running' AND statement = $1`, [
          SLOW,
        ]);
        return seen[0]?.['state'] === 'running';
      });
      await running;
    } finally {
      await other.end();
    }
    const [query] = await rows('SELECT state, sqlstate FROM sluice_queries WHERE statement = $1', [SLOW]);
    assert.deepEqual(query, { state: 'canceled', sqlstate: '57014' });
  });

  it("shows a role its own queries, and to members of pg_read_all_stats everybody's", async () => {
    await client.query(
      'CREATE ROLE plain LOGIN; CREATE ROLE watcher LOGIN; GRANT pg_read_all_stats TO watcher; GRANT SELECT ON ALL TABLES IN SCHEMA public TO plain',
    );
    for (const [user, sees] of [
      ['plain', ['plain']],
      ['watcher', ['plain', 'sluice', 'watcher']],
    ] as const) {
      const own = new Client({ host: server.host, port: server.port, user, database: 'sluice' });
      await own.connect();
      await own.query('SELECT count(*) FROM sluice_jobs');
      const { rows: found } = await own.query<{ role: string }>('SELECT DISTINCT role FROM sluice_queries ORDER BY 1');
      await own.end();
      assert.deepEqual(
        found.map(({ role }) => role),
        sees,
      );
    }
    await client.query('DROP ROLE plain; DROP ROLE watcher').catch(() => undefined);
  });

  it('keeps the history across restarts, in files of its owner alone', async () => {
    await client.end();
    await server.stop();
    const files = readdirSync(history);
    assert.equal(files.length, 1);
    const path = join(history, files[0] ?? '');
    assert.equal(statSync(path).mode & 0o077, 0);
    assert(!readFileSync(path, 'utf8').includes('never to be seen'));
    server = await startSluice({ data, history, executors: 2 });
    client = await server.connect();
    const [query] = await rows("SELECT query_id, state, rows FROM sluice_queries WHERE statement = $1 AND state = 'finished'", [STAGED]);
    assert.equal(query?.['state'], 'finished');
    const [tasks] = await rows("SELECT count(*) AS n FROM sluice_tasks WHERE query_id = $1 AND state = 'finished'", [query['query_id']]);
    assert(Number(tasks?.['n']) > 1);
  });
});
