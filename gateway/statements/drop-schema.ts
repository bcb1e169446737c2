import type { LakeTransaction } from '../../fs/lake/lake.js';
import { readDrop } from '../../planner/parse/read-names.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { lakeSchemaName } from '../session/lake-schemas.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { command } from './command.js';
import { findSchema } from './grant-targets.js';
import { dependentViews } from '../session/lake-relations.js';
import { isFolderSchema, requireUserSchema, sqlNameOf } from './stored-names.js';

/** DROP SCHEMA [CASCADE]. */
export function prepareDropSchema(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const { names, missingOk, cascade } = readDrop(statement);
  return Promise.resolve(
    command(statement, async () => {
      const transaction = await session.lake.writable('DROP SCHEMA');
      const notices: SqlNotice[] = [];
      for (const { name } of names) {
        notices.push(...(await dropSchema(session, transaction, name, missingOk, cascade)));
      }
      return { tag: 'DROP SCHEMA', notices };
    }),
  );
}

async function dropSchema(session: Session, transaction: LakeTransaction, name: string, missingOk: boolean, cascade: boolean): Promise<readonly SqlNotice[]> {
  requireUserSchema(name);
  const { current } = transaction;
  const lakeName = lakeSchemaName(current, name);
  if (current.findSchema(lakeName) === undefined) {
    if (await isFolderSchema(session, name)) {
      throw new SqlError(SQLSTATE.feature_not_supported, `cannot drop schema "${name}"`, {
        detail: 'It is a folder under the data directory.',
        hint: 'Remove the files themselves.',
      });
    }
    if (!missingOk) {
      throw new SqlError(SQLSTATE.invalid_schema_name, `schema "${name}" does not exist`);
    }
    return [notice(`schema "${name}" does not exist, skipping`)];
  }
  session.access.requireOwner(current, findSchema(current, name));
  if (name === 'public') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'schema "public" cannot be dropped');
  }
  const tables = current.tables.filter((table) => table.schema === lakeName);
  const own = current.views.filter((view) => view.schema === lakeName);
  const readers = dependentViews(
    current,
    [...tables, ...own].map((object) => sqlNameOf(current, object)),
  );
  const views = [...own, ...readers.filter((view) => !own.includes(view))];
  const members = [...tables.map((table) => `table ${name}.${table.name}`), ...views.map((view) => `view ${sqlNameOf(current, view).schema}.${view.name}`)];
  if (members.length > 0 && !cascade) {
    throw new SqlError(SQLSTATE.dependent_objects_still_exist, `cannot drop schema ${name} because other objects depend on it`, {
      detail: members.map((member) => `${member} depends on schema ${name}`).join('\n'),
      hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
    });
  }
  views.forEach((view) => transaction.dropView(view));
  tables.forEach((table) => transaction.dropTable(table));
  transaction.dropSchema(lakeName);
  const [first] = members;
  return first === undefined ? [] : [notice(members.length === 1 ? `drop cascades to ${first}` : `drop cascades to ${members.length} other objects`)];
}

function notice(message: string): SqlNotice {
  return { severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message };
}
