import type { TransactionModes } from '../../planner/parse/read-settings.js';
import { readSet } from '../../planner/parse/read-settings.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Session } from '../session/session.js';
import type { SettingScope } from '../settings/session-settings.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';
import { setModes } from './transaction.js';

/** SET, SET LOCAL, SET TRANSACTION, RESET. */
export function prepareSet(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readSet(statement);
  return Promise.resolve(
    command(statement, (): CommandOutcome | Promise<CommandOutcome> => {
      switch (request.kind) {
        case 'set':
          return setOne(session, request.name, request.value, request.local);
        case 'set_transaction':
          return setTransaction(session, request.scope, request.modes);
        case 'reset':
          if (isIdentity(request.name.toLowerCase())) {
            return becomes(session, request.name.toLowerCase(), null, 'session', 'RESET');
          }
          session.settings.reset(request.name);
          return { tag: 'RESET' };
        case 'reset_all':
          session.settings.resetAll();
          return { tag: 'RESET' };
      }
    }),
  );
}

function setOne(session: Session, name: string, value: string | null, local: boolean): CommandOutcome | Promise<CommandOutcome> {
  if (isIdentity(name.toLowerCase())) {
    return becomes(session, name.toLowerCase(), value, local ? 'local' : 'session', 'SET');
  }
  if (value === null) {
    session.settings.reset(name, local ? 'local' : 'session');
  } else {
    session.settings.set(name, value, local ? 'local' : 'session');
  }
  return local && session.transactionStatus === 'I' ? { tag: 'SET', notices: [noTransaction('SET LOCAL')] } : { tag: 'SET' };
}

function isIdentity(name: string): boolean {
  return name === 'role' || name === 'session_authorization';
}

/** SET ROLE, SET SESSION AUTHORIZATION, and RESET of them. */
async function becomes(session: Session, name: string, value: string | null, scope: SettingScope, tag: string): Promise<CommandOutcome> {
  await session.access.become(name === 'role' ? 'role' : 'session_authorization', value, scope);
  return { tag };
}

function setTransaction(session: Session, scope: 'transaction' | 'session', modes: TransactionModes): CommandOutcome {
  if (scope === 'transaction' && session.transactionStatus === 'I') {
    return { tag: 'SET', notices: [noTransaction('SET TRANSACTION')] };
  }
  setModes(session, modes, scope);
  return { tag: 'SET' };
}

function noTransaction(what: string): SqlNotice {
  return { severity: 'WARNING', sqlstate: SQLSTATE.no_active_sql_transaction, message: `${what} can only be used in transaction blocks` };
}
