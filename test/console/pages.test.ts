import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import type { Browser, Page } from 'playwright-core';
import { writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { assertAccessible, openPage, startBrowser } from './browser.js';

const STAGED =
  'SELECT /*+ DISTRIBUTED SHUFFLE_HASH(*) PARTITIONS(4) */ a.state, count(*) AS n FROM flights f JOIN airports a ON f.origin = a.iata GROUP BY a.state ORDER BY n DESC LIMIT 10';

describe('console/pages', function () {
  this.timeout(60_000);
  let data: string;
  let server: SluiceServer;
  let client: Client;
  let browser: Browser;

  before(async () => {
    data = await writableSampleDirectory();
    server = await startSluice({ data, executors: 2, http: true });
    client = await server.connect();
    browser = await startBrowser();
    await client.query(STAGED);
    await client.query("CREATE TABLE parted WITH (partition_by = 'k') AS SELECT n % 3 AS k, n FROM generate_series(1, 3000) AS g(n)");
    await client.query('SELECT origin, distance FROM flights WHERE distance > 1500');
  });

  after(async () => {
    await browser?.close();
    await client?.end();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  /** Opens a page, looks, and makes sure that nothing went wrong and nothing foreign was asked. */
  async function look(path: string, options: Parameters<typeof openPage>[2], work: (page: Page) => Promise<void>): Promise<void> {
    const { page, errors, hosts } = await openPage(browser, `${server.consoleUrl}/#/${path}`, options);
    try {
      await work(page);
      assert.deepEqual(errors, []);
      assert.deepEqual([...hosts], [new URL(server.consoleUrl).host]);
    } finally {
      await page.close();
    }
  }

  const FORMS = [
    ['laptop, light', {}],
    ['phone, dark', { width: 390, height: 844, dark: true }],
  ] as const;

  for (const [form, options] of FORMS) {
    it(`lists the queries on a ${form}`, () =>
      look('queries', options, async (page) => {
        await page.getByRole('link', { name: /SHUFFLE_HASH/ }).waitFor();
        await assertAccessible(page, `queries ${form}`);
        // New ones come by themselves.
        await client.query(`SELECT count(*) FROM flights /* seen on a ${form} */`);
        await page.getByRole('link', { name: new RegExp(`seen on a ${form}`) }).waitFor();
        await page.getByLabel('Search').fill('SHUFFLE_HASH');
        assert.equal(await page.getByRole('table', { name: 'Queries' }).getByRole('link').count(), 1);
        await page.getByLabel('State').selectOption('failed');
        await page.getByText('No query is like that.').waitFor();
      }));

    it(`shows a query on a ${form}: graph, tasks, SQL of fragment and task`, () =>
      look('queries', options, async (page) => {
        await page.getByRole('link', { name: /SHUFFLE_HASH/ }).click();
        const stages = page.getByRole('button', { name: /^Stage \d/ });
        await stages.first().waitFor();
        const [{ n } = { n: '' }] = (await client.query<{ n: string }>('SELECT stages AS n FROM sluice_queries WHERE statement = $1', [STAGED])).rows;
        assert.equal(await stages.count(), Number(n));
        assert.equal(await page.locator('.edge').count(), Number(n) - 1);
        await page.getByRole('button', { name: /^Stage 1 / }).press('Enter');
        await page
          .getByLabel('Fragment of stage 1')
          .filter({ hasText: /FROM \{scan \d\}/ })
          .waitFor();
        await page.getByRole('button', { name: '1.0', exact: true }).click();
        await page
          .getByLabel(/^SQL of .*\.1\.0\.1$/)
          .filter({ hasText: /read_parquet|read_csv/ })
          .waitFor();
        assert.match((await page.getByRole('img', { name: /attempts of tasks/ }).getAttribute('aria-label')) ?? '', /^\d+ attempts of tasks on 2 executors/);
        await assertAccessible(page, `query ${form}`);
      }));

    it(`shows executors, tables, a table and settings on a ${form}`, () =>
      look('executors', options, async (page) => {
        await page.getByRole('columnheader', { name: 'Process' }).waitFor();
        assert.equal(await page.locator('tbody tr').count(), 2);
        await assertAccessible(page, `executors ${form}`);
        await page.getByRole('navigation').getByRole('link', { name: 'Tables' }).click();
        await page.getByRole('link', { name: 'public.parted' }).waitFor();
        await page.getByText('inserted_into_table').waitFor();
        await assertAccessible(page, `tables ${form}`);
        await page.getByRole('link', { name: 'public.parted' }).click();
        await page.getByRole('cell', { name: 'k=1', exact: true }).waitFor();
        await assertAccessible(page, `table ${form}`);
        await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
        await page.getByText('sluice.broadcast_limit').waitFor();
        await assertAccessible(page, `settings ${form}`);
      }));

    it(`runs SQL on a ${form}: rows, a chart, an error`, () =>
      look('sql', options, async (page) => {
        const text = page.getByLabel('Statements');
        await text.fill('SELECT origin, count(*) AS n, NULL AS nothing FROM flights GROUP BY origin ORDER BY n DESC LIMIT 5');
        await text.press('Control+Enter');
        await page.getByText(/^SELECT 5 in/).waitFor();
        assert.equal(await page.getByRole('cell', { name: 'NULL' }).count(), 5);
        await assertAccessible(page, `sql ${form}`);
        await page.getByRole('button', { name: 'Chart' }).click();
        await page.getByRole('img', { name: 'Chart of n by origin' }).locator('canvas').waitFor();
        await assertAccessible(page, `chart ${form}`);
        await text.fill('SELECT nothing_like_it FROM flights');
        await page.getByRole('button', { name: 'Run' }).click();
        await page.getByRole('alert').getByText('ERROR 42703').waitFor();
        await page.getByRole('link', { name: 'Its plan and tasks' }).click();
        await page.getByText('It needed no executor.').waitFor();
      }));
  }

  it('cancels from the page of SQL', () =>
    look('sql', {}, async (page) => {
      await page
        .getByLabel('Statements')
        .fill('SELECT sum(a.distance + b.distance) FROM flights a JOIN flights b ON a.origin = b.origin JOIN airports c ON c.latitude > b.delay');
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('alert').getByText('ERROR 57014').waitFor();
    }));

  it('is used by keyboard alone', () =>
    look('queries', {}, async (page) => {
      await page.getByRole('link', { name: /SHUFFLE_HASH/ }).waitFor();
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.textContent'), 'To the content');
      await page.keyboard.press('/');
      await page.keyboard.type('SHUFFLE_HASH');
      await page.keyboard.press('Tab'); // the list
      await page.keyboard.press('Tab'); // its first link
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^Stage 1 / }).waitFor();
    }));

  it('keeps the colours one chose', () =>
    look('settings', {}, async (page) => {
      await page.getByLabel('Colours').selectOption('dark');
      const dark = 'getComputedStyle(document.body).backgroundColor';
      const chosen = await page.evaluate(dark);
      await page.reload();
      await page.getByText('sluice.broadcast_limit').waitFor();
      assert.equal(await page.evaluate(dark), chosen);
      assert.notEqual(chosen, 'rgb(246, 248, 250)');
    }));
});
