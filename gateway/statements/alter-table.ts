import type { LakeTransaction, NewLakeColumn } from '../../fs/lake/lake.js';
import type { LakeColumn, LakeTable } from '../../fs/lake/model.js';
import type { QualifiedName } from '../../planner/parse/read-names.js';
import type { TableChange } from '../../planner/parse/read-objects.js';
import { hasNoSequenceCall } from '../../planner/parse/sequence-calls.js';
import { readAlterTable } from '../../planner/parse/read-objects.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Column } from '../../planner/relation/relation.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteName } from '../../planner/types/data-type.js';
import { columnOfLake, newLakeColumn } from '../lake/lake-types.js';
import { COLUMN_SEQUENCE_TAG, IDENTITY_TAG, ownedSequences } from '../sequences/column-sequence.js';
import { sequenceOfView } from '../sequences/definition.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { defaultValueNow, storedDefault, withStoredDefault } from './column-default.js';
import { addColumnSequence, dropIdentity } from './column-sequences.js';
import { command } from './command.js';
import { declaredColumnType, withEnvironment } from './create-stored-table.js';
import { declaredKeys, keepKeys, nameKeys } from './declared-keys.js';
import { queryTexts } from './query-texts.js';
import { alterSequence } from './sequence.js';
import type { CreationPlace } from './stored-names.js';
import { dependentViews } from '../session/lake-relations.js';
import { findStored, requireStoredTable, sqlNameOf } from './stored-names.js';

/** Tag of a column with the Postgres type it was declared with. */
const TYPE_TAG = 'sluice.type';

/** ALTER TABLE: its changes one after another. */
export function prepareAlterTable(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readAlterTable(statement);
  return Promise.resolve(
    command(statement, async (options) => {
      const transaction = await session.lake.writable('ALTER TABLE', 'existing');
      if (request.missingOk && findStored(session, transaction.current, request) === undefined) {
        return { tag: 'ALTER TABLE', notices: [skipping(`relation "${request.name}" does not exist, skipping`)] };
      }
      const notices: SqlNotice[] = [];
      for (const change of request.changes) {
        const alter = new TableAlteration(session, statement, transaction, request, options);
        notices.push(...(await alter.apply(change)));
      }
      return { tag: 'ALTER TABLE', notices };
    }),
  );
}

function skipping(message: string): SqlNotice {
  return { severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message };
}

/** One change of a table as it is now. */
class TableAlteration {
  readonly #session: Session;
  readonly #statement: ParsedStatement;
  readonly #transaction: LakeTransaction;
  readonly #name: QualifiedName;
  readonly #options: ExecuteOptions;

  constructor(session: Session, statement: ParsedStatement, transaction: LakeTransaction, name: QualifiedName, options: ExecuteOptions) {
    this.#session = session;
    this.#statement = statement;
    this.#transaction = transaction;
    this.#name = name;
    this.#options = options;
  }

