import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import type { Browser } from 'playwright-core';
import type { QueryRecord, StageRecord, TaskRecord } from '../../gateway/activity/records.js';
import type { Executors } from '../../gateway/http/api-types.js';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { assertAccessible, openPage, startBrowser } from './browser.js';

const QUERY_COUNT = 1000;
const TASK_COUNT = 10_000;
const EXECUTOR_COUNT = 100;

/** What a page may take to be there, and to answer while it is drawn; the machine of the tests may be busy. */
const READY_MS = 8000;
const BLOCKED_MS = 1500;

const TASK: Omit<TaskRecord, 'task' | 'executor' | 'startedMs' | 'endedMs'> = {
  stage: 1,
  attempt: 1,
  state: 'finished',
  queuedMs: 1_700_000_000_000,
  rowCount: 1000,
  byteCount: 8000,
  fileCount: 4,
  peakMemoryBytes: 50_000_000,
  error: null,
  sql: null,
  version: 0,
};

function bigStage(): StageRecord {
  const tasks = Array.from({ length: TASK_COUNT }, (_, task): TaskRecord => {
    const startedMs = 1_700_000_000_000 + Math.floor(task / EXECUTOR_COUNT) * 100;
    return { ...TASK, task, executor: `executor-${task % EXECUTOR_COUNT}`, startedMs, endedMs: startedMs + 60 + (task % 37) + (task === 5000 ? 3000 : 0) };
  });
  return {
    stage: 1,
    description: 'scan f',
    output: 'client',
    partitionCount: null,
    reads: [],
    state: 'finished',
    taskCount: TASK_COUNT,
    startedMs: 1_700_000_000_000,
    endedMs: 1_700_000_012_000,
    doneCount: TASK_COUNT,
    retryCount: 0,
    rowCount: TASK_COUNT * 1000,
    byteCount: TASK_COUNT * 8000,
    fileCount: 0,
    partitionRows: null,
    sql: 'SELECT 1',
    tasks,
  };
}

function record(number: number, stages: readonly StageRecord[]): QueryRecord {
  return {
    id: `20231114-000000-abcdef-${number}`,
    user: 'sluice',
    database: 'sluice',
    client: '127.0.0.1',
    application: 'load',
    processId: number,
    sql: stages.length > 0 ? 'SELECT many_tasks FROM flights' : `SELECT ${number} AS number, 'some text that makes it longer' FROM flights`,
    state: number % 50 === 1 ? 'failed' : 'finished',
    startedMs: 1_700_000_000_000 + number,
    endedMs: 1_700_000_000_000 + number * 3,
    rowCount: number,
    byteCount: number * 100,
    tag: `SELECT ${number}`,
    error: null,
    taskCount: stages.length > 0 ? TASK_COUNT : 0,
    stages,
    hasAllTasks: true,
    version: 0,
  };
}

/** CPU time a process has used. */
function cpuMs(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = '', system = ''] = fields.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

describe('console/load', function () {
  this.timeout(90_000);
  let history: string;
  let server: SluiceServer;
  let browser: Browser;

  before(async () => {
    history = mkdtempSync(join(tmpdir(), 'sluice-history-'));
    mkdirSync(history, { recursive: true });
    const records = Array.from({ length: QUERY_COUNT }, (_, number) => record(number, number === QUERY_COUNT - 1 ? [bigStage()] : []));
    writeFileSync(join(history, 'queries-20231114000000-a-1.ndjson'), records.map((each) => `${JSON.stringify(each)}\n`).join(''));
    server = await startSluice({ data: await smallSampleDirectory(), history, http: true });
    browser = await startBrowser();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(history, { recursive: true, force: true });
  });

  it('costs the gateway next to nothing when nobody looks', async () => {
    await sleep(1000);
    const beforeMs = cpuMs(server.pid);
    await sleep(4000);
    const spentMs = cpuMs(server.pid) - beforeMs;
    assert(spentMs / 4000 < 0.05, `${spentMs} ms of CPU in 4 s`);
  });

  it(`lists ${QUERY_COUNT} queries, drawing those that are seen`, async () => {
    const started = performance.now();
    const { page, errors } = await openPage(browser, `${server.consoleUrl}/`);
    await page.getByRole('link', { name: /many_tasks/ }).waitFor();
    assert(performance.now() - started < READY_MS);
    const list = page.getByRole('table', { name: 'Queries' });
    assert.equal(await list.getAttribute('aria-rowcount'), String(QUERY_COUNT + 1));
    assert((await list.getByRole('row').count()) < 100);
    await page.evaluate("document.querySelector('.rows').scrollTo(0, 1e9)");
    await page.getByRole('link', { name: /^SELECT 0 AS number/ }).waitFor();
    await page.getByLabel('Search').fill('SELECT 123 AS');
    await page.getByRole('link', { name: /^SELECT 123 AS/ }).waitFor();
    await assertAccessible(page, 'queries load');
    assert.deepEqual(errors, []);
    await page.close();
  });

  it(`shows ${TASK_COUNT} tasks of a query, the straggler among them`, async () => {
    const { page, errors } = await openPage(browser, `${server.consoleUrl}/`);
    await page.evaluate(
      'window.blocked = 0; new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.blocked = Math.max(window.blocked, duration); }).observe({ type: "longtask" })',
    );
    const started = performance.now();
    await page.getByRole('link', { name: /many_tasks/ }).click();
    await page.getByRole('img', { name: `10,000 attempts of tasks on ${EXECUTOR_COUNT} executors, 1 of them stragglers` }).waitFor();
    assert(performance.now() - started < READY_MS);
    await page.getByLabel('Order').selectOption('longest');
    assert.equal(await page.getByRole('table', { name: 'Tasks' }).getByRole('button').first().textContent(), '1.5000');
    const blocked: number = await page.evaluate('window.blocked');
    assert(blocked < BLOCKED_MS, `the page did not answer for ${blocked} ms`);
    await assertAccessible(page, 'query load');
    assert.deepEqual(errors, []);
    await page.close();
  });

  it(`shows ${EXECUTOR_COUNT} executors`, async () => {
    const executors: Executors = {
      local: null,
      cluster: Array.from({ length: EXECUTOR_COUNT }, (_, number) => ({
        id: `executor-${number}`,
        host: `host-${number}`,
        processId: number,
        state: number === 7 ? 'draining' : 'ready',
        release: '0.1.0',
        duckdbVersion: 'v1',
        cores: 8,
        threads: 8,
        places: 8,
        running: number % 9,
        memoryBytes: 64_000_000_000,
        labels: ['a'],
        fileSystem: 'fuse',
        startedMs: 1_700_000_000_000,
      })),
    };
    const { page } = await openPage(browser, `${server.consoleUrl}/`);
    // A hundred executors are simulated here; test/cluster has real ones.
    await page.route('**/api/executors', (route) => route.fulfill({ json: executors }));
    await page.goto(`${server.consoleUrl}/#/executors`);
    await page.getByRole('cell', { name: 'executor-0', exact: true }).waitFor();
    assert.equal(await page.getByRole('table', { name: 'Executors of the cluster' }).getAttribute('aria-rowcount'), String(EXECUTOR_COUNT + 1));
    await assertAccessible(page, 'executors load');
    await page.close();
  });
});
