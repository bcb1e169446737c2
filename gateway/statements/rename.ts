import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeTable, LakeView } from '../../fs/lake/model.js';
import type { RenameRequest } from '../../planner/parse/read-objects.js';
import { readRename, readSetSchema } from '../../planner/parse/read-objects.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { StoredViewKind } from '../session/lake-relations.js';
import { VIEW_DIALECT, VIEW_READS_TAG, dependentViews, kindOfView, viewReads } from '../session/lake-relations.js';
import { columnsUsing, sequenceDefault } from '../sequences/column-sequence.js';
import { isTemporarySchema, lakeSchemaName } from '../session/lake-schemas.js';
import { keepingOwner } from '../security/privileges.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { undefinedColumn } from './alter-table.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';
import { declaredKeys, keepKeys } from './declared-keys.js';
import type { CreationPlace, StoredObject } from './stored-names.js';
import { creationPlace, findStored, missing, requireFreeName, requireOwned, requireStoredTable, sqlNameOf } from './stored-names.js';
import type { SchemaAndName } from './view-text.js';
import { renameRelations } from './view-text.js';

/** ALTER TABLE, VIEW, FOREIGN TABLE ... RENAME. */
export function prepareRename(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readRename(statement);
  return Promise.resolve(command(statement, () => rename(session, request)));
}

async function rename(session: Session, request: RenameRequest): Promise<CommandOutcome> {
  const tag = tagOf(request.kind);
  const transaction = await session.lake.writable(tag, 'existing');
  switch (request.kind) {
    case 'schema':
      throw new SqlError(SQLSTATE.feature_not_supported, 'ALTER SCHEMA RENAME is not supported');
    case 'column':
      await renameColumn(session, transaction, request);
      return { tag };
    case 'constraint': {
      const table = await requireStoredTable(session, transaction, request, 'alter');
      const keys = declaredKeys(table);
      if (!keys.some((key) => key.name === request.subname)) {
        throw new SqlError(SQLSTATE.undefined_object, `constraint "${request.subname}" for table "${table.name}" does not exist`);
      }
      keepKeys(
        transaction,
        table,
        keys.map((key) => (key.name === request.subname ? { ...key, name: request.newName } : key)),
      );
      return { tag };
    }
    case 'table':
    case 'view':
    case 'foreign table':
    case 'sequence': {
      const found = findStored(session, transaction.current, request);
      if (found === undefined) {
        return skipMissing(session, request, tag);
      }
      requireOwned(session, transaction.current, found);
      const { schema } = sqlNameOf(transaction.current, objectOf(found));
      await move(session, transaction, found, request.kind, { schema, lakeSchema: objectOf(found).schema }, request.newName);
      return { tag };
    }
  }
}

/** ALTER TABLE, VIEW, FOREIGN TABLE ... SET SCHEMA. */
export function prepareSetSchema(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readSetSchema(statement);
  const tag = tagOf(request.kind);
  return Promise.resolve(
    command(statement, async () => {
      const transaction = await session.lake.writable(tag, 'existing');
      const found = findStored(session, transaction.current, request);
      if (found === undefined) {
        return skipMissing(session, request, tag);
      }
      requireOwned(session, transaction.current, found);
      if (isTemporarySchema(request.newSchema) || isTemporarySchema(objectOf(found).schema)) {
        throw new SqlError(SQLSTATE.feature_not_supported, 'cannot move objects into or out of temporary schemas');
      }
      const place = await creationPlace(session, transaction, { schema: request.newSchema, temporary: false });
      if (place.lakeSchema !== objectOf(found).schema) {
        await move(session, transaction, found, request.kind, place, request.name);
      }
      return { tag };
    }),
  );
}

function tagOf(kind: RenameRequest['kind']): string {
  return kind === 'column' || kind === 'constraint' ? 'ALTER TABLE' : `ALTER ${kind.toUpperCase()}`;
}

async function skipMissing(session: Session, request: SchemaRequest, tag: string): Promise<CommandOutcome> {
  if (!request.missingOk) {
    throw await missing(session, request, 'relation', 'alter');
  }
  return { tag, notices: [{ severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message: `relation "${request.name}" does not exist, skipping` }] };
}

