import { expression } from './expression.js';
import { aggregate, havingCondition, windowCall } from './calls.js';
import { fromClause, type NamedSource } from './from.js';
import { conditions, partnersOf, pickPartner, tableScope, whereClause } from './predicate.js';
import type { Making, OutputColumn, Scope, ValueType } from './scope.js';

/** A SELECT without ORDER BY and LIMIT, with what its result looks like. */
export interface Block {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
  /** True when the result is small by its form: aggregated, or filtered to a share of the rows. */
  readonly small: boolean;
}

/** What a block is asked to be. */
export interface BlockRequest {
  /** How many levels of derived tables may still be below it. */
  readonly depth: number;
  /** CTEs in sight. */
  readonly sources: readonly NamedSource[];
  /** Types of the output columns, where another block of a UNION ALL fixed them. */
  readonly types: readonly ValueType[] | null;
  /** True for a block whose rows go to the client as they are. */
  readonly outermost: boolean;
}

const OUTPUT_TYPES: readonly ValueType[] = ['integer', 'integer', 'integer', 'text', 'text', 'decimal', 'float', 'date', 'timestamp', 'boolean'];
/** Types a GROUP BY is mostly of: few distinct values. */
const GROUPED_TYPES: readonly ValueType[] = ['text', 'text', 'text', 'integer', 'boolean', 'date'];

/** Makes one query block. */
export function makeBlock(making: Making, request: BlockRequest): Block {
  const { numbers } = making;
  const from = fromClause(
    making,
    request.sources,
    (depth) => makeBlock(making, { depth, sources: request.sources, types: null, outermost: false }),
    request.depth,
  );
  const where = conditions(making, from.scope, numbers.pick([0, 1, 1, 2, 3]), true);
  if (numbers.chance(request.types === null ? 55 : 35)) {
    return aggregated(making, request, from, where);
  }
  let small = false;
  if (request.outermost && from.scope.key !== null && numbers.chance(60)) {
    where.push(`${from.scope.key[0]} % ${numbers.pick([20, 50, 100])} = ${numbers.below(20)}`);
    small = true;
  }
  return plain(making, request, from, where, small);
}

interface From {
  readonly text: string;
  readonly scope: Scope;
}

function plain(making: Making, request: BlockRequest, from: From, where: readonly string[], small: boolean): Block {
  const { numbers } = making;
  const types = request.types ?? Array.from({ length: numbers.between(1, 5) }, () => numbers.pick(OUTPUT_TYPES));
  const windows = request.types === null && numbers.chance(25);
  const outputs = types.map((type, index): { readonly text: string; readonly column: OutputColumn } => {
    const name = `${request.outermost ? 'r' : making.fresh('x')}${index}`;
    if (windows && index === types.length - 1) {
      const call = windowCall(making, from.scope);
      return { text: call.text, column: { name, type: call.type, origin: null } };
    }
    if (numbers.chance(5) && type === 'integer') {
      const text = correlatedCount(making, from.scope);
      if (text !== null) {
        return { text, column: { name, type, origin: null } };
      }
    }
    const text = expression(making, from.scope, type);
    const origin = from.scope.columns.find((column) => column.text === text)?.origin ?? null;
    return { text, column: { name, type, origin } };
  });
  const distinct = numbers.chance(12) ? 'DISTINCT ' : '';
  return {
    sql: `SELECT ${distinct}${outputs.map(({ text, column }) => `${text} AS ${column.name}`).join(', ')} FROM ${from.text}${whereClause(where)}`,
    columns: outputs.map(({ column }) => column),
    small,
  };
}

function aggregated(making: Making, request: BlockRequest, from: From, where: readonly string[]): Block {
  const { numbers } = making;
  const keyCount = request.types === null ? numbers.pick([0, 1, 1, 1, 2, 2, 3]) : Math.min(request.types.length, numbers.between(0, 2));
  const aggregateCount = request.types === null ? numbers.between(keyCount === 0 ? 1 : 0, 4) : request.types.length - keyCount;
  const keyTypes = request.types?.slice(0, keyCount) ?? Array.from({ length: keyCount }, () => numbers.pick(GROUPED_TYPES));
  const keys = keyTypes.map((type) => expression(making, from.scope, type, 1));
  const calls = Array.from({ length: aggregateCount }, (_, index) =>
    aggregate(making, from.scope, request.types?.[keyCount + index] ?? null, request.outermost),
  );
  const columns = [
    ...keys.map((text, index): OutputColumn => ({
      name: `${request.outermost ? 'r' : making.fresh('x')}${index}`,
      type: keyTypes[index] ?? 'text',
      origin: from.scope.columns.find((column) => column.text === text)?.origin ?? null,
    })),
    ...calls.map((call, index): OutputColumn => ({
      name: `${request.outermost ? 'r' : making.fresh('x')}${keyCount + index}`,
      type: call.type,
      origin: null,
    })),
  ];
  const texts = [...keys, ...calls.map((call) => call.text)];
  const groupBy = keyCount === 0 ? '' : ` GROUP BY ${keys.map((_, index) => index + 1).join(', ')}`;
  const having = numbers.chance(20) ? ` HAVING ${havingCondition(making, from.scope)}` : '';
  return {
    sql: `SELECT ${texts.map((text, index) => `${text} AS ${columns[index]?.name}`).join(', ')} FROM ${from.text}${whereClause(where)}${groupBy}${having}`,
    columns,
    small: true,
  };
}

function correlatedCount(making: Making, scope: Scope): string | null {
  const joinable = scope.columns.filter((column) => partnersOf(column).length > 0);
  if (joinable.length === 0) {
    return null;
  }
  const column = making.numbers.pick(joinable);
  const [table = '', name = ''] = pickPartner(making, partnersOf(column)).split('.');
  const inner = tableScope(making, table);
  return `(SELECT count(*) FROM ${inner.text} WHERE ${inner.alias}.${name} = ${column.text})`;
}
