import pino from 'pino';
import type { PoolLog } from '../../executor/pool/options.js';
import type { Log } from '../session/services.js';

/** A log on standard error, from this severity on. */
export function startLog(level: string): Log {
  const logger = pino({ level, base: null }, pino.destination(2));
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
