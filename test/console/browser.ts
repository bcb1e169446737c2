import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Faults that keep people from using a page. */
const IMPACTS: ReadonlySet<unknown> = new Set(['serious', 'critical']);

/** Starts Debian's Chromium. */
export function startBrowser(): Promise<Browser> {
  // A container has neither the user namespaces of the sandbox nor much shared memory.
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A page, and what went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Exceptions and refused requests, as the browser tells them. */
  readonly errors: readonly string[];
  /** Hosts that were asked. */
  readonly hosts: ReadonlySet<string>;
}

/** Opens an address; `size` is in CSS pixels. */
export async function openPage(
  browser: Browser,
  url: string,
  {
    width = 1280,
    height = 800,
    dark = false,
    credentials,
  }: { width?: number; height?: number; dark?: boolean; credentials?: { username: string; password: string } } = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    ...(credentials === undefined ? {} : { httpCredentials: credentials }),
  });
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      errors.push(message.text());
    }
  });
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  page.setDefaultTimeout(15_000);
  await page.goto(url);
  return { page, errors, hosts };
}

/** Lets axe-core look at the page as it is now; fails with what is seriously wrong. */
export async function assertAccessible(page: Page, name: string): Promise<void> {
  const directory = process.env['SLUICE_TEST_SHOTS'];
  if (directory !== undefined) {
    await page.screenshot({ path: join(directory, `${name.replaceAll(/\W+/g, '-')}.png`), fullPage: true });
  }
  await page.evaluate(AXE);
  const found: readonly { id: string; impact: unknown; nodes: readonly string[] }[] = await page.evaluate(
    'axe.run(document).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html.slice(0, 200)) })))',
  );
  assert.deepEqual(
    found.filter(({ impact }) => IMPACTS.has(impact)),
    [],
    name,
  );
}
