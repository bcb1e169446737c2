import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeColumn, LakeTable } from '../../fs/lake/model.js';
import type { ColumnRequest } from '../../planner/parse/read-create-table.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { COLUMN_SEQUENCE_TAG, IDENTITY_TAG, ownedSequences, sequenceDefault, storeSequence } from '../sequences/column-sequence.js';
import { defineSequence } from '../sequences/definition.js';
import type { Session } from '../session/session.js';
import type { CreationPlace } from './stored-names.js';
import { isFreeName } from './stored-names.js';

/** What a serial or identity column asks for. */
export type ColumnSequenceRequest = NonNullable<ColumnRequest['sequence']>;

/** Integer types by DuckLake's names. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['int16', 'smallint'],
  ['int32', 'integer'],
  ['int64', 'bigint'],
]);

/** Bytes of an identifier, as in PostgreSQL. */
const NAME_BYTES_MAX = 63;

/** Gives a column a sequence of its own that fills it: serial, and GENERATED AS IDENTITY. 22023 where the column is no integer. */
export async function addColumnSequence(
  session: Session,
  transaction: LakeTransaction,
  place: CreationPlace,
  table: LakeTable,
  columnName: string,
  request: ColumnSequenceRequest,
): Promise<void> {
  const column = currentColumn(transaction, table, columnName);
  const type = TYPES.get(column.type);
  if (type === undefined) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, 'identity column type must be smallint, integer, or bigint');
  }
  const name = await freeSequenceName(session, transaction, place, `${table.name}_${columnName}`);
  const definition = defineSequence({ type, ...request.options }, null);
  const owner = { table: table.uuid, columnId: column.id };
  const view = storeSequence(transaction, { schema: place.lakeSchema, name }, { ...definition, owner, identity: request.identity !== null });
  transaction.alterColumn(table, column.id, { defaultValue: sequenceDefault(transaction.current, view), nullable: false });
  transaction.setColumnTag(table, column.id, COLUMN_SEQUENCE_TAG, view.uuid);
  if (request.identity !== null) {
    transaction.setColumnTag(table, column.id, IDENTITY_TAG, request.identity);
  }
}

/** Takes a column's identity away: its sequence and its default. */
export function dropIdentity(transaction: LakeTransaction, table: LakeTable, column: LakeColumn): void {
  for (const view of ownedSequences(transaction.current, table, column.id)) {
    transaction.dropView(view);
  }
  transaction.alterColumn(table, column.id, { defaultValue: null });
  transaction.setColumnTag(table, column.id, IDENTITY_TAG, null);
  transaction.setColumnTag(table, column.id, COLUMN_SEQUENCE_TAG, null);
}

function currentColumn(transaction: LakeTransaction, table: LakeTable, name: string): LakeColumn {
  const column = transaction.current.findTable(table.schema, table.name)?.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    throw new Error('a column was staged and is not there');
  }
  return column;
}

/** `table_column_seq`, cut to an identifier's length, with a number where that is taken. */
async function freeSequenceName(session: Session, transaction: LakeTransaction, place: CreationPlace, stem: string): Promise<string> {
  for (let number = 0; ; number += 1) {
    const ending = `_seq${number === 0 ? '' : number}`;
    let cut = stem;
    while (Buffer.byteLength(cut + ending) > NAME_BYTES_MAX) {
      cut = cut.slice(0, -1);
    }
    if (await isFreeName(session, transaction, place, cut + ending)) {
      return cut + ending;
    }
  }
}
