import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { writeBindComplete, writeCloseComplete, writeNoData, writeParseComplete } from '../protocol/backend/completion.js';
import { writeParameterDescription } from '../protocol/backend/parameter-description.js';
import { writeRowDescription } from '../protocol/backend/row-description.js';
import type { BindMessage } from '../protocol/frontend/bind.js';
import type { CloseMessage, DescribeMessage } from '../protocol/frontend/describe.js';
import type { ParseMessage } from '../protocol/frontend/parse.js';
import { protocolViolation } from '../protocol/protocol-error.js';
import type { ParameterValue } from '../session/backend.js';
import { failedTransaction } from './failure.js';
import { Portal } from './portal.js';
import type { ParsedStatement } from './prepared-statements.js';
import type { WireSession } from './wire-session.js';

/** Parse: makes a prepared statement. The old unnamed one is gone even when the new one does not parse. */
export async function handleParse(session: WireSession, message: ParseMessage): Promise<void> {
  if (message.name === '') {
    session.statements.delete('');
  }
  const statement = await session.prepareAbortably(() => session.backend.parse(message.text, message.parameterTypes));
  if (statement !== null) {
    session.assertRunnable(statement);
  }
  session.statements.add({
    name: message.name,
    statement,
    parameterTypes: statement?.parameterTypes ?? message.parameterTypes,
  });
  writeParseComplete(session.output.writer);
}

/** Bind: makes a portal. Values are decoded by Execute, so that a wrong one is reported there. */
export async function handleBind(session: WireSession, message: BindMessage): Promise<void> {
  const parsed = session.statements.get(message.statement);
  const parameters = bindParameters(message, parsed);
  if (parsed.statement !== null) {
    if (session.backend.transactionStatus === 'E' && parameters.length > 0) {
      throw failedTransaction();
    }
    session.assertRunnable(parsed.statement);
  }
  if (message.portal !== '') {
    session.portals.assertFree(message.portal);
  }
  await checkResultFormats(message, parsed);
  await session.portals.add(new Portal(message.portal, parsed, parameters, message.resultFormats));
  writeBindComplete(session.output.writer);
}

/** Describe: a statement's parameters and columns, or a portal's columns. */
export async function handleDescribe(session: WireSession, message: DescribeMessage): Promise<void> {
  const { writer } = session.output;
  const cursor = message.target === 'portal' && !session.portals.has(message.name) ? session.backend.describeCursor?.(message.name) : undefined;
  if (cursor !== undefined && cursor !== null) {
    writeRowDescription(writer, (await session.prepareAbortably(() => cursor)) ?? []);
    return;
  }
  const target = message.target === 'statement' ? session.statements.get(message.name) : session.portals.get(message.name);
  const parsed = target instanceof Portal ? target.parsed : target;
  const columns = await session.prepareAbortably(async () => (target instanceof Portal ? target.describe() : ((await target.statement?.describe()) ?? null)));
  if (columns !== null && parsed.statement !== null) {
    session.assertRunnable(parsed.statement);
  }
  if (message.target === 'statement') {
    writeParameterDescription(writer, parsed.parameterTypes);
  }
  if (columns === null) {
    writeNoData(writer);
  } else {
    writeRowDescription(writer, columns);
  }
}

/** Close: frees a statement or a portal; it need not exist. */
export async function handleClose(session: WireSession, message: CloseMessage): Promise<void> {
  if (message.target === 'statement') {
    session.statements.delete(message.name);
  } else {
    await session.portals.drop(message.name);
  }
  writeCloseComplete(session.output.writer);
}

function bindParameters(message: BindMessage, parsed: ParsedStatement): readonly ParameterValue[] {
  const { parameterFormats, values } = message;
  if (parameterFormats.length > 1 && parameterFormats.length !== values.length) {
    throw protocolViolation(`bind message has ${parameterFormats.length} parameter formats but ${values.length} parameters`);
  }
  if (values.length !== parsed.parameterTypes.length) {
    throw protocolViolation(
      `bind message supplies ${values.length} parameters, but prepared statement "${parsed.name}" requires ${parsed.parameterTypes.length}`,
    );
  }
  return values.map((bytes, index) => ({
    format: (parameterFormats.length === 1 ? parameterFormats[0] : parameterFormats[index]) ?? 'text',
    bytes,
  }));
}

/** One format fits any number of columns; only a longer list must be as long as the row, which costs a describe. */
async function checkResultFormats(message: BindMessage, parsed: ParsedStatement): Promise<void> {
  if (message.resultFormats.length <= 1) {
    return;
  }
  const columns = await parsed.statement?.describe();
  if (columns !== null && columns !== undefined && columns.length !== message.resultFormats.length) {
    throw new SqlError(SQLSTATE.protocol_violation, `bind message has ${message.resultFormats.length} result formats but query has ${columns.length} columns`);
  }
}
