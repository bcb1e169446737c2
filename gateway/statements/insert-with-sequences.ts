import { readInsert } from '../../planner/parse/read-definitions.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Node } from '../../planner/parse/syntax-tree.js';
import { quoteName } from '../../planner/types/data-type.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { SequenceColumn } from './insert-sequences.js';
import { sequenceColumns, withSequenceValues } from './insert-sequences.js';
import { findTarget, prepareInsert } from './insert.js';
import { prepareWithSequences } from './sequence-functions.js';
import { sqlSchemaName } from '../session/lake-schemas.js';

/** INSERT, its values from sequences written out first: calls of nextval, serial and identity columns. */
export async function prepareInsertWithSequences(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const { schema, name } = readInsert(statement);
  const table = await session.lake.findTable(schema, name);
  if (table === undefined) {
    return prepareWithSequences(session, statement, declaredTypes, prepareInsert);
  }
  const snapshot = await session.lake.snapshot();
  const call = ({ sequence }: SequenceColumn): Node => {
    const qualified = `${quoteName(sqlSchemaName(snapshot, sequence.schema))}.${quoteName(sequence.name)}`;
    return { FuncCall: { funcname: [{ String: { sval: 'nextval' } }], args: [{ A_Const: { sval: { sval: qualified }, location: -1 } }], location: -1 } };
  };
  const columns = sequenceColumns(snapshot, table);
  const { statement: filled, fill } = withSequenceValues(statement, table, columns, call);
  // A statement that names no sequence function itself may do so now: its text is looked at no more.
  const inner = await prepareWithSequences(
    session,
    filled,
    declaredTypes,
    (owner, extracted, types) => prepareInsert(owner, extracted, types, fill),
    columns.length > 0,
  );
  return { ...inner, text: statement.text, describe: () => inner.describe(), run: (options) => inner.run(options) };
}

/** The columns of a COPY's target that sequences fill: those it gives no values for. */
export async function columnsToFill(
  session: Session,
  target: { readonly schema: string | undefined; readonly name: string },
  given: readonly { readonly name: string }[],
): Promise<readonly SequenceColumn[]> {
  const found = await findTarget(session, target, 'copy to');
  const columns = sequenceColumns(await session.lake.snapshot(), found.table);
  return columns.filter((column) => given.every(({ name }) => name !== column.name));
}
