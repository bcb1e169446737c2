import type { LakeSnapshot } from '../../fs/lake/model.js';
import type { GrantTargets } from '../../planner/parse/read-grants.js';
import type { QualifiedName } from '../../planner/parse/read-names.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { guardedTable, guardedView } from '../security/guarded.js';
import type { Guarded } from '../security/privileges.js';
import { grantedFiles } from '../security/privileges.js';
import { lakeSchemaName, sqlSchemaName } from '../session/lake-schemas.js';
import type { Session } from '../session/session.js';
import { findStored } from './stored-names.js';

/** The objects a GRANT or REVOKE names. 42P01 and 3F000 for what is not there. */
export async function findGrantTargets(session: Session, snapshot: LakeSnapshot, targets: GrantTargets): Promise<readonly Guarded[]> {
  switch (targets.kind) {
    case 'open':
      return targets.what === 'database' ? [{ kind: 'database' }] : [];
    case 'schemas':
      return targets.names.map((name) => findSchema(snapshot, name));
    case 'relations':
      return Promise.all(targets.names.map((name) => findRelation(session, snapshot, name, targets.sequences)));
    case 'all': {
      const found = await Promise.all(targets.schemas.map((schema) => relationsIn(session, snapshot, schema)));
      return found.flat().filter((object) => (object.kind === 'view' && object.noun === 'sequence') === targets.sequences);
    }
  }
}

/** A stored schema. */
export function findSchema(snapshot: LakeSnapshot, name: string): Guarded {
  const schema = snapshot.findSchema(lakeSchemaName(snapshot, name));
  if (schema === undefined) {
    throw new SqlError(SQLSTATE.invalid_schema_name, `schema "${name}" does not exist`);
  }
  return { kind: 'schema', schema, name };
}

/** A stored relation or a file's table. */
async function findRelation(session: Session, snapshot: LakeSnapshot, name: QualifiedName, sequences: boolean): Promise<Guarded> {
  const stored = findStored(session, snapshot, name);
  const found = stored === undefined ? await findFile(session, name) : stored.kind === 'table' ? guardedTable(stored.table) : guardedView(stored.view);
  if (found === undefined) {
    throw new SqlError(SQLSTATE.undefined_table, `relation "${name.name}" does not exist`);
  }
  if (sequences && !(found.kind === 'view' && found.noun === 'sequence')) {
    throw new SqlError(SQLSTATE.wrong_object_type, `"${name.name}" is not a sequence`);
  }
  return found;
}

async function findFile(session: Session, { schema, name }: QualifiedName): Promise<Guarded | undefined> {
  const files = await session.services.datasets.snapshot();
  const holder = (schema === undefined ? session.schemasSearched() : [schema]).find((candidate) => files.has(candidate, name));
  return holder === undefined ? undefined : { kind: 'file', schema: holder, name };
}

async function relationsIn(session: Session, snapshot: LakeSnapshot, schema: string): Promise<readonly Guarded[]> {
  const files = (await session.services.datasets.snapshot()).relations().filter((relation) => relation.schema === schema);
  const lakeSchema = lakeSchemaName(snapshot, schema);
  if (files.length === 0 && snapshot.findSchema(lakeSchema) === undefined) {
    throw new SqlError(SQLSTATE.invalid_schema_name, `schema "${schema}" does not exist`);
  }
  return [
    ...snapshot.tables.filter((table) => table.schema === lakeSchema).map(guardedTable),
    ...snapshot.views.filter((view) => view.schema === lakeSchema).map(guardedView),
    ...files.map(({ name }): Guarded => ({ kind: 'file', schema, name })),
  ];
}

/** Everything that may have an owner or grants. */
export function allGuarded(snapshot: LakeSnapshot): readonly Guarded[] {
  return [
    { kind: 'database' },
    ...snapshot.schemas.map((schema): Guarded => ({ kind: 'schema', schema, name: sqlSchemaName(snapshot, schema.name) })),
    ...snapshot.tables.map(guardedTable),
    ...snapshot.views.map(guardedView),
    ...grantedFiles(snapshot),
  ];
}
