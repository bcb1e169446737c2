import { readOwnerChange } from '../../planner/parse/read-grants.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { prepareAlterTable } from './alter-table.js';
import { prepareCall } from './call.js';
import { prepareChange } from './change.js';
import { prepareComment } from './comment.js';
import { prepareCopy } from './copy.js';
import { prepareCreateForeignTable } from './create-foreign-table.js';
import { prepareCreateSchema } from './create-schema.js';
import { prepareCreateTable, prepareCreateTableAs } from './create-table.js';
import { prepareCreateView } from './create-view.js';
import { prepareClose, prepareDeclare, prepareFetch } from './cursor.js';
import { prepareDiscard } from './discard.js';
import { prepareDrop } from './drop.js';
import { prepareDuckdbQuery } from './duckdb-query.js';
import { prepareExplain } from './explain.js';
import { prepareGrant, prepareOwnerChange } from './grant.js';
import { prepareInsertWithSequences } from './insert-with-sequences.js';
import { prepareMerge } from './merge.js';
import { prepareDeallocate, prepareExecute, preparePrepare } from './prepare.js';
import { prepareNoEffect } from './no-effect.js';
import { prepareQuery } from './query.js';
import { prepareRename, prepareSetSchema } from './rename.js';
import { prepareRoleStatement } from './roles.js';
import { prepareSet } from './set.js';
import { prepareWithSequences } from './sequence-functions.js';
import { prepareAlterSequence, prepareCreateSequence } from './sequence.js';
import { prepareShow } from './show.js';
import { prepareTransaction } from './transaction.js';
import { prepareTruncate } from './truncate.js';

/** A parsed statement as one that can run in this session. Unknown names, wrong types and features that are not there are reported here. */
export function prepareStatement(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  switch (statement.kind) {
    case 'select':
      return prepareWithSequences(session, statement, declaredTypes, prepareQuery);
    case 'duckdb':
      return prepareDuckdbQuery(session, statement, declaredTypes);
    case 'explain':
      return prepareExplain(session, statement, declaredTypes);
    case 'copy':
      return prepareCopy(session, statement);
    case 'set':
      return prepareSet(session, statement);
    case 'show':
      return prepareShow(session, statement);
    case 'transaction':
      return prepareTransaction(session, statement);
    case 'prepare':
      return preparePrepare(session, statement);
    case 'execute':
      return prepareExecute(session, statement);
    case 'deallocate':
      return prepareDeallocate(session, statement);
    case 'discard':
      return prepareDiscard(session, statement);
    case 'create_view':
      return prepareCreateView(session, statement);
    case 'create_foreign_table':
      return prepareCreateForeignTable(session, statement);
    case 'create_table':
      return prepareCreateTable(session, statement);
    case 'create_table_as':
      return prepareCreateTableAs(session, statement, declaredTypes);
    case 'insert':
      return prepareInsertWithSequences(session, statement, declaredTypes);
    case 'drop':
      return prepareDrop(session, statement);
    case 'create_schema':
      return prepareCreateSchema(session, statement);
    case 'create_sequence':
      return prepareCreateSequence(session, statement);
    case 'alter_sequence':
      return prepareAlterSequence(session, statement);
    case 'alter_table':
    case 'owner': {
      const ownerChange = readOwnerChange(statement);
      return ownerChange === null ? prepareAlterTable(session, statement) : prepareOwnerChange(session, statement, ownerChange);
    }
    case 'role':
      return prepareRoleStatement(session, statement);
    case 'grant':
      return prepareGrant(session, statement);
    case 'rename':
      return prepareRename(session, statement);
    case 'set_schema':
      return prepareSetSchema(session, statement);
    case 'truncate':
      return prepareTruncate(session, statement);
    case 'comment':
      return prepareComment(session, statement);
    case 'merge':
      return prepareMerge(session, statement, declaredTypes);
    case 'update':
    case 'delete':
      return prepareChange(session, statement, declaredTypes);
    case 'call':
      return prepareCall(session, statement);
    case 'declare':
      return prepareDeclare(session, statement, declaredTypes);
    case 'fetch':
      return prepareFetch(session, statement);
    case 'close':
      return prepareClose(session, statement);
    case 'unlisten':
    case 'lock':
      return prepareNoEffect(statement);
    case 'listen':
    case 'notify':
    case 'vacuum':
    case 'checkpoint':
    case 'constraints':
      throw new SqlError(SQLSTATE.feature_not_supported, `${statement.kind.toUpperCase()} is not supported`);
    case 'other':
      throw new SqlError(SQLSTATE.feature_not_supported, `${firstWords(statement.text)} is not supported`);
  }
}

/** The first words of a statement, to name it. */
function firstWords(text: string): string {
  return (/^\s*([a-z]+(?:\s+[a-z]+)?)/i.exec(text)?.[1] ?? 'this statement').toUpperCase().replaceAll(/\s+/g, ' ');
}
