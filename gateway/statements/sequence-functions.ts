import type { SequenceCall } from '../../planner/parse/sequence-calls.js';
import {
  argumentsQuery,
  constantArgument,
  extractRowCalls,
  extractSequenceCalls,
  hasNoSequenceCall,
  parameterArguments,
} from '../../planner/parse/sequence-calls.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { OID } from '../../planner/types/postgres-type.js';
import type { SequenceDefinition } from '../sequences/definition.js';
import { guardedView } from '../security/guarded.js';
import type { Privilege } from '../security/privileges.js';
import type { FoundSequence } from '../sequences/find-sequence.js';
import { findSequence } from '../sequences/find-sequence.js';
import type { ExecuteOptions, ExecutionResult, ParameterValue } from '../session/backend.js';
import { constantRows, describeConstantColumns, formatOf, hasSimpleBinaryForm } from '../session/constant-rows.js';
import { readDataRows } from '../session/data-rows.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { QueryStatement, prepareQuery } from './query.js';

/** Rows over which nextval or setval is called one by one are held in memory, so many at most. */
const ROWS_MAX = 1_000_000;

/** Prepares a statement whose sequence functions have become parameters. */
type Prepare = (session: Session, statement: ParsedStatement, declaredTypes: readonly number[]) => Promise<SessionStatement>;

/** A statement whose nextval and kin, if it has any, `prepare` gets to see as parameters after its own. `isChanged`: its tree has more than its text. */
export async function prepareWithSequences(
  session: Session,
  statement: ParsedStatement,
  declaredTypes: readonly number[],
  prepare: Prepare,
  isChanged = false,
): Promise<SessionStatement> {
  if (!isChanged && hasNoSequenceCall(statement.text)) {
    return prepare(session, statement, declaredTypes);
  }
  const rows = extractRowCalls(statement);
  if (rows !== null) {
    return prepareRowCalls(session, rows.statement, rows.columns, declaredTypes);
  }
  const extracted = extractSequenceCalls(statement);
  if (extracted === null) {
    return prepare(session, statement, declaredTypes);
  }
  const { calls } = extracted;
  const ownCount = Math.max(extracted.parameterCount, declaredTypes.length);
  const own = Array.from({ length: ownCount }, (_, index) => declaredTypes[index] ?? 0);
  for (const { number, argument } of calls.flatMap(parameterArguments)) {
    own[number - 1] = own[number - 1] || (ARGUMENT_TYPES[argument] ?? 0);
  }
  const types = own;
  const inner = await prepare(session, extracted.statement, [...types, ...calls.map(() => OID.int8)]);
  const argumentQueries = await Promise.all(calls.map((call) => prepareArguments(session, statement, call, types)));
  return {
    text: statement.text,
    parameterTypes: inner.parameterTypes.slice(0, extracted.parameterCount),
    endsTransaction: inner.endsTransaction,
    describe: () => inner.describe(),
    run: async (options): Promise<ExecutionResult> => {
      const values: ParameterValue[] = [];
      const ahead = await TakenAhead.take(session, calls);
      for (const [index, call] of calls.entries()) {
        const value = ahead.next(call) ?? (await callFunction(session, call, await argumentsOf(call, argumentQueries[index] ?? null, options)));
        values.push({ format: 'text', bytes: value === null ? null : Buffer.from(String(value)) });
      }
      return inner.run({ ...options, parameters: [...options.parameters, ...values] });
    },
  };
}

/** Values of sequences that a statement calls several times, taken at once: rows of VALUES into a serial column. */
class TakenAhead {
  readonly #session: Session;
  readonly #taken = new Map<string, { readonly found: FoundSequence; next: bigint }>();

  private constructor(session: Session) {
    this.#session = session;
  }

