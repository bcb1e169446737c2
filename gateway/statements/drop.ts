import type { QualifiedName } from '../../planner/parse/read-names.js';
import { readDrop } from '../../planner/parse/read-names.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Relation } from '../../planner/relation/relation.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { TEMPORARY_SCHEMA, ownSchemas } from '../session/session-catalog.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';

type DroppedKind = 'table' | 'view';

/** DROP TABLE and DROP VIEW of the session's own objects: all that are named, or none. */
export function prepareDrop(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const { kind, names, missingOk, cascade } = readDrop(statement);
  if (kind !== 'table' && kind !== 'view') {
    throw new SqlError(SQLSTATE.feature_not_supported, `DROP ${kind.toUpperCase()} is not supported`);
  }
  return Promise.resolve(
    command(statement, async (): Promise<CommandOutcome> => {
      const targets: Relation[] = [];
      const notices: SqlNotice[] = [];
      for (const name of names) {
        const target = await findTarget(session, name, kind, missingOk);
        if (target === undefined) {
          notices.push(notice(`${kind} "${name.name}" does not exist, skipping`));
        } else {
          targets.push(target);
        }
      }
      const dependents = session.catalog.dependents(targets);
      if (dependents.length > 0 && !cascade) {
        throw dependentsExist(kind, targets, dependents);
      }
      if ([...targets, ...dependents].some((relation) => relation.schema !== TEMPORARY_SCHEMA)) {
        session.requireWritable(`DROP ${kind.toUpperCase()}`);
      }
      session.catalog.remove([...targets, ...dependents]);
      return { tag: `DROP ${kind.toUpperCase()}`, notices: [...notices, ...cascadeNotices(dependents)] };
    }),
  );
}

/** The relation to drop; undefined when there is none and none need be. */
async function findTarget(session: Session, { schema, name }: QualifiedName, kind: DroppedKind, missingOk: boolean): Promise<Relation | undefined> {
  const own = ownSchemas(schema)
    .map((candidate) => session.catalog.find(candidate, name))
    .find((relation) => relation !== undefined);
  if (own !== undefined) {
    if ((own.source.kind === 'view') !== (kind === 'view')) {
      throw new SqlError(SQLSTATE.wrong_object_type, `"${name}" is not a ${kind}`, { hint: `Use DROP ${kind === 'view' ? 'TABLE' : 'VIEW'} to remove it.` });
    }
    return own;
  }
  if ((await session.services.datasets.snapshot()).has(schema ?? 'public', name)) {
    throw new SqlError(SQLSTATE.feature_not_supported, `cannot drop "${name}"`, {
      detail: 'It is a file or folder under the data directory.',
      hint: 'Remove the files themselves.',
    });
  }
  if (!missingOk) {
    throw new SqlError(SQLSTATE.undefined_table, `${kind} "${name}" does not exist`);
  }
  return undefined;
}

function dependentsExist(kind: DroppedKind, targets: readonly Relation[], dependents: readonly Relation[]): SqlError {
  const [target] = targets;
  const what = targets.length === 1 && target !== undefined ? `${kind} ${target.name}` : 'desired object(s)';
  return new SqlError(SQLSTATE.dependent_objects_still_exist, `cannot drop ${what} because other objects depend on it`, {
    detail: dependents.map((view) => `view ${view.name} depends on ${what}`).join('\n'),
    hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
  });
}

function cascadeNotices(dependents: readonly Relation[]): readonly SqlNotice[] {
  const [first] = dependents;
  if (first === undefined) {
    return [];
  }
  return [notice(dependents.length === 1 ? `drop cascades to view ${first.name}` : `drop cascades to ${dependents.length} other objects`)];
}

function notice(message: string): SqlNotice {
  return { severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message };
}
