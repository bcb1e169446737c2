import { constant, expression } from './expression.js';
import { predicate } from './predicate.js';
import { columnsOfType, type Making, type Scope, type ScopeColumn, type ValueType } from './scope.js';

/** An aggregate or window call with its type. */
export interface Call {
  readonly text: string;
  readonly type: ValueType;
}

/** An aggregate over a scope, of a given type when one is asked for. */
export function aggregate(making: Making, scope: Scope, type: ValueType | null, outermost: boolean): Call {
  const { numbers } = making;
  const call = type === null ? anyAggregate(making, scope, outermost) : aggregateOfType(making, scope, type);
  if (numbers.chance(15)) {
    // FILTER stands between the call and its cast.
    const cast = /^(.*\))(::[a-z]+(?: precision|\(18, 4\))?)$/.exec(call.text);
    const filter = ` FILTER (WHERE ${predicate(making, scope, false)})`;
    return { text: cast === null ? call.text + filter : `(${cast[1]}${filter})${cast[2]}`, type: call.type };
  }
  return call;
}

/** A condition for HAVING. */
export function havingCondition(making: Making, scope: Scope): string {
  const { numbers } = making;
  const integers = columnsOfType(scope, 'integer');
  if (integers.length === 0 || numbers.chance(60)) {
    return `count(*) ${numbers.pick(['>', '<', '<>'])} ${numbers.pick([1, 2, 10, 100, 700])}`;
  }
  return `${numbers.pick(['min', 'max', 'sum'])}(${numbers.pick(integers).text}) ${numbers.pick(['>', '<='])} ${constant(making, 'integer')}`;
}

/** A window call; where its order must be total it ends with the scope's key. */
export function windowCall(making: Making, scope: Scope): Call {
  const { numbers } = making;
  const partition = numbers.chance(75) ? `PARTITION BY ${expression(making, scope, numbers.pick(['text', 'integer', 'boolean']), 1)} ` : '';
  const ordered: ScopeColumn | undefined = scope.columns.find((column) => column.type === 'integer' || column.type === 'date');
  const integers = columnsOfType(scope, 'integer');
  const value = integers.length > 0 ? numbers.pick(integers).text : '1';
  const byColumn = `ORDER BY ${ordered?.text ?? value}${numbers.pick(['', ' DESC', ' NULLS FIRST'])}`;
  const total = scope.key === null ? null : `${byColumn}, ${scope.key.join(', ')}`;
  const peers: readonly (readonly [number, () => Call])[] = [
    [2, (): Call => ({ text: `rank() OVER (${partition}${byColumn})`, type: 'integer' })],
    [1, (): Call => ({ text: `dense_rank() OVER (${partition}${byColumn})`, type: 'integer' })],
    [2, (): Call => ({ text: `count(*) OVER (${partition})`, type: 'integer' })],
    [2, (): Call => ({ text: `sum(${value}) OVER (${partition}${byColumn})::bigint`, type: 'integer' })],
    [1, (): Call => ({ text: `max(${value}) OVER (${partition})`, type: 'integer' })],
  ];
  if (total === null) {
    return numbers.weighted(peers);
  }
  return numbers.weighted([
    ...peers,
    [3, (): Call => ({ text: `row_number() OVER (${partition}${total})`, type: 'integer' })],
    [2, (): Call => ({ text: `${numbers.pick(['lag', 'lead'])}(${value}, ${numbers.between(1, 3)}) OVER (${partition}${total})`, type: 'integer' })],
    [1, (): Call => ({ text: `first_value(${value}) OVER (${partition}${total})`, type: 'integer' })],
    [1, (): Call => ({ text: `sum(${value}) OVER (${partition}${total} ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)::bigint`, type: 'integer' })],
  ]);
}

function anyAggregate(making: Making, scope: Scope, outermost: boolean): Call {
  const { numbers } = making;
  return numbers.weighted<Call>([
    [4, () => ({ text: 'count(*)', type: 'integer' })],
    [2, () => ({ text: `count(${someColumn(making, scope)})`, type: 'integer' })],
    [2, () => ({ text: `count(DISTINCT ${someColumn(making, scope)})`, type: 'integer' })],
    [3, () => aggregateOfType(making, scope, 'integer')],
    [2, () => aggregateOfType(making, scope, 'decimal')],
    [2, () => aggregateOfType(making, scope, 'float')],
    [2, () => aggregateOfType(making, scope, 'text')],
    [1, () => aggregateOfType(making, scope, 'date')],
    [1, () => aggregateOfType(making, scope, 'timestamp')],
    [1, () => aggregateOfType(making, scope, 'boolean')],
    // Numeric in Postgres, double in DuckDB: only where nothing else is computed from it.
    [2, () => ({ text: `avg(${expression(making, scope, 'integer', 1)})${outermost ? '' : '::double precision'}`, type: 'float' })],
    [1, () => ({ text: `avg(${expression(making, scope, 'decimal', 1)})${outermost ? '' : '::double precision'}`, type: 'float' })],
  ]);
}

function aggregateOfType(making: Making, scope: Scope, type: ValueType): Call {
  const { numbers } = making;
  const argument = (): string => expression(making, scope, type, 1);
  const extremum = (): Call => ({ text: `${numbers.pick(['min', 'max'])}(${argument()})`, type });
  switch (type) {
    case 'integer':
      return numbers.weighted<Call>([
        [3, () => ({ text: `sum(${argument()})::bigint`, type })],
        [1, () => ({ text: `sum(DISTINCT ${argument()})::bigint`, type })],
        [2, extremum],
        [1, () => ({ text: 'count(*)', type })],
      ]);
    case 'decimal':
      // DuckDB's sum has 38 digits and no room for a larger scale: a UNION with one would round it, in Postgres not.
      return numbers.weighted<Call>([
        [2, () => ({ text: `sum(${argument()})::numeric(18, 4)`, type })],
        [1, extremum],
      ]);
    case 'float':
      return numbers.weighted<Call>([
        [2, () => ({ text: `sum(${argument()})`, type })],
        [2, () => ({ text: `avg(${argument()})`, type })],
        [1, extremum],
      ]);
    case 'text': {
      const columns = columnsOfType(scope, 'text');
      // Postgres cannot choose min() for an untyped literal: text aggregates are over columns or typed constants.
      const text = columns.length > 0 ? numbers.pick(columns).text : `${constant(making, 'text')}::text`;
      return numbers.weighted<Call>([
        [3, () => ({ text: `${numbers.pick(['min', 'max'])}(${text})`, type })],
        [1, () => ({ text: `string_agg(DISTINCT ${text}, ',' ORDER BY ${text})`, type })],
      ]);
    }
    case 'date':
    case 'timestamp':
      return extremum();
    case 'boolean':
      return { text: `${numbers.pick(['bool_and', 'bool_or'])}(${argument()})`, type };
  }
}

function someColumn(making: Making, scope: Scope): string {
  return scope.columns.length === 0 ? '1' : making.numbers.pick(scope.columns).text;
}
