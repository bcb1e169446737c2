import type { Activity } from '../activity/activity.js';
import { HISTORY_COUNT_DEFAULT } from '../activity/activity.js';
import { HistoryFiles } from '../activity/history-files.js';
import type { QueryRecord } from '../activity/records.js';
import type { Log } from '../session/services.js';
import type { OptionValues } from './options.js';
import { durationOption } from './options.js';

/** Lets queries that end be kept in `directory` (null: nowhere), logged where they were slow, and sent as traces. */
export async function followPast(activity: Activity, directory: string | null, values: OptionValues, log: Log): Promise<{ close(): Promise<void> }> {
  const history = await openHistory(activity, directory, log);
  const traces = await openTraces(values.get('otlp-endpoint'), log);
  const slowMs = durationOption(values, 'slow-query', null);
  activity.onPast = (query) => {
    history?.add(query);
    traces?.add(query);
    logIfSlow(query, slowMs, log);
  };
  return {
    close: async () => {
      await Promise.all([history?.close(), traces?.close()]);
    },
  };
}

/** Reads what earlier processes ran, and keeps what this one runs. */
async function openHistory(activity: Activity, directory: string | null, log: Log): Promise<HistoryFiles | null> {
  if (directory === null) {
    return null;
  }
  const files = new HistoryFiles(directory, log);
  try {
    activity.restore(await files.read(HISTORY_COUNT_DEFAULT));
  } catch (error) {
    log('warn', { directory, error: error instanceof Error ? error.message : String(error) }, 'the query history cannot be read');
  }
  return files;
}

/** Loaded only where there is a collector. */
async function openTraces(endpoint: string | undefined, log: Log): Promise<{ add(query: QueryRecord): void; close(): Promise<void> } | null> {
  if (endpoint === undefined) {
    return null;
  }
  const { TraceExporter } = await import('../activity/trace-exporter.js');
  return new TraceExporter(endpoint, log);
}

function logIfSlow({ id, user, startedMs, endedMs, rowCount, state, sql }: QueryRecord, slowMs: number | null, log: Log): void {
  const elapsedMs = (endedMs ?? startedMs) - startedMs;
  if (slowMs !== null && elapsedMs >= slowMs) {
    log('warn', { query: id, user, elapsedMs, rows: rowCount, state, sql }, 'slow query');
  }
}
