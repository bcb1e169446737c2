import { Session } from '../session/session.js';
import type { Services } from '../session/services.js';
import { prepareStatement } from '../statements/prepare-statement.js';
import type { MaintenanceStep } from './maintain.js';
import { maintain } from './maintain.js';

/** Maintenance in the background. */
export interface MaintenanceSchedule {
  /** Cancels what is running and resolves when it is over. */
  stop(): Promise<void>;
}

/** Does maintenance every so often (milliseconds; null for never), the first time after one interval. */
export function startMaintenance(services: Services, intervalMs: number | null): MaintenanceSchedule {
  const ended = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  const wait = (): void => {
    if (intervalMs !== null && !ended.signal.aborted) {
      timer = setTimeout(() => {
        running = runOnce(services, ended.signal).then(wait);
      }, intervalMs);
      timer.unref();
    }
  };
  wait();
  return {
    stop: async () => {
      ended.abort();
      if (timer !== null) {
        clearTimeout(timer);
      }
      await running;
    },
  };
}

/** Never fails: what went wrong is logged, and the next turn tries again. */
async function runOnce(services: Services, signal: AbortSignal): Promise<void> {
  if (!services.lake.exists) {
    return;
  }
  const identity = { processId: 0, user: 'sluice', database: services.database, applicationName: 'sluice maintenance', remoteAddress: '', startup: new Map() };
  const session = new Session(services, identity, prepareStatement);
  const startedMs = performance.now();
  try {
    session.begin();
    const steps = await maintain(session, { signal });
    log(services, steps, Math.round(performance.now() - startedMs));
  } catch (error) {
    if (!signal.aborted) {
      services.log('warn', { error: error instanceof Error ? error.message : String(error) }, 'maintenance of the stored tables failed');
    }
  } finally {
    await session.end('rollback').catch(() => undefined);
    await session.close();
  }
}

function log(services: Services, steps: readonly MaintenanceStep[] | null, durationMs: number): void {
  if (steps === null) {
    services.log('debug', {}, 'another gateway does the maintenance of the stored tables');
    return;
  }
  for (const { task, table, result, failed } of steps) {
    services.log(failed ? 'warn' : 'info', { task, ...(table === null ? {} : { table }), result }, failed ? 'a task of maintenance failed' : 'maintenance');
  }
  services.log('debug', { durationMs, steps: steps.length }, 'maintenance is over');
}
