import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser } from 'playwright-core';
import { findFreePort } from '../services/free-port.js';
import { writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { assertAccessible, openPage, startBrowser } from './browser.js';

describe('console/trouble', function () {
  this.timeout(90_000);
  let data: string;
  let rules: string;
  let port: number;
  let server: SluiceServer;
  let browser: Browser;
  let url: string;

  const start = (): Promise<SluiceServer> => startSluice({ data, extra: ['--http-port', String(port), '--auth', join(rules, 'rules')] });

  before(async () => {
    data = await writableSampleDirectory();
    rules = mkdtempSync(join(tmpdir(), 'sluice-rules-'));
    // The wire trusts the first superuser, for the test; a name of its own has to be given over HTTP.
    writeFileSync(join(rules, 'rules'), 'host all sluice 127.0.0.1/32 scram-sha-256\nhost all setup 127.0.0.1/32 trust\nhost all all all scram-sha-256\n');
    port = await findFreePort();
    url = `http://127.0.0.1:${port}`;
    server = await start();
    const client = await server.connect('setup');
    await client.query("CREATE ROLE setup SUPERUSER LOGIN; CREATE ROLE reader LOGIN PASSWORD 'sesame'; CREATE ROLE boss SUPERUSER LOGIN PASSWORD 'barley'");
    await client.query('SELECT 1 / (distance - distance) FROM flights').catch(() => undefined);
    await client.end();
    browser = await startBrowser();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
    rmSync(rules, { recursive: true, force: true });
  });

  it('asks for a password, says when it is wrong, and lets in and out', async () => {
    const { page } = await openPage(browser, url);
    await page.getByLabel('Role').fill('reader');
    await page.getByLabel('Password').fill('guess');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('password authentication failed for user "reader"').waitFor();
    await assertAccessible(page, 'login');
    await page.getByLabel('Password').fill('sesame');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('(sees own queries)').waitFor();
    // Nothing of others.
    await page.getByText('No query has run yet.').waitFor();
    await page.goto(`${url}/#/tables/public/flights`);
    await page.getByText('Its files are shown to roles that may read it.').waitFor();
    await page.goto(`${url}/#/sql`);
    await page.getByLabel('Statements').fill('SELECT * FROM flights');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('alert').getByText('permission denied for').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Role').waitFor();
    await page.close();
  });

  it('shows why a query failed, and that one is gone', async () => {
    const { page } = await openPage(browser, url);
    await page.getByLabel('Role').fill('boss');
    await page.getByLabel('Password').fill('barley');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('link', { name: /distance - distance/ }).click();
    await page.getByRole('alert').getByText('ERROR 22012').waitFor();
    await page.getByRole('button', { name: '1.0', exact: true }).click();
    await page.getByLabel(/^SQL of/).waitFor();
    await assertAccessible(page, 'failed query');
    await page.goto(`${url}/#/queries/none`);
    await page.getByRole('alert').getByText('there is no such query').waitFor();
    await page.close();
  });

  it('waits for a gateway that restarts, and asks for the password again', async () => {
    const { page } = await openPage(browser, url);
    await page.getByLabel('Role').fill('boss');
    await page.getByLabel('Password').fill('barley');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Queries' }).waitFor();
    await server.stop();
    await page.getByText('The gateway is not reached; trying again').waitFor();
    await assertAccessible(page, 'gateway away');
    server = await start();
    await page.getByLabel('Role').waitFor({ timeout: 30_000 });
    assert.equal(await page.getByText('The gateway is not reached').count(), 0);
    await page.close();
  });
});
