import type { GapFill } from '../../fs/s3/cached-object.js';
import type { HttpServer } from '../http/http-server.js';
import type { Gatekeeper } from '../security/gatekeeper.js';
import { WireServer } from '../server/server.js';
import { openSession } from '../session/open-session.js';
import { SLUICE_VERSION } from '../settings/definitions.js';
import { MAINTENANCE_INTERVAL_MS } from '../upkeep/defaults.js';
import { startMaintenance } from '../upkeep/schedule.js';
import { HISTORY_BESIDE } from './catalog-place.js';
import type { Engine } from './engine.js';
import { DATABASE_NAME, startEngine } from './engine.js';
import { isLoopback, openGatekeeper } from './open-gatekeeper.js';
import type { OptionValues } from './options.js';
import { durationOption } from './options.js';
import { UsageError } from './usage-error.js';
import { readOptions } from './read-options.js';
import { nextSignal } from './signals.js';

/** How long running statements may go on after SIGTERM unless --drain-timeout says otherwise. */
const SHUTDOWN_GRACE_MS = 5000;

/** Port of the console unless --http-port says otherwise. */
const HTTP_PORT_DEFAULT = '8433';

/** `sluice serve`: runs until SIGINT or SIGTERM. `gapFill`: what tests put where nothing was fetched of an object. */
export async function runServe(argv: readonly string[], gapFill: GapFill = 'hole'): Promise<number> {
  const { values, positionals } = readOptions('serve', argv, process.env);
  if (positionals.length > 0) {
    throw new UsageError(`sluice serve takes no arguments: ${positionals.join(' ')}`);
  }
  const host = values.get('host') ?? '127.0.0.1';
  // Asked for before anything starts, so that a signal during start-up stops it too.
  const stopped = nextSignal();
  const engine = await startEngine(new Map([['history', HISTORY_BESIDE], ...values]), gapFill);
  const { server, http } = await listen(engine, values, host);
  process.stdout.write(`sluice listens on ${inUrl(host)}:${server.port}\n  psql -h ${host} -p ${server.port} -U sluice ${DATABASE_NAME}\n`);
  if (http !== null) {
    process.stdout.write(`  console: ${http.url}\n`);
  }
  const maintenance = startMaintenance(engine.services, durationOption(values, 'maintenance-interval', MAINTENANCE_INTERVAL_MS));
  await stopped;
  http?.server.drain();
  const hurry = new AbortController();
  void nextSignal().then(() => hurry.abort());
  await Promise.all([maintenance.stop(), server.close(durationOption(values, 'drain-timeout', SHUTDOWN_GRACE_MS) ?? Infinity, hurry.signal)]);
  await http?.server.close();
  await engine.close();
  return 0;
}

interface Console {
  readonly server: HttpServer;
  readonly url: string;
}

async function listen(engine: Engine, values: OptionValues, host: string): Promise<{ readonly server: WireServer; readonly http: Console | null }> {
  let http: Console | null = null;
  try {
    const gatekeeper = await openGatekeeper(values, engine.services);
    http = await listenHttp(engine, values, gatekeeper);
    const server = await WireServer.listen({
      host,
      port: Number(values.get('port') ?? 5433),
      connectionCountMax: Number(values.get('max-connections') ?? 1000),
      startSession: openSession(engine.services),
      gatekeeper,
      ...(engine.cluster === null ? {} : { cancelPeers: engine.cluster.cancels }),
      log: engine.services.log,
      serverVersion: SLUICE_VERSION,
    });
    return { server, http };
  } catch (error) {
    await http?.server.close();
    await engine.close();
    throw error;
  }
}

/** The console. A port that nobody asked for and that is taken costs the console, not the server. */
async function listenHttp({ services }: Engine, values: OptionValues, gatekeeper: Gatekeeper): Promise<Console | null> {
  const port = values.get('http-port') ?? HTTP_PORT_DEFAULT;
  const host = values.get('http-host') ?? '127.0.0.1';
  if (port === 'off') {
    return null;
  }
  const encrypted = !isLoopback(host);
  if (encrypted && gatekeeper.tls === null) {
    throw new UsageError(`--http-host ${host} is reached by other machines: passwords would go there unencrypted. Give --tls-certificate, too`);
  }
  const { HttpServer: Server } = await import('../http/http-server.js');
  try {
    const server = await Server.listen({ host, port: Number(port), services, gatekeeper, encrypted });
    return { server, url: `${encrypted ? 'https' : 'http'}://${inUrl(host)}:${server.port}/` };
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (isTaken && !values.has('http-port')) {
      services.log('warn', { host, port }, 'the port of the console is taken: there is none; --http-port N names another');
      return null;
    }
    throw isTaken ? new UsageError(`--http-port ${port}: the port is taken`) : error;
  }
}

/** An address as it stands before a port. */
function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
