import { intervalMilliseconds } from '../parameters/interval.js';
import { parseWholeNumber } from '../settings/values.js';
import { UsageError } from './usage-error.js';

// What a value must be: each gives it as it is kept, or throws UsageError.

/** Any text. */
export function anything(value: string): string {
  return value;
}

/** A whole number between two others, both allowed. */
export function wholeNumber(name: string, minimum: number, maximum: number): (value: string) => string {
  return (value) => parseWholeNumber(name, value, minimum, maximum);
}

/** A port, or `off` for none. */
export function portOrOff(name: string): (value: string) => string {
  return (value) => (value === 'off' ? value : parseWholeNumber(name, value, 0, 65_535));
}

/** A time such as 30min or 7 days, kept in milliseconds; `off` for never. */
export function durationOrOff(name: string): (value: string) => string {
  return (value) => {
    if (value === 'off') {
      return value;
    }
    const milliseconds = intervalMilliseconds(value);
    if (milliseconds === null || milliseconds < 1000 || /^\s*\d+\s*$/.test(value)) {
      throw new UsageError(`"${value}" is no time for ${name}: give off, or at least a second, such as 30min, 1h, '7 days'`);
    }
    return String(milliseconds);
  };
}

/** The form of a URL is checked where Redis is needed: its client is loaded only then. */
export function redisUrl(value: string): string {
  if (!/^rediss?(\+\w+)?:\/\//.test(value)) {
    throw new UsageError('a URL such as redis://host:6379, rediss://, redis+sentinel://a,b/master or redis+cluster://a,b is expected');
  }
  return value;
}

/** A word that may stand in keys of Redis. */
export function clusterName(value: string): string {
  if (!/^[A-Za-z0-9_-]{1,63}$/.test(value)) {
    throw new UsageError(`"${value}" is no name for a cluster: letters, digits, - and _ are`);
  }
  return value;
}

/** One of the levels of logs. */
export function logLevel(value: string): string {
  if (!['debug', 'info', 'warn', 'error', 'silent'].includes(value)) {
    throw new UsageError(`"${value}" is not one of debug, info, warn, error, silent`);
  }
  return value;
}

/** How `sluice sql` prints rows. */
export function rowFormat(value: string): string {
  if (!['table', 'csv', 'json'].includes(value)) {
    throw new UsageError(`"${value}" is not one of table, csv, json; COPY (query) TO 'name' writes Parquet`);
  }
  return value;
}

/** How logs are written. */
export function logFormat(value: string): string {
  if (value !== 'json' && value !== 'pretty') {
    throw new UsageError(`"${value}" is neither json nor pretty`);
  }
  return value;
}

/** An address of http or https. */
export function url(value: string): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new UsageError(`"${value}" is no http or https URL`);
  }
  return value;
}

/** on or off. */
export function onOrOff(value: string): string {
  if (value !== 'on' && value !== 'off') {
    throw new UsageError(`"${value}" is neither on nor off`);
  }
  return value;
}
