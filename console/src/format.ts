const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** 1.4 MB */
export function bytesText(bytes: number | null): string {
  if (bytes === null) {
    return '–';
  }
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[power] ?? ''}`;
}

/** 1,234,567 */
export function countText(count: number | null): string {
  return count === null ? '–' : count.toLocaleString('en-US');
}

/** 340 ms, 12.3 s, 4 min 10 s, 2 h 3 min */
export function durationText(milliseconds: number | null): string {
  if (milliseconds === null) {
    return '–';
  }
  if (milliseconds < 1000) {
    return `${Math.round(milliseconds)} ms`;
  }
  const seconds = milliseconds / 1000;
  if (seconds < 60) {
    return `${seconds.toFixed(1)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The time of day, with the date where it is not today's. */
export function timeText(milliseconds: number | null): string {
  if (milliseconds === null) {
    return '–';
  }
  const date = new Date(milliseconds);
  const time = date.toLocaleTimeString('en-GB');
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString('en-CA')} ${time}`;
}

/** How much larger the largest is than the middle: 1.0 when all are alike. */
export function skewOf(spread: { readonly median: number; readonly max: number } | null): number | null {
  return spread === null || spread.median <= 0 ? null : spread.max / spread.median;
}

/** One line of a statement. */
export function oneLine(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').trim();
}
