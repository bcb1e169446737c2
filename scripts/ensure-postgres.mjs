// PostgreSQL 15 for the tests and the benchmark: the reference for everything that is plain Postgres.
import { existsSync } from 'node:fs';
import { aptInstall } from './apt.mjs';

const SERVER = '/usr/lib/postgresql/15/bin/postgres';

/** True when PostgreSQL 15 is there, installed from Debian's packages if need be and permitted. */
export function ensurePostgres() {
  return existsSync(SERVER) || (aptInstall(['postgresql-15']) && existsSync(SERVER));
}
