import { readTruncate } from '../../planner/parse/read-objects.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { ownedSequences } from '../sequences/column-sequence.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { command } from './command.js';
import { restartSequence } from './sequence.js';
import { requireStoredTable } from './stored-names.js';

/** TRUNCATE of stored and temporary tables. */
export function prepareTruncate(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const { tables, restartsSequences } = readTruncate(statement);
  return Promise.resolve(
    command(statement, async () => {
      for (const name of tables) {
        const transaction = await session.lake.writable('TRUNCATE TABLE', 'existing');
        const table = await requireStoredTable(session, transaction, name, 'truncate');
        transaction.truncate(table);
        for (const view of restartsSequences ? ownedSequences(transaction.current, table) : []) {
          restartSequence(transaction, view);
        }
      }
      return { tag: 'TRUNCATE TABLE' };
    }),
  );
}