  static async take(session: Session, calls: readonly SequenceCall[]): Promise<TakenAhead> {
    const ahead = new TakenAhead(session);
    const counts = new Map<string, number>();
    for (const name of calls.flatMap(constantNextval)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const [name, count] of counts) {
      const found = count > 1 ? await findSequence(session, name) : null;
      // One that cycles may have no such run of values.
      if (found !== null && !found.definition.cycle) {
        await requireUse(session, found, ['USAGE', 'UPDATE']);
        session.requireWritable('nextval()');
        const { first } = await session.services.sequences.take(found.name, found.definition, BigInt(count));
        ahead.#taken.set(name, { found, next: first });
      }
    }
    return ahead;
  }

  /** The value of a call; null where none was taken. */
  next(call: SequenceCall): bigint | null {
    const [name] = constantNextval(call);
    const taken = name === undefined ? undefined : this.#taken.get(name);
    if (taken === undefined) {
      return null;
    }
    const value = taken.next;
    taken.next += taken.found.definition.increment;
    this.#session.sequences.given(taken.found.id, value);
    return value;
  }
}

/** The name in a call of nextval with a constant; nothing for others. */
function constantNextval(call: SequenceCall): readonly string[] {
  const name = call.function === 'nextval' && call.arguments.length === 1 ? constantArgument(call.arguments[0]) : undefined;
  return name === undefined ? [] : [name];
}

/** Types of the arguments that parameters are taken for: a sequence's name, a value, a flag. */
const ARGUMENT_TYPES: readonly number[] = [OID.text, OID.int8, OID.bool];

/** The query of a call's arguments; null where they are constants. */
async function prepareArguments(session: Session, statement: ParsedStatement, call: SequenceCall, types: readonly number[]): Promise<QueryStatement | null> {
  if (call.arguments.every((argument) => constantArgument(argument) !== undefined)) {
    return null;
  }
  const query = new QueryStatement(session, argumentsQuery(statement, call), types);
  await query.translate();
  return query;
}

async function argumentsOf(call: SequenceCall, query: QueryStatement | null, options: ExecuteOptions): Promise<readonly (string | null)[]> {
  if (query === null) {
    return call.arguments.map((argument) => constantArgument(argument) ?? null);
  }
  const [row] = await textRows(query, { ...options, parameters: options.parameters.slice(0, query.parameterTypes.length), resultFormats: [] });
  return row ?? [];
}

/** A query some of whose columns are calls for each of its rows: the other columns are taken over. */
async function prepareRowCalls(
  session: Session,
  statement: ParsedStatement,
  columns: NonNullable<ReturnType<typeof extractRowCalls>>['columns'],
  declaredTypes: readonly number[],
): Promise<SessionStatement> {
  const query = await prepareWithSequences(session, statement, declaredTypes, prepareQuery);
  const describe = async (): Promise<readonly { readonly name: string; readonly type: { readonly oid: number; readonly modifier: number } }[]> => {
    const inner = (await query.describe()) ?? [];
    let place = 0;
    const outer = [];
    // A column of the query may be several, for `*`; those of a call are its arguments.
    const taken = inner.length - columns.reduce((sum, column) => sum + (column.kind === 'call' ? column.call.arguments.length : 0), 0);
    const plain = columns.filter((column) => column.kind === 'column').length;
    if (plain !== taken) {
      throw new SqlError(SQLSTATE.feature_not_supported, '* beside a sequence function is not supported');
    }
    for (const column of columns) {
      if (column.kind === 'call') {
        outer.push({ name: column.name, type: { oid: OID.int8, modifier: -1 } });
        place += column.call.arguments.length;
      } else {
        const found = inner[place];
        outer.push({ name: found?.name ?? '', type: found?.type ?? { oid: OID.text, modifier: -1 } });
        place += 1;
      }
    }
    return outer;
  };
  return {
    text: statement.text,
    parameterTypes: query.parameterTypes,
    endsTransaction: false,
    describe: async () => describeConstantColumns(await describe(), []),
    run: async (options): Promise<ExecutionResult> => {
      const outer = await describe();
      const unfit = outer.find((column, index) => formatOf(options.resultFormats, index) === 'binary' && !hasSimpleBinaryForm(column.type.oid));
      if (unfit !== undefined) {
        throw new SqlError(SQLSTATE.feature_not_supported, `column "${unfit.name}" beside a sequence function is not supported in binary format`);
      }
      const given: (readonly (string | null)[])[] = [];
      for (const row of await textRows(query, { ...options, resultFormats: [] })) {
        const values: (string | null)[] = [];
        let place = 0;
        for (const column of columns) {
          const count = column.kind === 'call' ? column.call.arguments.length : 1;
          const cells = row.slice(place, place + count);
          place += count;
          const value = column.kind === 'call' ? await callFunction(session, column.call, cells) : (cells[0] ?? null);
          values.push(value === null ? null : String(value));
        }
        given.push(values);
      }
      const stream = constantRows(outer, given, options.resultFormats);
      return { kind: 'rows', columns: stream.columns, stream, tag: (rowCount) => `SELECT ${rowCount}`, notices: [] };
    },
  };
}

