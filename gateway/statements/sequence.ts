import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeView } from '../../fs/lake/model.js';
import type { QualifiedName } from '../../planner/parse/read-names.js';
import type { SequenceOptions } from '../../planner/parse/read-sequence.js';
import { readAlterSequence, readCreateSequence } from '../../planner/parse/read-sequence.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { changeSequence, storeSequence } from '../sequences/column-sequence.js';
import type { SequenceDefinition } from '../sequences/definition.js';
import { defineSequence, sequenceOfView } from '../sequences/definition.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';
import { isTemporary } from './creation-schema.js';
import { creationPlace, findStored, missing, requireFreeName, requireOwned, requireStoredTable } from './stored-names.js';

/** CREATE SEQUENCE. */
export function prepareCreateSequence(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCreateSequence(statement);
  return Promise.resolve(
    command(statement, async (): Promise<CommandOutcome> => {
      const tag = 'CREATE SEQUENCE';
      const definition = defineSequence(request.options, null);
      const transaction = await session.lake.writable(tag, isTemporary(request) ? 'temporary' : 'new');
      const place = await creationPlace(session, transaction, { schema: request.schema, temporary: isTemporary(request) });
      if (request.ifNotExists && findStored(session, transaction.current, { schema: place.schema, name: request.name }) !== undefined) {
        return { tag, notices: [{ severity: 'NOTICE', sqlstate: SQLSTATE.duplicate_table, message: `relation "${request.name}" already exists, skipping` }] };
      }
      await requireFreeName(session, transaction, place, request.name);
      const owned = await withOwner(session, transaction, definition, request.options);
      storeSequence(transaction, { schema: place.lakeSchema, name: request.name }, owned);
      return { tag };
    }),
  );
}

/** ALTER SEQUENCE with options. RENAME and SET SCHEMA are rename.ts's. */
export function prepareAlterSequence(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readAlterSequence(statement);
  return Promise.resolve(
    command(statement, async (): Promise<CommandOutcome> => {
      const tag = 'ALTER SEQUENCE';
      const transaction = await session.lake.writable(tag, 'existing');
      const found = findStored(session, transaction.current, request);
      if (found === undefined && request.missingOk) {
        return {
          tag,
          notices: [{ severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message: `relation "${request.name}" does not exist, skipping` }],
        };
      }
      const { view, definition } = await requireSequence(session, transaction, request);
      await alterSequence(session, transaction, view, definition, request.options);
      return { tag };
    }),
  );
}

/** Changes a sequence by its options; what is not said stays, the value too. */
export async function alterSequence(
  session: Session,
  transaction: LakeTransaction,
  view: LakeView,
  before: SequenceDefinition,
  options: SequenceOptions,
): Promise<void> {
  const after = defineSequence(options, before);
  if (options.restart === undefined) {
    const { value } = await session.services.sequences.peek(before);
    if (value < after.minimum || value > after.maximum) {
      const [word, bound] = value < after.minimum ? ['less than MINVALUE', after.minimum] : ['greater than MAXVALUE', after.maximum];
      throw new SqlError(SQLSTATE.invalid_parameter_value, `RESTART value (${value}) cannot be ${word} (${bound})`);
    }
  }
  changeSequence(transaction, view, await withOwner(session, transaction, after, options));
}

/** Starts a sequence anew from its START value, as a change of the transaction. */
export function restartSequence(transaction: LakeTransaction, view: LakeView): void {
  const definition = sequenceOfView(view);
  if (definition !== undefined) {
    changeSequence(transaction, view, defineSequence({ restart: 'start' }, definition));
  }
}

/** A sequence that is to be changed; 42P01, 42809. */
export async function requireSequence(
  session: Session,
  transaction: LakeTransaction,
  name: QualifiedName,
): Promise<{ readonly view: LakeView; readonly definition: SequenceDefinition }> {
  const found = findStored(session, transaction.current, name);
  const definition = found?.kind === 'view' ? sequenceOfView(found.view) : undefined;
  if (found?.kind === 'view' && definition !== undefined) {
    requireOwned(session, transaction.current, found);
    return { view: found.view, definition };
  }
  if (found !== undefined) {
    throw new SqlError(SQLSTATE.wrong_object_type, `"${name.name}" is not a sequence`);
  }
  throw await missing(session, name, 'relation', 'alter');
}

async function withOwner(
  session: Session,
  transaction: LakeTransaction,
  definition: SequenceDefinition,
  options: SequenceOptions,
): Promise<SequenceDefinition> {
  const { ownedBy } = options;
  if (ownedBy === undefined) {
    return definition;
  }
  if (definition.identity) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'cannot change ownership of identity sequence');
  }
  if (ownedBy === null) {
    return { ...definition, owner: null };
  }
  const table = await requireStoredTable(session, transaction, ownedBy.table, 'alter');
  const column = table.columns.find((candidate) => candidate.name === ownedBy.column);
  if (column === undefined) {
    throw new SqlError(SQLSTATE.undefined_column, `column "${ownedBy.column}" of relation "${table.name}" does not exist`);
  }
  return { ...definition, owner: { table: table.uuid, columnId: column.id } };
}