  async apply(change: TableChange): Promise<readonly SqlNotice[]> {
    switch (change.kind) {
      case 'add_column':
        return this.#addColumn(change);
      case 'drop_column':
        return this.#dropColumn(change);
      case 'set_type': {
        const { table, column } = await this.#column(change.name);
        await this.#setType(table, column, change.type);
        return [];
      }
      case 'set_default': {
        const { table, column } = await this.#column(change.name);
        refuseIdentity(table, column);
        const { value, sequenceId } = await storedDefault(this.#session, columnOfLake(column), change);
        this.#transaction.alterColumn(table, column.id, { defaultValue: value });
        this.#transaction.setColumnTag(await this.#table(), column.id, COLUMN_SEQUENCE_TAG, sequenceId);
        return [];
      }
      case 'drop_default': {
        const { table, column } = await this.#column(change.name);
        refuseIdentity(table, column);
        this.#transaction.alterColumn(table, column.id, { defaultValue: null });
        return [];
      }
      case 'set_not_null': {
        const { table, column } = await this.#column(change.name);
        await this.#requireNoNulls(table, column);
        this.#transaction.alterColumn(table, column.id, { nullable: false });
        return [];
      }
      case 'drop_not_null': {
        const { table, column } = await this.#column(change.name);
        if (column.tags.has(IDENTITY_TAG)) {
          throw new SqlError(SQLSTATE.syntax_error, `column "${column.name}" of relation "${table.name}" is an identity column`);
        }
        if (declaredKeys(table).some((key) => key.kind === 'primary' && key.columns.includes(column.name))) {
          throw new SqlError(SQLSTATE.invalid_table_definition, `column "${column.name}" is in a primary key`);
        }
        this.#transaction.alterColumn(table, column.id, { nullable: true });
        return [];
      }
      case 'add_identity': {
        const { table, column } = await this.#column(change.name);
        if (column.tags.has(IDENTITY_TAG) || column.defaultValue !== null) {
          const what = column.tags.has(IDENTITY_TAG) ? 'is already an identity column' : 'already has a default value';
          throw new SqlError(SQLSTATE.object_not_in_prerequisite_state, `column "${column.name}" of relation "${table.name}" ${what}`);
        }
        if (column.nullable) {
          throw new SqlError(
            SQLSTATE.object_not_in_prerequisite_state,
            `column "${column.name}" of relation "${table.name}" must be declared NOT NULL before identity can be added`,
          );
        }
        await addColumnSequence(this.#session, this.#transaction, this.#place(table), table, column.name, change.sequence);
        return [];
      }
      case 'set_identity': {
        const { table, column } = await this.#column(change.name);
        const [view] = ownedSequences(this.#transaction.current, table, column.id);
        const definition = view === undefined ? undefined : sequenceOfView(view);
        if (!column.tags.has(IDENTITY_TAG) || view === undefined || definition === undefined) {
          throw new SqlError(SQLSTATE.object_not_in_prerequisite_state, `column "${column.name}" of relation "${table.name}" is not an identity column`);
        }
        await alterSequence(this.#session, this.#transaction, view, definition, change.options);
        if (change.identity !== null) {
          this.#transaction.setColumnTag(table, column.id, IDENTITY_TAG, change.identity);
        }
        return [];
      }
      case 'drop_identity': {
        const { table, column } = await this.#column(change.name);
        if (column.tags.has(IDENTITY_TAG)) {
          dropIdentity(this.#transaction, table, column);
          return [];
        }
        const message = `column "${column.name}" of relation "${table.name}" is not an identity column`;
        if (!change.missingOk) {
          throw new SqlError(SQLSTATE.object_not_in_prerequisite_state, message);
        }
        return [skipping(`${message}, skipping`)];
      }
      case 'add_key': {
        const table = await this.#table();
        const names = table.columns.map((column) => column.name);
        keepKeys(this.#transaction, table, nameKeys(table.name, names, declaredKeys(table), [change.key]));
        if (change.key.kind === 'primary') {
          await this.#forbidNulls(change.key.columns);
        }
        return [];
      }
      case 'drop_key': {
        const table = await this.#table();
        const keys = declaredKeys(table);
        const left = keys.filter((key) => key.name !== change.name);
        if (left.length === keys.length && !change.missingOk) {
          throw new SqlError(SQLSTATE.undefined_object, `constraint "${change.name}" of relation "${table.name}" does not exist`);
        }
        keepKeys(this.#transaction, table, left);
        return left.length === keys.length ? [skipping(`constraint "${change.name}" of relation "${table.name}" does not exist, skipping`)] : [];
      }
      case 'nothing':
        await this.#table();
        return [];
    }
  }

  async #addColumn(change: TableChange & { readonly kind: 'add_column' }): Promise<readonly SqlNotice[]> {
    const table = await this.#table();
    const { name, type, notNull, defaultValue, sequence } = change.column;
    if (table.columns.some((column) => column.name === name)) {
      if (!change.ifNotExists) {
        throw new SqlError(SQLSTATE.duplicate_column, `column "${name}" of relation "${table.name}" already exists`);
      }
      return [skipping(`column "${name}" of relation "${table.name}" already exists, skipping`)];
    }
    const declared = await withEnvironment(this.#session, (environment) => declaredColumnType(this.#statement, environment, type));
    const column: Column = { name, ...declared, notNull };
    const hasRows = (await this.#transaction.current.data(table)).rowCount > 0;
    if (hasRows && (sequence !== null || (defaultValue !== null && !hasNoSequenceCall(defaultValue.text)))) {
      throw new SqlError(SQLSTATE.feature_not_supported, 'a column that a sequence fills cannot be added to a table with rows', {
        hint: 'Add the column, fill it with UPDATE, and give it its default then.',
      });
    }
    const value =
      defaultValue === null || !hasNoSequenceCall(defaultValue.text) ? null : await defaultValueNow(this.#session, column, defaultValue, this.#options);
    if (notNull && value === null && hasRows) {
      throw new SqlError(SQLSTATE.not_null_violation, `column "${name}" of relation "${table.name}" contains null values`);
    }
    const plain: NewLakeColumn = { ...newLakeColumn(column), nullable: !notNull, initialDefault: value };
    this.#transaction.addColumn(table, defaultValue === null ? plain : withStoredDefault(plain, await storedDefault(this.#session, column, defaultValue)));
    if (sequence !== null) {
      await addColumnSequence(this.#session, this.#transaction, this.#place(table), table, name, sequence);
    }
    if (change.keys.length > 0) {
      const changed = await this.#table();
      const names = changed.columns.map((each) => each.name);
      keepKeys(this.#transaction, changed, nameKeys(changed.name, names, declaredKeys(changed), change.keys));
    }
    return [];
  }

  async #dropColumn(change: TableChange & { readonly kind: 'drop_column' }): Promise<readonly SqlNotice[]> {
    const table = await this.#table();
    const column = table.columns.find((candidate) => candidate.name === change.name);
    if (column === undefined) {
      if (!change.missingOk) {
        throw undefinedColumn(table, change.name);
      }
      return [skipping(`column "${change.name}" of relation "${table.name}" does not exist, skipping`)];
    }
    const { current } = this.#transaction;
    const views = dependentViews(current, [sqlNameOf(current, table)]);
    if (views.length > 0 && !change.cascade) {
      throw new SqlError(
        SQLSTATE.dependent_objects_still_exist,
        `cannot drop column ${column.name} of table ${table.name} because other objects depend on it`,
        {
          detail: views.map((view) => `view ${view.name} depends on table ${table.name}`).join('\n'),
          hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
        },
      );
    }
    views.forEach((view) => this.#transaction.dropView(view));
    const keys = declaredKeys(table);
    const left = keys.filter((key) => !key.columns.includes(column.name));
    if (left.length < keys.length) {
      keepKeys(this.#transaction, table, left);
    }
    for (const sequence of ownedSequences(this.#transaction.current, table, column.id)) {
      this.#transaction.dropView(sequence);
    }
    this.#transaction.dropColumn(await this.#table(), column.id);
    return views.map((view) => skipping(`drop cascades to view ${view.name}`));
  }

  async #setType(table: LakeTable, column: LakeColumn, type: (TableChange & { readonly kind: 'set_type' })['type']): Promise<void> {
    const { current } = this.#transaction;
    const [view] = dependentViews(current, [sqlNameOf(current, table)]);
    if (view !== undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, 'cannot alter type of a column used by a view or rule', {
        detail: `view ${view.name} depends on table ${table.name}`,
      });
    }
    const declared = await withEnvironment(this.#session, (environment) => declaredColumnType(this.#statement, environment, type));
    const wanted = newLakeColumn({ name: column.name, ...declared });
    if (wanted.type !== column.type) {
      this.#transaction.alterColumn(table, column.id, { type: wanted.type });
    }
    this.#transaction.setColumnTag(await this.#table(), column.id, TYPE_TAG, wanted.tags?.get(TYPE_TAG) ?? null);
  }

  async #forbidNulls(columns: readonly string[]): Promise<void> {
    for (const name of columns) {
      const { table, column } = await this.#column(name);
      await this.#requireNoNulls(table, column);
      this.#transaction.alterColumn(table, column.id, { nullable: false });
    }
  }

  async #requireNoNulls(table: LakeTable, column: LakeColumn): Promise<void> {
    const { schema, name } = sqlNameOf(this.#transaction.current, table);
    const sql = `SELECT 1 FROM ${quoteName(schema)}.${quoteName(name)} WHERE ${quoteName(column.name)} IS NULL LIMIT 1`;
    if (column.nullable && (await queryTexts(this.#session, sql, this.#options)).length > 0) {
      throw new SqlError(SQLSTATE.not_null_violation, `column "${column.name}" of relation "${table.name}" contains null values`);
    }
  }

  #place(table: LakeTable): CreationPlace {
    return { schema: sqlNameOf(this.#transaction.current, table).schema, lakeSchema: table.schema };
  }

  #table(): Promise<LakeTable> {
    return requireStoredTable(this.#session, this.#transaction, this.#name, 'alter');
  }

  async #column(name: string): Promise<{ readonly table: LakeTable; readonly column: LakeColumn }> {
    const table = await this.#table();
    const column = table.columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      throw undefinedColumn(table, name);
    }
    return { table, column };
  }
}

/** 42703 for a column a table does not have. */
export function undefinedColumn(table: LakeTable, name: string): SqlError {
  return new SqlError(SQLSTATE.undefined_column, `column "${name}" of relation "${table.name}" does not exist`);
}

/** 42601 for an identity column: its default is its identity's. */
function refuseIdentity(table: LakeTable, column: LakeColumn): void {
  if (column.tags.has(IDENTITY_TAG)) {
    throw new SqlError(SQLSTATE.syntax_error, `column "${column.name}" of relation "${table.name}" is an identity column`);
  }
}