interface SchemaRequest {
  readonly schema: string | undefined;
  readonly name: string;
  readonly missingOk: boolean;
}

function objectOf(stored: StoredObject): LakeTable | LakeView {
  return stored.kind === 'table' ? stored.table : stored.view;
}

/** Gives a table or view another name; views that read it read it by that. */
async function move(
  session: Session,
  transaction: LakeTransaction,
  stored: StoredObject,
  wanted: 'table' | StoredViewKind,
  place: CreationPlace,
  name: string,
): Promise<void> {
  const object = objectOf(stored);
  // ALTER TABLE will do for all of them.
  const isWanted = wanted === 'table' || (stored.kind === 'view' && wanted === kindOfView(stored.view));
  if (!isWanted) {
    throw new SqlError(SQLSTATE.wrong_object_type, `"${object.name}" is not a ${wanted}`);
  }
  await requireFreeName(session, transaction, place, name);
  const from = sqlNameOf(transaction.current, object);
  if (stored.kind === 'table') {
    transaction.renameTable(stored.table, { schema: place.lakeSchema, name });
  } else {
    transaction.renameView(stored.view, { schema: place.lakeSchema, name });
    for (const { table, column } of columnsUsing(transaction.current, stored.view)) {
      const defaultValue = sequenceDefault(transaction.current, { schema: place.lakeSchema, name });
      transaction.alterColumn(table, column.id, { defaultValue });
    }
  }
  follow(transaction, from, { schema: place.schema, name });
}

/** Writes the new name into the views that read the old one. */
function follow(transaction: LakeTransaction, from: SchemaAndName, to: SchemaAndName): void {
  const isOld = (schema: string | undefined, name: string): boolean => schema === from.schema && name === from.name;
  const lakeSchema = (schema: string): string => lakeSchemaName(transaction.current, schema);
  const isOldInLake = (schema: string | undefined, name: string): boolean =>
    schema !== undefined && isOld(from.schema, name) && lakeSchema(schema) === lakeSchema(from.schema);
  const toInLake = { schema: lakeSchema(to.schema), name: to.name };
  const readers = transaction.current.views.filter((view) => view.dialect === VIEW_DIALECT && viewReads(view).some(([schema, name]) => isOld(schema, name)));
  for (const view of readers) {
    const reads = viewReads(view).map(([schema, name]) => (isOld(schema, name) ? [to.schema, to.name] : [schema, name]));
    transaction.dropView(view);
    transaction.createView({
      schema: view.schema,
      name: view.name,
      dialect: view.dialect,
      // An older version of it has the old name.
      sql: renameRelations(view.sql, (schema, name, version) => (version === undefined && isOldInLake(schema, name) ? toInLake : null)),
      columnNames: view.columnNames,
      tags: new Map([...keepingOwner(view.tags), [VIEW_READS_TAG, JSON.stringify(reads)]]),
    });
  }
}

async function renameColumn(session: Session, transaction: LakeTransaction, request: RenameRequest): Promise<void> {
  const found = findStored(session, transaction.current, request);
  if (found?.kind === 'view') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'renaming columns of views is not supported', { hint: 'Create the view again with other names.' });
  }
  const table = await requireStoredTable(session, transaction, request, 'alter');
  const column = table.columns.find((candidate) => candidate.name === request.subname);
  if (column === undefined) {
    throw undefinedColumn(table, request.subname);
  }
  if (table.columns.some((candidate) => candidate.name === request.newName)) {
    throw new SqlError(SQLSTATE.duplicate_column, `column "${request.newName}" of relation "${table.name}" already exists`);
  }
  const [view] = dependentViews(transaction.current, [sqlNameOf(transaction.current, table)]);
  if (view !== undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, `cannot rename column "${column.name}" of a table that views read`, {
      detail: `view ${view.name} depends on table ${table.name}`,
      hint: 'Drop the view first, and create it again with the new name.',
    });
  }
  transaction.alterColumn(table, column.id, { name: request.newName });
  const keys = declaredKeys(table);
  if (keys.some((key) => key.columns.includes(column.name))) {
    const renamed = keys.map((key) => ({ ...key, columns: key.columns.map((name) => (name === column.name ? request.newName : name)) }));
    keepKeys(transaction, await requireStoredTable(session, transaction, request, 'alter'), renamed);
  }
}
