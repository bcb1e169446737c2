import type { Block } from './block.js';
import { tableScope } from './predicate.js';
import type { Making, OutputColumn, Scope, ScopeColumn, ValueType } from './scope.js';

/** A FROM that is one big table, under a fresh alias. */
export interface Table {
  readonly text: string;
  readonly alias: string;
  readonly scope: Scope;
}

/** An output expression with its type. */
export interface Output {
  readonly text: string;
  readonly type: ValueType;
}

/** Types whose values compare alike however they were computed. */
export const EXACT: readonly ValueType[] = ['integer', 'integer', 'text', 'text', 'date', 'boolean'];

/** One of the tables of several files. */
export function bigTable(making: Making): Table {
  return tableScope(
    making,
    making.numbers.weighted<string>([
      [4, () => 'trips'],
      [1, () => 'notes'],
    ]),
  );
}

/** The outputs named as the client sees them, over a FROM. */
export function selected(outputs: readonly Output[], rest: string, small: boolean): Block {
  const columns = outputs.map(({ type }, index): OutputColumn => ({ name: `r${index}`, type, origin: null }));
  return { sql: `SELECT ${outputs.map(({ text }, index) => `${text} AS r${index}`).join(', ')} ${rest}`, columns, small };
}

/** A column of one of the types, any where there is none. */
export function columnOf(making: Making, scope: Scope, types: readonly ValueType[]): ScopeColumn {
  const candidates = scope.columns.filter((column) => types.includes(column.type));
  return making.numbers.pick(candidates.length === 0 ? scope.columns : candidates);
}
