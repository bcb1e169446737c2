import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { CatalogSession } from '../catalog/pg/catalog-state.js';
/**
 * A session's transaction.
 *
 *            BEGIN                       error
 *   idle ------------> block ------------------------> failed
 *    ^  <------------ COMMIT, ROLLBACK                    |
 *    '---------------- COMMIT (= ROLLBACK), ROLLBACK -----'   (ROLLBACK TO a savepoint: back to block)
 *
 * Outside a block every statement is its own transaction, except that the statements of one simple query, and those
 * between two Syncs, share an implicit one: `implicit` remembers its start for now().
 */
export type TransactionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'implicit'; readonly startedMicros: bigint }
  | { readonly kind: 'block'; readonly startedMicros: bigint }
  | { readonly kind: 'failed'; readonly startedMicros: bigint };

/** What can happen to a transaction. */
export type TransactionEvent =
  | { readonly kind: 'statement'; readonly nowMicros: bigint }
  | { readonly kind: 'begin'; readonly nowMicros: bigint }
  | { readonly kind: 'end' }
  | { readonly kind: 'error' }
  /** ROLLBACK TO a savepoint: a failed block works again. */
  | { readonly kind: 'restore' };

/** The one transition function. */
export function transition(state: TransactionState, event: TransactionEvent): TransactionState {
  switch (event.kind) {
    case 'statement':
      return state.kind === 'idle' ? { kind: 'implicit', startedMicros: event.nowMicros } : state;
    case 'begin':
      return {
        kind: 'block',
        startedMicros: state.kind === 'implicit' || state.kind === 'block' ? state.startedMicros : event.nowMicros,
      };
    case 'end':
      return { kind: 'idle' };
    case 'error':
      return state.kind === 'block' ? { kind: 'failed', startedMicros: state.startedMicros } : state.kind === 'implicit' ? { kind: 'idle' } : state;
    case 'restore':
      return state.kind === 'failed' ? { kind: 'block', startedMicros: state.startedMicros } : state;
  }
}

/** The state's letter in ReadyForQuery. */
export function transactionStatus(state: TransactionState): 'I' | 'T' | 'E' {
  switch (state.kind) {
    case 'idle':
    case 'implicit':
      return 'I';
    case 'block':
      return 'T';
    case 'failed':
      return 'E';
  }
}

/** Microseconds since 1970 of the wall clock. */
export function nowMicros(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
}

/** pg_stat_activity's word for a session. */
export function activityState(status: 'I' | 'T' | 'E', isRunning: boolean): CatalogSession['state'] {
  if (isRunning) {
    return 'active';
  }
  return status === 'T' ? 'idle in transaction' : status === 'E' ? 'idle in transaction (aborted)' : 'idle';
}

/** 25P01 outside of a transaction block. */
export function requireBlock(state: TransactionState, command: string): void {
  if (state.kind !== 'block' && state.kind !== 'failed') {
    throw new SqlError(SQLSTATE.no_active_sql_transaction, `${command} can only be used in transaction blocks`);
  }
}

/** 25P02 in a failed transaction for what does not end it. */
export function refuseInFailed(state: TransactionState, allowed: boolean): void {
  if (state.kind === 'failed' && !allowed) {
    throw new SqlError(SQLSTATE.in_failed_sql_transaction, 'current transaction is aborted, commands ignored until end of transaction block');
  }
}
