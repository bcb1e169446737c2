import type { CrashSystem } from './system.js';
import { RestartablePostgres } from './restartable-postgres.js';

/** PostgreSQL itself under the workload: the driver must find nothing wrong with it. */
export async function startPostgresSystem(): Promise<CrashSystem> {
  const server = await RestartablePostgres.start();
  return {
    name: 'PostgreSQL',
    targets: ['backend', 'postmaster'],
    connect: async () => {
      const client = await server.connect();
      // The level whose conflicts are errors, as Sluice's are.
      await client.query("SET default_transaction_isolation = 'repeatable read'");
      return client;
    },
    kill: (target) => (target === 'backend' ? server.killBackend() : server.kill()),
    recover: () => server.recover(),
    abilities: () => Promise.resolve({ merge: true, upkeep: false }),
    checkStorage: () => Promise.resolve([]),
    finish: () => Promise.resolve([]),
    stop: () => server.stop(),
  };
}
