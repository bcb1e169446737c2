import { isIP } from 'node:net';
import { WireServer } from '../server/server.js';
import { openSession } from '../session/open-session.js';
import { SLUICE_VERSION } from '../settings/definitions.js';
import { MAINTENANCE_INTERVAL_MS } from '../upkeep/defaults.js';
import { startMaintenance } from '../upkeep/schedule.js';
import type { Engine } from './engine.js';
import { DATABASE_NAME, startEngine } from './engine.js';
import { durationOption, UsageError } from './options.js';
import { readOptions } from './read-options.js';

/** How long running statements may go on after SIGTERM. */
const SHUTDOWN_GRACE_MS = 5000;

/** `sluice serve`: runs until SIGINT or SIGTERM. */
export async function runServe(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions('serve', argv, process.env);
  if (positionals.length > 0) {
    throw new UsageError(`sluice serve takes no arguments: ${positionals.join(' ')}`);
  }
  const host = values.get('host') ?? '127.0.0.1';
  if (!isLoopback(host)) {
    throw new UsageError(`--host ${host}: Sluice listens on loopback addresses only until it has authentication; use 127.0.0.1 or ::1`);
  }
  // Asked for before anything starts, so that a signal during start-up stops it too.
  const stopped = stopSignal();
  const engine = await startEngine(values);
  const server = await listen(engine, host, Number(values.get('port') ?? 5433), Number(values.get('max-connections') ?? 1000));
  const address = host.includes(':') ? `[${host}]` : host;
  process.stdout.write(`sluice listens on ${address}:${server.port}\n  psql -h ${host} -p ${server.port} -U sluice ${DATABASE_NAME}\n`);
  const maintenance = startMaintenance(engine.services, durationOption(values, 'maintenance-interval', MAINTENANCE_INTERVAL_MS));
  await stopped;
  await Promise.all([maintenance.stop(), server.close(SHUTDOWN_GRACE_MS)]);
  await engine.close();
  return 0;
}

async function listen(engine: Engine, host: string, port: number, connectionCountMax: number): Promise<WireServer> {
  try {
    return await WireServer.listen({
      host,
      port,
      connectionCountMax,
      startSession: openSession(engine.services),
      log: engine.services.log,
      serverVersion: SLUICE_VERSION,
    });
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      resolve();
    });
    process.once('SIGTERM', () => {
      resolve();
    });
  });
}
