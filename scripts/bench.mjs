// `npm run bench -- [table] [--scale 1] [--runs 3] [--small]`: installs, builds, makes sure of PostgreSQL 15, measures.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { aptInstall } from './apt.mjs';
import { ensurePostgres } from './ensure-postgres.mjs';
import { buildIfStale, installIfStale, repository } from './prepare.mjs';

installIfStale();
buildIfStale();
if (!ensurePostgres()) {
  process.stderr.write('PostgreSQL 15 is neither installed nor installable: the tables against it will fail\n');
}
if (!existsSync('/usr/bin/strace') && !aptInstall(['strace'])) {
  process.stderr.write('strace is neither installed nor installable: commits on a slow disk cannot be measured\n');
}
const main = join(repository, 'dist', 'test', 'bench', 'main.js');
const result = spawnSync(process.execPath, [main, ...process.argv.slice(2)], { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
process.exitCode = result.status ?? 1;
