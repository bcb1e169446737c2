import { comparison, constant, expression } from './expression.js';
import { columnsOfType, type Making, type Scope, type ScopeColumn, type ValueType } from './scope.js';
import { JOIN_DOMAINS, RANDOM_TABLES } from './tables.js';

/** Types that range comparisons are made of; floats are left out where rounding could decide. */
const COMPARED: readonly ValueType[] = ['integer', 'integer', 'decimal', 'text', 'date', 'timestamp'];

/** A condition over a scope, selective or not, with or without subqueries. */
export function predicate(making: Making, scope: Scope, subqueries: boolean): string {
  const { numbers } = making;
  const present = COMPARED.filter((type) => columnsOfType(scope, type).length > 0);
  if (present.length === 0) {
    return `${expression(making, scope, 'integer', 1)} IS NOT NULL`;
  }
  const type = numbers.pick(present);
  const column = numbers.pick(columnsOfType(scope, type)).text;
  const joinable = scope.columns.filter((candidate) => partnersOf(candidate).length > 0);
  return numbers.weighted<string>([
    [6, () => `${expression(making, scope, type, 1)} ${numbers.pick(['<', '>=', '<>', '<=', '>'])} ${constant(making, type)}`],
    [2, () => `${column} = ${constant(making, type)}`],
    [2, () => `${column} ${numbers.pick(['', 'NOT '])}IN (${[0, 1, 2, 3].map(() => constant(making, type)).join(', ')})`],
    [2, () => between(making, column, type)],
    [2, () => `${column} IS ${numbers.pick(['', 'NOT ', 'NOT '])}NULL`],
    [1, () => `${column} IS ${numbers.pick(['', 'NOT '])}DISTINCT FROM ${expression(making, scope, type, 1)}`],
    [1, () => `${expression(making, scope, 'text', 1)} ${numbers.pick(['', 'NOT '])}LIKE '${numbers.pick(['%A%', 'C%', '_R%', '%', '%t_'])}'`],
    [1, () => `(${predicate(making, scope, false)} OR ${predicate(making, scope, false)})`],
    [1, () => `NOT (${predicate(making, scope, false)})`],
    [1, () => expression(making, scope, 'boolean', 1)],
    ...(subqueries && joinable.length > 0
      ? [
          [4, (): string => membership(making, numbers.pick(joinable))] as const,
          [3, (): string => existence(making, scope, numbers.pick(joinable))] as const,
          [1, (): string => scalarComparison(making, scope)] as const,
        ]
      : []),
  ]);
}

/** Several conditions joined by AND, or none. */
export function conditions(making: Making, scope: Scope, countMax: number, subqueries: boolean): string[] {
  return Array.from({ length: making.numbers.below(countMax + 1) }, () => predicate(making, scope, subqueries));
}

/** Tables' columns that a column may be joined with. */
export function partnersOf(column: ScopeColumn): readonly string[] {
  const domain = JOIN_DOMAINS.find((names) => column.origin !== null && names.includes(column.origin));
  return domain ?? [];
}

/** One of several columns to join with; the empty table rarely, since it empties what it touches. */
export function pickPartner(making: Making, partners: readonly string[]): string {
  const full = partners.filter((partner) => !partner.startsWith('nothing.'));
  return making.numbers.pick(full.length > 0 && !making.numbers.chance(3) ? full : partners);
}

/** A table under a fresh alias as a scope of its own. */
export function tableScope(making: Making, name: string): { readonly text: string; readonly alias: string; readonly scope: Scope } {
  const table = RANDOM_TABLES.find((candidate) => candidate.name === name);
  if (table === undefined) {
    throw new Error(`no table ${name}`);
  }
  const alias = making.fresh(name.slice(0, 1));
  making.mention(name, alias);
  return {
    text: `${name} ${alias}`,
    alias,
    scope: {
      columns: table.columns.map(([column, type]) => ({ text: `${alias}.${column}`, type, origin: `${name}.${column}` })),
      key: table.key === null ? null : [`${alias}.${table.key}`],
    },
  };
}

function between(making: Making, column: string, type: ValueType): string {
  if (type === 'integer') {
    const low = making.numbers.between(-10, 900);
    return `${column} BETWEEN ${low} AND ${low + making.numbers.between(0, 900)}`;
  }
  return `${column} BETWEEN ${constant(making, type)} AND ${constant(making, type)}`;
}

/** IN and NOT IN: the latter over a subquery with and without NULLs. */
function membership(making: Making, column: ScopeColumn): string {
  const [table = '', name = ''] = pickPartner(making, partnersOf(column)).split('.');
  const inner = tableScope(making, table);
  const where = conditions(making, inner.scope, 2, false);
  const negated = making.numbers.chance(30);
  if (negated && making.numbers.chance(75)) {
    where.push(`${inner.alias}.${name} IS NOT NULL`);
  }
  return `${column.text} ${negated ? 'NOT ' : ''}IN (SELECT ${inner.alias}.${name} FROM ${inner.text}${whereClause(where)})`;
}

function existence(making: Making, scope: Scope, column: ScopeColumn): string {
  const [table = '', name = ''] = pickPartner(making, partnersOf(column)).split('.');
  const inner = tableScope(making, table);
  const where = [`${inner.alias}.${name} = ${column.text}`, ...conditions(making, inner.scope, 2, false)];
  if (making.numbers.chance(15)) {
    const both = columnsOfType(scope, 'integer');
    const others = columnsOfType(inner.scope, 'integer');
    if (both.length > 0 && others.length > 0) {
      where.push(`${making.numbers.pick(others).text} ${making.numbers.pick(['<>', '<', '>='])} ${making.numbers.pick(both).text}`);
    }
  }
  return `${making.numbers.pick(['', '', 'NOT '])}EXISTS (SELECT 1 FROM ${inner.text}${whereClause(where)})`;
}

function scalarComparison(making: Making, scope: Scope): string {
  const inner = tableScope(making, making.numbers.pick(['trips', 'places', 'carriers']));
  const column = making.numbers.pick(columnsOfType(inner.scope, 'integer')).text;
  const where = whereClause(conditions(making, inner.scope, 1, false));
  return `${expression(making, scope, 'integer', 1)} ${comparison(making)} (SELECT ${making.numbers.pick(['min', 'max'])}(${column}) FROM ${inner.text}${where})`;
}

/** ` WHERE a AND b`, or nothing. */
export function whereClause(terms: readonly string[]): string {
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`;
}
