// The clients that test/clients drives, from Debian, PyPI, Maven Central and npm by their ordinary tools, into a cache of the
// user's (never into the repository): $SLUICE_CLIENTS, or ~/.cache/sluice/clients. What each client needs: test/clients/packages.json.
//   node scripts/ensure-clients.mjs              the core tier
//   node scripts/ensure-clients.mjs asyncpg dbt  these clients
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { repository } from './prepare.mjs';

const cache = process.env.SLUICE_CLIENTS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice', 'clients');
/** Where Debian puts libraries: a driver is a file there, not a command. */
const libraries = '/usr/lib';
/** What is looked for, and the Debian package that has it where it is missing. */
const DEBIAN = {
  python3: 'python3',
  venv: 'python3-venv',
  javac: 'default-jdk-headless',
  mvn: 'maven',
  isql: 'unixodbc',
  go: 'golang-go',
  'psqlodbcw.so': 'odbc-postgresql',
};

/** Every client's needs by its name. */
export function readClients() {
  return JSON.parse(readFileSync(join(repository, 'test', 'clients', 'packages.json'), 'utf8'));
}

/** The clients that npm test drives. */
export function coreClients() {
  return Object.keys(readClients()).filter((name) => readClients()[name].tier === 'core');
}

/** Installs what these clients need and is not there yet. Throws, naming the client and the tool, when something cannot be had. */
export function ensureClients(names) {
  const clients = readClients();
  mkdirSync(cache, { recursive: true });
  ensureDebian(names.flatMap((name) => [...clients[name].apt, ...(clients[name].pip === undefined ? [] : ['python3', 'venv'])]));
  for (const name of names) {
    const needs = JSON.stringify(clients[name]);
    const directory = join(cache, name);
    const stamp = join(directory, 'installed.json');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === needs) {
      continue;
    }
    process.stderr.write(`installing ${name} for test/clients ...\n`);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    installInto(directory, name, clients[name]);
    writeFileSync(stamp, needs);
  }
}

function installInto(directory, name, needs) {
  if (needs.pip !== undefined) {
    run(name, 'python3', ['-m', 'venv', join(directory, 'venv')]);
    run(name, join(directory, 'venv', 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:', ...needs.pip]);
  }
  for (const artifact of needs.maven ?? []) {
    run(name, 'mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${join(directory, 'jars')}`], directory);
  }
  if (needs.go !== undefined) {
    run(name, 'go', ['mod', 'init', 'checks'], directory);
    run(name, 'go', ['get', ...needs.go], directory);
  }
  if (needs.npm !== undefined) {
    run(name, 'npm', ['install', '--prefix', directory, '--no-audit', '--no-fund', '--loglevel=error', ...needs.npm], directory);
  }
}

function ensureDebian(tools) {
  const missing = [...new Set(tools.filter((tool) => !isThere(tool)).map((tool) => DEBIAN[tool] ?? tool))];
  if (missing.length > 0 && !aptInstall(missing)) {
    throw new Error(`apt-get could not install ${missing.join(', ')}`);
  }
}

function isThere(tool) {
  if (tool === 'venv') {
    return spawnSync('python3', ['-c', 'import venv, ensurepip'], { stdio: 'ignore' }).status === 0;
  }
  if (tool.endsWith('.so')) {
    return readdirSync(libraries, { withFileTypes: true }).some((entry) => entry.isDirectory() && existsSync(join(libraries, entry.name, 'odbc', tool)));
  }
  return (process.env.PATH ?? '').split(':').some((directory) => existsSync(join(directory, tool)));
}

function run(name, command, args, cwd) {
  const result = spawnSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  if (result.status !== 0) {
    throw new Error(`${name}: ${command} ${args.join(' ')} failed:\n${result.error?.message ?? `${result.stdout}${result.stderr}`}`);
  }
}

if (process.argv[1] === import.meta.filename) {
  const names = process.argv.slice(2);
  ensureClients(names.length > 0 ? names : coreClients());
}
