import { readDiscard } from '../../planner/parse/read-names.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Session } from '../session/session.js';
import { TEMPORARY_SCHEMA } from '../session/lake-schemas.js';
import { dropTemporary } from '../session/temporary-tables.js';
import type { SessionStatement } from '../session/session-statement.js';
import { command } from './command.js';

/** DISCARD ALL, PLANS, SEQUENCES, TEMP. */
export function prepareDiscard(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const what = readDiscard(statement);
  return Promise.resolve(
    command(statement, async () => {
      switch (what) {
        case 'all':
          if (session.transactionStatus !== 'I') {
            throw new SqlError(SQLSTATE.active_sql_transaction, 'DISCARD ALL cannot run inside a transaction block');
          }
          session.settings.resetAll();
          session.prepared.clear();
          session.onDeallocate?.(null);
          await discardTemporary(session, 'DISCARD ALL');
          session.sequences.clear();
          await session.cursors.closeAll();
          session.forgetPlans();
          return { tag: 'DISCARD ALL' };
        case 'plans':
          session.forgetPlans();
          return { tag: 'DISCARD PLANS' };
        case 'sequences':
          session.sequences.clear();
          return { tag: 'DISCARD SEQUENCES' };
        case 'temp':
          await discardTemporary(session, 'DISCARD TEMP');
          return { tag: 'DISCARD TEMP' };
      }
    }),
  );
}

/** Temporary tables, views and sequences go. */
async function discardTemporary(session: Session, commandName: string): Promise<void> {
  const isThere = (await session.lake.snapshot()).findSchema(TEMPORARY_SCHEMA) !== undefined;
  if (isThere) {
    dropTemporary(await session.lake.writable(commandName, 'temporary rows'));
  }
}
