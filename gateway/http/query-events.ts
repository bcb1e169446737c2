import type { SSEStreamingApi } from 'hono/streaming';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from '../activity/activity.js';
import type { QueryRecord } from '../activity/records.js';
import type { QueriesEvent } from './api-types.js';
import { querySummary } from './query-json.js';

/** How often a listener is told what changed. */
const TELL_MS = 500;

/** A quiet stream says this often that it lives, and who listens is looked at anew. */
const ALIVE_MS = 10_000;

/** What a listener sees; null once it may no longer listen. */
export type Sees = () => Promise<((query: QueryRecord) => boolean) | null>;

/** Tells a listener what changes of the queries it sees, until it goes or `stopped` is aborted. */
export async function tellQueries(stream: SSEStreamingApi, activity: Activity, sees: Sees, stopped: AbortSignal): Promise<void> {
  let since = -1;
  let visible: ((query: QueryRecord) => boolean) | null = null;
  let lookedMs = 0;
  while (!stream.aborted && !stopped.aborted) {
    const nowMs = performance.now();
    if (visible === null || nowMs - lookedMs > ALIVE_MS) {
      visible = await sees();
      lookedMs = nowMs;
      if (visible === null) {
        return;
      }
      await stream.write(': alive\n\n');
    }
    activity.settle();
    const { version } = activity;
    if (version !== since) {
      await stream.writeSSE({ event: 'queries', data: JSON.stringify(changes(activity, visible, since, version)) });
      since = version;
    }
    await sleep(TELL_MS, undefined, { signal: stopped, ref: false }).catch(() => undefined);
  }
}

function changes(activity: Activity, sees: (query: QueryRecord) => boolean, since: number, version: number): QueriesEvent {
  const seen = activity.list().filter(sees);
  const running = seen.filter((query) => query.state === 'running');
  const changed = since < 0 ? running : seen.filter((query) => query.version > since);
  return { version, changed: changed.map((query) => querySummary(query)), running: running.map(({ id }) => id) };
}
