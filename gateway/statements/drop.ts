import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeSnapshot } from '../../fs/lake/model.js';
import type { QualifiedName } from '../../planner/parse/read-names.js';
import { readDrop } from '../../planner/parse/read-names.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { columnsUsing, dropTableAndSequences } from '../sequences/column-sequence.js';
import { sequenceOfView } from '../sequences/definition.js';
import type { StoredViewKind } from '../session/lake-relations.js';
import { dependentViews, kindOfView } from '../session/lake-relations.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';
import { prepareDropSchema } from './drop-schema.js';
import type { StoredObject } from './stored-names.js';
import { findStored, missing, requireOwned, sqlNameOf } from './stored-names.js';

type DroppedKind = 'table' | StoredViewKind;

/** DROP TABLE, VIEW, FOREIGN TABLE and SEQUENCE: all that are named, or none. DROP SCHEMA is drop-schema.ts's. */
export function prepareDrop(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const { kind, names, missingOk, cascade } = readDrop(statement);
  if (kind === 'schema') {
    return prepareDropSchema(session, statement);
  }
  if (kind !== 'table' && kind !== 'view' && kind !== 'foreign table' && kind !== 'sequence') {
    throw new SqlError(SQLSTATE.feature_not_supported, `DROP ${kind.toUpperCase()} is not supported`);
  }
  return Promise.resolve(
    command(statement, async (): Promise<CommandOutcome> => {
      const snapshot = await session.lake.snapshot();
      const targets: StoredObject[] = [];
      const notices: SqlNotice[] = [];
      for (const name of names) {
        const target = await findTarget(session, snapshot, name, kind, missingOk);
        if (target === undefined) {
          notices.push(notice(`${kind} "${name.name}" does not exist, skipping`));
        } else {
          targets.push(target);
        }
      }
      requireNoIdentity(snapshot, targets);
      const dependents = findDependents(snapshot, targets);
      const defaults = findDefaults(snapshot, targets);
      const dependentNames = [...dependents.map((view) => `view ${nameOf(view)}`), ...defaults];
      if (dependentNames.length > 0 && !cascade) {
        throw dependentsExist(kind, targets, dependentNames);
      }
      if (targets.length > 0) {
        const transaction = await session.lake.writable(`DROP ${kind.toUpperCase()}`, 'existing');
        [...targets, ...dependents].forEach((target) => dropStored(transaction, target));
      }
      return { tag: `DROP ${kind.toUpperCase()}`, notices: [...notices, ...cascadeNotices(dependentNames)] };
    }),
  );
}

function dropStored(transaction: LakeTransaction, target: StoredObject): void {
  switch (target.kind) {
    case 'table':
      return dropTableAndSequences(transaction, target.table);
    case 'view':
      for (const { table, column } of columnsUsing(transaction.current, target.view)) {
        transaction.alterColumn(table, column.id, { defaultValue: null });
      }
      return transaction.dropView(target.view);
  }
}

/** Defaults that need a sequence which is to go, of tables that stay. */
function findDefaults(snapshot: LakeSnapshot, targets: readonly StoredObject[]): readonly string[] {
  const dropped = new Set(targets.flatMap((target) => (target.kind === 'table' ? [target.table.uuid] : [])));
  return targets.flatMap((target) =>
    target.kind === 'view'
      ? columnsUsing(snapshot, target.view)
          .filter(({ table }) => !dropped.has(table.uuid))
          .map(({ table, column }) => `default value for column ${column.name} of table ${table.name}`)
      : [],
  );
}

/** An identity column's sequence goes with its table only. */
function requireNoIdentity(snapshot: LakeSnapshot, targets: readonly StoredObject[]): void {
  for (const target of targets) {
    if (target.kind === 'view' && sequenceOfView(target.view)?.identity === true) {
      const [user] = columnsUsing(snapshot, target.view);
      const column = `column ${user?.column.name ?? ''} of table ${user?.table.name ?? ''}`;
      throw new SqlError(SQLSTATE.dependent_objects_still_exist, `cannot drop sequence ${target.view.name} because ${column} requires it`, {
        hint: `You can drop ${column} instead.`,
      });
    }
  }
}

/** Views that read what is to go. */
function findDependents(snapshot: LakeSnapshot, targets: readonly StoredObject[]): readonly StoredObject[] {
  const names = targets.map((target) => sqlNameOf(snapshot, target.kind === 'table' ? target.table : target.view));
  return dependentViews(snapshot, names).map((view) => ({ kind: 'view', view }));
}

/** What a name means; undefined when there is nothing of it and nothing need be. */
async function findTarget(
  session: Session,
  snapshot: LakeSnapshot,
  name: QualifiedName,
  kind: DroppedKind,
  missingOk: boolean,
): Promise<StoredObject | undefined> {
  const target = findStored(session, snapshot, name);
  if (target !== undefined) {
    if (kindOf(target) !== kind) {
      throw new SqlError(SQLSTATE.wrong_object_type, `"${name.name}" is not a ${kind}`, {
        hint: `Use DROP ${kindOf(target).toUpperCase()} to remove a ${kindOf(target)}.`,
      });
    }
    requireOwned(session, snapshot, target);
    return target;
  }
  if ((await session.services.datasets.snapshot()).has(name.schema ?? 'public', name.name)) {
    throw new SqlError(SQLSTATE.feature_not_supported, `cannot drop "${name.name}"`, {
      detail: 'It is a file or folder under the data directory.',
      hint: 'Remove the files themselves.',
    });
  }
  if (!missingOk) {
    throw await missing(session, name, kind, 'drop');
  }
  return undefined;
}

function kindOf(target: StoredObject): DroppedKind {
  switch (target.kind) {
    case 'table':
      return 'table';
    case 'view':
      return kindOfView(target.view);
  }
}

function nameOf(target: StoredObject): string {
  switch (target.kind) {
    case 'table':
      return target.table.name;
    case 'view':
      return target.view.name;
  }
}

function dependentsExist(kind: DroppedKind, targets: readonly StoredObject[], dependents: readonly string[]): SqlError {
  const [target] = targets;
  const what = targets.length === 1 && target !== undefined ? `${kind} ${nameOf(target)}` : 'desired object(s)';
  return new SqlError(SQLSTATE.dependent_objects_still_exist, `cannot drop ${what} because other objects depend on it`, {
    detail: dependents.map((name) => `${name} depends on ${what}`).join('\n'),
    hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
  });
}

function cascadeNotices(dependents: readonly string[]): readonly SqlNotice[] {
  const [first] = dependents;
  if (first === undefined) {
    return [];
  }
  return [notice(dependents.length === 1 ? `drop cascades to ${first}` : `drop cascades to ${dependents.length} other objects`)];
}

function notice(message: string): SqlNotice {
  return { severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message };
}
