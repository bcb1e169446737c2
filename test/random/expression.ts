import { columnsOfType, type Making, type Scope, type ValueType } from './scope.js';

/** Words that occur in the tables' texts, and some that do not. */
const TEXTS = ['ATL', 'ORD', 'DFW', 'LAX', 'PHX', 'DEN', 'GA', 'TX', 'CA', 'crew', 'weather', '', 'zz', 'Carrier C', 'Chicago'];

/** A constant of a type, within the range of the tables' values. */
export function constant(making: Making, type: ValueType): string {
  const { numbers } = making;
  switch (type) {
    case 'integer':
      return String(numbers.pick([numbers.between(-20, 40), numbers.between(0, 2500), numbers.between(0, 25), 0, 1]));
    case 'decimal':
      return `${numbers.between(40, 400)}.${String(numbers.below(100)).padStart(2, '0')}`;
    case 'float':
      return `${numbers.between(0, 90)}.${numbers.pick(['0', '25', '5', '75'])}::double precision`;
    case 'text':
      return `'${numbers.pick(TEXTS)}'`;
    case 'date':
      return `date '2001-${pad(numbers.between(1, 7))}-${pad(numbers.between(1, 28))}'`;
    case 'timestamp':
      return `timestamp '2001-${pad(numbers.between(1, 7))}-${pad(numbers.between(1, 28))} ${pad(numbers.below(24))}:30:00'`;
    case 'boolean':
      return numbers.pick(['true', 'false']);
  }
}

/** A scalar expression of a type over a scope: mostly plain columns, sometimes computed. */
export function expression(making: Making, scope: Scope, type: ValueType, depth = 2): string {
  const { numbers } = making;
  const columns = columnsOfType(scope, type);
  const again = (other: ValueType = type): string => expression(making, scope, other, depth - 1);
  const leaf = (): string => (columns.length > 0 && !numbers.chance(8) ? numbers.pick(columns).text : constant(making, type));
  if (depth <= 0 || numbers.chance(60)) {
    return leaf();
  }
  const general: readonly (readonly [number, () => string])[] = [
    [3, (): string => `coalesce(${leaf()}, ${constant(making, type)})`],
    [2, (): string => `CASE WHEN ${again('boolean')} THEN ${again()} ELSE ${again()} END`],
    [1, (): string => `nullif(${leaf()}, ${constant(making, type)})`],
    [1, (): string => `CASE ${again('integer')} WHEN 1 THEN ${again()} WHEN 0 THEN ${leaf()} END`],
  ];
  return numbers.weighted([...general, ...special(making, type, leaf, again)]);
}

/** What only this type has. Divisors are constants, factors small: nothing overflows, nothing divides by zero. */
function special(making: Making, type: ValueType, leaf: () => string, again: (type?: ValueType) => string): readonly (readonly [number, () => string])[] {
  const { numbers } = making;
  switch (type) {
    case 'integer':
      return [
        [4, (): string => `(${leaf()} ${numbers.pick(['+', '-'])} ${again()})`],
        [2, (): string => `(${leaf()} * ${numbers.between(-3, 9)})`],
        [2, (): string => `(${leaf()} / ${numbers.between(2, 50)})`],
        [2, (): string => `(${leaf()} % ${numbers.between(2, 50)})`],
        [1, (): string => `abs(${leaf()})`],
        [1, (): string => `-${leaf()}`.replace('--', '- -')],
        [1, (): string => `length(${again('text')})`],
        [1, (): string => `extract(${numbers.pick(['month', 'dow', 'day', 'hour'])} from ${again('timestamp')})::bigint`],
        [1, (): string => `(${again('date')} - ${again('date')})`],
        [1, (): string => `${numbers.pick(['greatest', 'least'])}(${leaf()}, ${again()})`],
      ];
    case 'decimal':
      return [
        [3, (): string => `(${leaf()} ${numbers.pick(['+', '-'])} ${leaf()})`],
        [2, (): string => `(${leaf()} * ${numbers.pick(['0.5', '1.10', '2'])})`],
        [1, (): string => `round(${leaf()}, ${numbers.between(0, 1)})`],
      ];
    case 'float':
      return [
        [2, (): string => `(${leaf()} * ${numbers.pick(['0.5', '2', '4'])}::double precision)`],
        [1, (): string => `(${leaf()} + ${again('integer')})`],
        [1, (): string => `floor(${leaf()})`],
        [1, (): string => `cast(${again('integer')} as double precision)`],
      ];
    case 'text':
      return [
        [2, (): string => `upper(${again()})`],
        [1, (): string => `lower(${leaf()})`],
        [2, (): string => `substring(${leaf()} from ${numbers.between(1, 2)} for ${numbers.between(1, 3)})`],
        [2, (): string => `(${leaf()} || '-' || ${again()})`],
        [1, (): string => `cast(${again('integer')} as text)`],
        [1, (): string => `replace(${leaf()}, 'A', 'o')`],
        [1, (): string => `concat(${leaf()}, '/', ${leaf()})`],
      ];
    case 'date':
      return [
        [2, (): string => `(${leaf()} + ${numbers.between(-30, 60)})`],
        [2, (): string => `cast(${again('timestamp')} as date)`],
      ];
    case 'timestamp':
      return [
        [2, (): string => `date_trunc('${numbers.pick(['month', 'week', 'day', 'hour'])}', ${leaf()})`],
        [2, (): string => `(${leaf()} + interval '${numbers.between(1, 40)} ${numbers.pick(['days', 'hours', 'minutes'])}')`],
      ];
    case 'boolean':
      return [
        [2, (): string => `(NOT ${leaf()})`],
        [3, (): string => `(${again('integer')} ${comparison(making)} ${constant(making, 'integer')})`],
        [2, (): string => `(${again('text')} IS ${numbers.pick(['', 'NOT '])}NULL)`],
        [1, (): string => `(${leaf()} ${numbers.pick(['AND', 'OR'])} ${again()})`],
      ];
  }
}

/** An operator that compares any two values of one type. */
export function comparison(making: Making): string {
  return making.numbers.pick(['=', '<>', '<', '<=', '>', '>=']);
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