async function textRows(query: SessionStatement, options: ExecuteOptions): Promise<readonly (readonly (string | null)[])[]> {
  const result = await query.run(options);
  const rows: (readonly (string | null)[])[] = [];
  if (result.kind !== 'rows') {
    return rows;
  }
  try {
    for (let batch = await result.stream.next(); batch !== null; batch = await result.stream.next()) {
      rows.push(...readDataRows(batch.bytes));
      if (rows.length > ROWS_MAX) {
        throw new SqlError(SQLSTATE.program_limit_exceeded, `sequence functions are called for at most ${ROWS_MAX} rows of a query`);
      }
    }
  } finally {
    await result.stream.close();
  }
  return rows;
}

/** The value of one call; null where an argument is. */
async function callFunction(session: Session, call: SequenceCall, values: readonly (string | null)[]): Promise<bigint | null> {
  const [name, value, flag] = values;
  const [least, most] = ARGUMENT_COUNTS[call.function];
  if (values.length < least || values.length > most) {
    throw new SqlError(SQLSTATE.undefined_function, `function ${call.function} with ${values.length} arguments does not exist`, { position: call.position });
  }
  if (call.function === 'lastval') {
    return session.sequences.last();
  }
  if (values.some((given) => given === null) || name === null || name === undefined) {
    return null;
  }
  const found = await findSequence(session, name);
  await requireUse(session, found, call.function === 'setval' ? ['UPDATE'] : call.function === 'currval' ? ['USAGE', 'SELECT'] : ['USAGE', 'UPDATE']);
  switch (call.function) {
    case 'currval':
      return session.sequences.current(found.id, found.name);
    case 'nextval':
      return await nextValue(session, found);
    case 'setval': {
      session.requireWritable('setval()');
      const number = integerArgument(value ?? '');
      const isCalled = flag === undefined || flag === null || /^t/i.test(flag);
      await session.services.sequences.set(found.name, found.definition, number, isCalled);
      if (isCalled) {
        session.sequences.set(found.id, number);
      }
      return number;
    }
  }
}

/** A sequence's next value, remembered for currval. */
async function nextValue(session: Session, found: { readonly id: string; readonly name: string; readonly definition: SequenceDefinition }): Promise<bigint> {
  session.requireWritable('nextval()');
  const { first } = await session.services.sequences.take(found.name, found.definition);
  session.sequences.given(found.id, first);
  return first;
}

const ARGUMENT_COUNTS = { nextval: [1, 1], currval: [1, 1], lastval: [0, 0], setval: [2, 3] } as const;

function integerArgument(text: string): bigint {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) {
    throw new SqlError(SQLSTATE.invalid_text_representation, `invalid input syntax for type bigint: "${text}"`);
  }
  return BigInt(text.trim());
}

/** 42501 unless the session has one of these privileges on the sequence. */
async function requireUse(session: Session, { view }: FoundSequence, privileges: readonly Privilege[]): Promise<void> {
  session.access.requireAny(await session.lake.snapshot(), guardedView(view), privileges);
}
