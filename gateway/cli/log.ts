import pino from 'pino';
import type { PoolLog } from '../../executor/pool/options.js';
import type { Log } from '../session/services.js';
import type { OptionValues } from './options.js';
import { prettyLine } from './pretty-line.js';

/** A log on standard error, as --log-level and --log-format say. */
export function startLog(values: OptionValues): Log {
  const level = values.get('log-level') ?? 'info';
  const isPretty = values.get('log-format') === 'pretty';
  const target = isPretty ? { write: (line: string): boolean => process.stderr.write(prettyLine(line)) } : pino.destination(2);
  const logger = pino({ level, base: null }, target);
  return (severity, fields, message) => {
    logger[severity](fields, message);
  };
}

/** The log in the form executors take. */
export function poolLog(log: Log): PoolLog {
  return {
    info: (fields, message) => {
      log('info', { ...fields }, message);
    },
    warn: (fields, message) => {
      log('warn', { ...fields }, message);
    },
  };
}
