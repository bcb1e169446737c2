// `npm test`: installs, builds, makes sure of PostgreSQL 15, then runs every suite folder in a mocha process of its own.
// Ends with one line `N passed, N failed`, whatever happens. Node built-ins only: on a fresh clone nothing else is there.
//   npm test                         everything
//   npm test -- --only=slt,random    these folders of test/
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { coreClients, ensureClients } from './ensure-clients.mjs';
import { ensureCeph } from './ensure-ceph.mjs';
import { ensureChromium } from './ensure-chromium.mjs';
import { ensurePostgres } from './ensure-postgres.mjs';
import { ensureRedis } from './ensure-redis.mjs';
import { buildIfStale, installIfStale, repository } from './prepare.mjs';

/** A suite that hangs is ended; the longest ones, over larger data by environment variables, take minutes. */
const SUITE_TIMEOUT_MS = 20 * 60_000;
/** These measure time or memory, or kill what runs: nothing else runs beside them. */
const ALONE = new Set(['bench', 'cluster', 'faults', 'tpch', 'random']);

let passed = 0;
let failed = 0;
let finished = false;
// prepare.mjs ends this process when installing or building fails: the last line comes all the same.
process.on('exit', (code) => {
  if (!finished) {
    failed += 1;
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && passed > 0 ? code : 1;
});

const { values } = parseArgs({ options: { only: { type: 'string' } } });
if (process.env.CI !== undefined && process.env.SLUICE_UPDATE !== undefined) {
  process.stderr.write('SLUICE_UPDATE rewrites expected results: CI refuses it\n');
  process.exit(1);
}
installIfStale();
buildIfStale();
if (!ensurePostgres()) {
  process.stderr.write('==== PostgreSQL 15 is neither installed nor installable: every suite that needs it FAILS ====\n');
  failed += 1;
}

const folders = readdirSync(join(repository, 'dist', 'test'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && listTests(join(repository, 'dist', 'test', entry.name)).length > 0)
  .map((entry) => entry.name)
  .filter((name) => values.only === undefined || values.only.split(',').includes(name));
if (folders.includes('clients')) {
  try {
    ensureClients(coreClients());
  } catch (error) {
    process.stderr.write(`==== a client is neither installed nor installable, and its suite FAILS: ${error.message} ====\n`);
    failed += 1;
  }
}
if (folders.includes('s3') && !ensureCeph()) {
  process.stderr.write('==== Ceph is neither installed nor installable, and test/s3 FAILS ====\n');
  failed += 1;
}
for (const name of values.only?.split(',') ?? []) {
  if (!folders.includes(name)) {
    process.stderr.write(`test/${name} has no tests\n`);
    failed += 1;
  }
}

if (folders.includes('cluster') && !ensureRedis()) {
  process.stderr.write('==== Redis is neither installed nor installable: test/cluster FAILS ====\n');
  failed += 1;
}

if (folders.includes('console') && !ensureChromium()) {
  process.stderr.write('==== Chromium is neither installed nor installable: test/console FAILS ====\n');
  failed += 1;
}

const together = folders.filter((name) => !ALONE.has(name));
const lanes = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
  for (let name = together.shift(); name !== undefined; name = together.shift()) {
    await runSuite(name);
  }
});
await Promise.all(lanes);
for (const name of folders.filter((folder) => ALONE.has(folder))) {
  await runSuite(name);
}
finished = true;

/** Runs one folder's tests and adds to the counts; prints everything of a suite that fails, one line of one that passes. */
async function runSuite(name) {
  const files = listTests(join(repository, 'dist', 'test', name));
  const start = performance.now();
  const { output, code } = await runMocha(files);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const count = (word) => Number(new RegExp(`^ {2}(\\d+) ${word}\\b`, 'm').exec(output)?.[1] ?? 0);
  const suitePassed = count('passing');
  // A pending test did not run, which nobody asked for. A process that died counts once even where no test failed.
  const suiteFailed = Math.max(count('failing') + count('pending'), code === 0 ? 0 : 1);
  passed += suitePassed;
  failed += suiteFailed;
  if (suiteFailed > 0) {
    process.stdout.write(`${output}\n`);
  }
  process.stdout.write(`${suiteFailed === 0 ? 'ok    ' : 'FAILED'} test/${name}: ${suitePassed} passed, ${suiteFailed} failed (${seconds} s)\n`);
}

function runMocha(files) {
  return new Promise((resolve) => {
    // Options of node's go to node: given them, mocha runs the tests in a child of its own, which outlives it when it is killed.
    const mocha = join(repository, 'node_modules', 'mocha', 'bin', 'mocha.js');
    // A failed test may leave a server open: it ends with the process, which does not wait for it.
    // --spec of .mocharc.json would add every file: the configuration is given here instead.
    const options = ['--no-config', '--forbid-only', '--fail-zero', '--exit', '--timeout', '10000', '--reporter', 'spec', '--no-color'];
    const child = spawn(process.execPath, ['--enable-source-maps', mocha, ...options, ...files], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (piece) => {
      output += piece;
    });
    child.stderr.on('data', (piece) => {
      output += piece;
    });
    const timer = setTimeout(() => {
      output += `\nended after ${SUITE_TIMEOUT_MS / 60_000} minutes\n`;
      child.kill('SIGKILL');
      // What the tests had started may hold the pipes open.
      child.once('exit', () => {
        child.stdout.destroy();
        child.stderr.destroy();
      });
    }, SUITE_TIMEOUT_MS);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ output, code });
    });
  });
}

function listTests(directory) {
  if (!existsSync(directory)) {
    return [];
  }
  return readdirSync(directory, { recursive: true })
    .filter((path) => path.endsWith('.test.js'))
    .map((path) => join(directory, path))
    .toSorted();
}
