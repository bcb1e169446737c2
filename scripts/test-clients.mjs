// `npm run test:clients`: the suites of clients, each against a live Sluice and a PostgreSQL 15.
//   npm run test:clients                     all of them
//   npm run test:clients -- asyncpg pgx      these
//   npm run test:clients -- --matrix         all, and the matrix of docs/clients.md made anew from what came out
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureClients, readClients } from './ensure-clients.mjs';
import { ensurePostgres } from './ensure-postgres.mjs';
import { buildIfStale, installIfStale, repository } from './prepare.mjs';

const MATRIX = join(repository, 'docs', 'clients.md');
const [START, END] = ['<!-- matrix: npm run test:clients -- --matrix -->', '<!-- end of matrix -->'];
const SUITE_TIMEOUT_MS = 10 * 60_000;

const given = process.argv.slice(2);
const writesMatrix = given.includes('--matrix');
const names = given.some((name) => name !== '--matrix') ? given.filter((name) => name !== '--matrix') : Object.keys(readClients());

installIfStale();
buildIfStale();
if (!ensurePostgres()) {
  process.stderr.write('PostgreSQL 15 is neither installed nor installable\n');
  process.exit(1);
}
const directory = mkdtempSync(join(tmpdir(), 'sluice-client-results-'));
const results = join(directory, 'results.jsonl');
let failed = 0;
for (const name of names) {
  failed += runClient(name) ? 0 : 1;
}
const rows = existsSync(results)
  ? readFileSync(results, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
rmSync(directory, { recursive: true, force: true });
for (const row of rows) {
  process.stdout.write(`${row.name}: ${describe(row)} (${row.version})\n`);
}
if (writesMatrix) {
  writeMatrix();
}
process.stdout.write(`${names.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function runClient(name) {
  const file = [`${name}.test.js`, join('wider', `${name}.suite.js`)]
    .map((path) => join(repository, 'dist', 'test', 'clients', path))
    .find((path) => existsSync(path));
  if (file === undefined || readClients()[name] === undefined) {
    process.stderr.write(`there is no client ${name}; there are: ${Object.keys(readClients()).join(', ')}\n`);
    return false;
  }
  try {
    ensureClients([name]);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return false;
  }
  const mocha = join(repository, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const options = ['--no-config', '--forbid-only', '--fail-zero', '--exit', '--reporter', 'spec', '--no-color'];
  const environment = { ...process.env, SLUICE_CLIENT_RESULTS: results };
  return (
    spawnSync(process.execPath, ['--enable-source-maps', mocha, ...options, file], {
      cwd: repository,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: environment,
      timeout: SUITE_TIMEOUT_MS,
    }).status === 0
  );
}

function describe({ passed, total, differing }) {
  return `${passed} of ${total} checks${differing === 0 ? '' : `, with ${differing} known ${differing === 1 ? 'difference' : 'differences'}`}`;
}

function writeMatrix() {
  const text = readFileSync(MATRIX, 'utf8');
  const table = ['| client | version | checks | known differences | in |', '|---|---|---|---|---|'];
  for (const { name, version, passed, total, differing } of rows.toSorted((a, b) => a.name.localeCompare(b.name))) {
    table.push(
      `| ${name} | ${version} | ${passed} of ${total} | ${differing} | ${readClients()[name].tier === 'core' ? '`npm test`' : '`npm run test:clients`'} |`,
    );
  }
  const [before, after] = [text.slice(0, text.indexOf(START) + START.length), text.slice(text.indexOf(END))];
  writeFileSync(MATRIX, `${before}\n${table.join('\n')}\n${after}`);
}
