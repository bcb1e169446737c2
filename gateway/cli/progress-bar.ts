import type { Activity } from '../activity/activity.js';
import { countTasks, progressText } from '../activity/progress.js';

/** A statement that is done sooner shows no bar. */
const FIRST_MS = 500;
const DRAW_MS = 200;
const WIDTH = 24;

/** Draws how far the running statement is on standard error, where that is a terminal; the result ends it. */
export function startProgressBar(activity: Activity): () => void {
  if (!process.stderr.isTTY) {
    return () => undefined;
  }
  let drawn = false;
  const startedMs = Date.now();
  const timer = setInterval(() => {
    const [query] = activity.list();
    if (query?.state === 'running' && Date.now() - startedMs >= FIRST_MS) {
      const { done, planned } = countTasks(query);
      const filled = planned === 0 ? 0 : Math.round((done / planned) * WIDTH);
      const bar = planned > 1 ? `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ` : '';
      process.stderr.write(`\r\x1b[K${bar}${progressText(query)}, ${((Date.now() - query.startedMs) / 1000).toFixed(1)} s`);
      drawn = true;
    }
  }, DRAW_MS);
  return () => {
    clearInterval(timer);
    if (drawn) {
      process.stderr.write('\r\x1b[K');
    }
  };
}
