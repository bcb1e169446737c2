import { SQLSTATE } from '../../planner/sqlstate.js';
import type { SessionSettings } from '../settings/session-settings.js';
import type { IdleLimit } from './backend.js';

/** How long a session's client may leave it waiting, inside or outside of a transaction; null for ever. */
export function idleLimitOf(settings: SessionSettings, isInside: boolean): IdleLimit | null {
  const milliseconds = Number(settings.require(isInside ? 'idle_in_transaction_session_timeout' : 'idle_session_timeout'));
  if (milliseconds === 0) {
    return null;
  }
  return isInside
    ? { milliseconds, sqlstate: SQLSTATE.idle_in_transaction_session_timeout, message: 'terminating connection due to idle-in-transaction timeout' }
    : { milliseconds, sqlstate: SQLSTATE.idle_session_timeout, message: 'terminating connection due to idle-session timeout' };
}
