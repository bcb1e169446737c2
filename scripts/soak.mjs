// `npm run soak:crash [-- --kills 500]`, `npm run soak:history [-- --seconds 600]`, `npm run soak:cluster [-- --faults 300]`: installs,
// builds, makes sure of PostgreSQL 15 or Redis, then runs for long. The last line has the counts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensurePostgres } from './ensure-postgres.mjs';
import { ensureRedis } from './ensure-redis.mjs';
import { buildIfStale, installIfStale, repository } from './prepare.mjs';

const [name = '', ...options] = process.argv.slice(2);
installIfStale();
buildIfStale();
if (name === 'cluster' ? !ensureRedis() : !ensurePostgres()) {
  process.stderr.write('the service it needs is neither installed nor installable: nothing was run\n');
  process.exit(1);
}
const main = name === 'cluster' ? join(repository, 'dist', 'test', 'cluster', 'fire.soak.js') : join(repository, 'dist', 'test', 'lake', name, 'main.js');
const result = spawnSync(process.execPath, [main, ...options], { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
process.exitCode = result.status ?? 1;
