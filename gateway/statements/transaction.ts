import type { TransactionModes } from '../../planner/parse/read-settings.js';
import type { TransactionRequest } from '../../planner/parse/read-transaction.js';
import { readTransaction } from '../../planner/parse/read-transaction.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import type { SqlState } from '../../planner/sqlstate.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';

/** BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their kin. */
export function prepareTransaction(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readTransaction(statement);
  return Promise.resolve(command(statement, () => runTransaction(session, request)));
}

async function runTransaction(session: Session, request: TransactionRequest): Promise<CommandOutcome> {
  switch (request.kind) {
    case 'begin': {
      const isFresh = session.begin();
      setModes(session, request.modes);
      return isFresh ? { tag: 'BEGIN' } : { tag: 'BEGIN', notices: [warning(SQLSTATE.active_sql_transaction, 'there is already a transaction in progress')] };
    }
    case 'commit':
    case 'rollback': {
      const modes = currentModes(session);
      const outcome = await session.end(request.kind);
      if (request.chain) {
        if (outcome === null) {
          throw new SqlError(SQLSTATE.no_active_sql_transaction, `${request.kind.toUpperCase()} AND CHAIN can only be used in transaction blocks`);
        }
        session.begin();
        setModes(session, modes);
      }
      return outcome === null
        ? { tag: request.kind.toUpperCase(), notices: [warning(SQLSTATE.no_active_sql_transaction, 'there is no transaction in progress')] }
        : { tag: outcome.toUpperCase() };
    }
    case 'savepoint':
      await session.savepoint(request.name);
      return { tag: 'SAVEPOINT' };
    case 'release':
      session.release(request.name);
      return { tag: 'RELEASE' };
    case 'rollback_to':
      await session.rollbackTo(request.name);
      return { tag: 'ROLLBACK' };
    case 'prepare':
    case 'commit_prepared':
    case 'rollback_prepared':
      throw new SqlError(SQLSTATE.feature_not_supported, 'two-phase commit is not supported');
  }
}

/** Gives the current transaction its modes, or those that start later their defaults. */
export function setModes(session: Session, modes: TransactionModes, of: 'transaction' | 'session' = 'transaction'): void {
  const values = {
    transaction_isolation: modes.isolation,
    transaction_read_only: flagText(modes.readOnly),
    transaction_deferrable: flagText(modes.deferrable),
  };
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) {
      session.settings.set(of === 'session' ? `default_${name}` : name, value, of === 'session' ? 'session' : 'local');
    }
  }
}

function flagText(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'on' : 'off';
}

/** The modes that AND CHAIN hands on. */
function currentModes(session: Session): TransactionModes {
  const { settings } = session;
  return {
    isolation: settings.require('transaction_isolation'),
    readOnly: settings.require('transaction_read_only') === 'on',
    deferrable: settings.require('transaction_deferrable') === 'on',
  };
}

function warning(sqlstate: SqlState, message: string): SqlNotice {
  return { severity: 'WARNING', sqlstate, message };
}
