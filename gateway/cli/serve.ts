import type { GapFill } from '../../fs/s3/cached-object.js';
import { WireServer } from '../server/server.js';
import { openSession } from '../session/open-session.js';
import { SLUICE_VERSION } from '../settings/definitions.js';
import { MAINTENANCE_INTERVAL_MS } from '../upkeep/defaults.js';
import { startMaintenance } from '../upkeep/schedule.js';
import type { Engine } from './engine.js';
import { DATABASE_NAME, startEngine } from './engine.js';
import { openGatekeeper } from './open-gatekeeper.js';
import type { OptionValues } from './options.js';
import { durationOption } from './options.js';
import { UsageError } from './usage-error.js';
import { readOptions } from './read-options.js';
import { nextSignal } from './signals.js';

/** How long running statements may go on after SIGTERM. */
const SHUTDOWN_GRACE_MS = 5000;

/** `sluice serve`: runs until SIGINT or SIGTERM. `gapFill`: what tests put where nothing was fetched of an object. */
export async function runServe(argv: readonly string[], gapFill: GapFill = 'hole'): Promise<number> {
  const { values, positionals } = readOptions('serve', argv, process.env);
  if (positionals.length > 0) {
    throw new UsageError(`sluice serve takes no arguments: ${positionals.join(' ')}`);
  }
  const host = values.get('host') ?? '127.0.0.1';
  // Asked for before anything starts, so that a signal during start-up stops it too.
  const stopped = nextSignal();
  const engine = await startEngine(values, gapFill);
  const server = await listen(engine, values, host);
  const address = host.includes(':') ? `[${host}]` : host;
  process.stdout.write(`sluice listens on ${address}:${server.port}\n  psql -h ${host} -p ${server.port} -U sluice ${DATABASE_NAME}\n`);
  const maintenance = startMaintenance(engine.services, durationOption(values, 'maintenance-interval', MAINTENANCE_INTERVAL_MS));
  await stopped;
  await Promise.all([maintenance.stop(), server.close(SHUTDOWN_GRACE_MS)]);
  await engine.close();
  return 0;
}

async function listen(engine: Engine, values: OptionValues, host: string): Promise<WireServer> {
  try {
    return await WireServer.listen({
      host,
      port: Number(values.get('port') ?? 5433),
      connectionCountMax: Number(values.get('max-connections') ?? 1000),
      startSession: openSession(engine.services),
      gatekeeper: await openGatekeeper(values, engine.services),
      ...(engine.cluster === null ? {} : { cancelPeers: engine.cluster.cancels }),
      log: engine.services.log,
      serverVersion: SLUICE_VERSION,
    });
  } catch (error) {
    await engine.close();
    throw error;
  }
}
