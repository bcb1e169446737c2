// `npm run soak:crash [-- --kills 500]`, `npm run soak:history [-- --seconds 600]`: installs, builds, makes sure of
// PostgreSQL 15, then runs for long. The last line has the counts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensurePostgres } from './ensure-postgres.mjs';
import { buildIfStale, installIfStale, repository } from './prepare.mjs';

const [name = '', ...options] = process.argv.slice(2);
installIfStale();
buildIfStale();
if (!ensurePostgres()) {
  process.stderr.write('PostgreSQL 15 is neither installed nor installable: nothing was run\n');
  process.exit(1);
}
const main = join(repository, 'dist', 'test', 'lake', name, 'main.js');
const result = spawnSync(process.execPath, [main, ...options], { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
process.exitCode = result.status ?? 1;
