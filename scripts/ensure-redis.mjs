// Redis for the tests of the cluster.
import { existsSync } from 'node:fs';
import { aptInstall } from './apt.mjs';

const SERVER = '/usr/bin/redis-server';

/** True when Redis is there, installed from Debian's packages if need be and permitted. */
export function ensureRedis() {
  return existsSync(SERVER) || (aptInstall(['redis-server']) && existsSync(SERVER));
}
