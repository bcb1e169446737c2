// PostgreSQL 15 for the tests and the benchmark: the reference for everything that is plain Postgres.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const SERVER = '/usr/lib/postgresql/15/bin/postgres';

/** True when PostgreSQL 15 is there, installed from Debian's packages if need be and permitted. */
export function ensurePostgres() {
  if (existsSync(SERVER)) {
    return true;
  }
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  process.stderr.write('installing postgresql-15 (apt-get) ...\n');
  // Another package manager may be at work on a machine that just started: wait for its lock.
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...lock, ...args];
    return spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  };
  const install = () => apt('install', '-y', '--no-install-recommends', 'postgresql-15');
  return (install() || (apt('update') && install())) && existsSync(SERVER);
}
