import type { Block } from './block.js';
import { aggregate } from './calls.js';
import { constant } from './expression.js';
import { bigTable, columnOf, EXACT, selected, type Output } from './analytic-parts.js';
import { conditions, partnersOf, pickPartner, tableScope, whereClause } from './predicate.js';
import { columnsOfType, type Making } from './scope.js';

/** IN, ANY, ALL, EXISTS and scalar subqueries whose answers are columns. */
export function subqueryValues(making: Making): Block {
  const { numbers } = making;
  const table = bigTable(making);
  const joinable = table.scope.columns.filter((column) => partnersOf(column).length > 0);
  const key = table.scope.key?.[0] ?? '1';
  const value = (): Output => {
    const column = numbers.pick(joinable);
    const [name = '', partner = ''] = pickPartner(making, partnersOf(column)).split('.');
    const inner = tableScope(making, name);
    const found = `${inner.alias}.${partner}`;
    const integer = columnOf(making, inner.scope, ['integer']);
    const where = conditions(making, inner.scope, 2, false);
    return numbers.weighted<Output>([
      [4, () => ({ text: `(${column.text} ${numbers.pick(['', 'NOT '])}IN (SELECT ${found} FROM ${inner.text}${whereClause(where)}))`, type: 'boolean' })],
      [
        2,
        () => ({
          text: `(${column.text} ${numbers.pick(['> ANY', '<= ALL', '<> ALL', '>= ANY'])} (SELECT ${found} FROM ${inner.text}${whereClause([...where, `${found} IS NOT NULL`])}))`,
          type: 'boolean',
        }),
      ],
      [3, () => ({ text: `EXISTS (SELECT 1 FROM ${inner.text}${whereClause([`${found} = ${column.text}`, ...where])})`, type: 'boolean' })],
      [3, () => ({ text: `(SELECT max(${integer.text}) FROM ${inner.text}${whereClause([`${found} = ${column.text}`, ...where])})`, type: integer.type })],
      [2, () => ({ text: `(SELECT count(*) FROM ${inner.text}${whereClause([`${found} = ${column.text}`, ...where])})`, type: 'integer' })],
    ]);
  };
  const outputs: Output[] = [{ text: key, type: 'integer' }, ...Array.from({ length: numbers.between(1, 2) }, value)];
  return selected(outputs, `FROM ${table.text} WHERE ${key} % ${numbers.pick([10, 50, 100])} = ${numbers.below(10)}`, true);
}

/** A subquery in FROM that looks at the tables before it. */
export function lateral(making: Making): Block {
  const { numbers } = making;
  const outer = numbers.chance(60) ? tableScope(making, 'trips') : tableScope(making, 'carriers');
  const joinable = outer.scope.columns.filter((column) => partnersOf(column).length > 0);
  const column = numbers.pick(joinable);
  const [name = '', partner = ''] = pickPartner(making, partnersOf(column)).split('.');
  const inner = tableScope(making, name);
  const alias = making.fresh('l');
  const key = outer.scope.key?.[0] ?? '1';
  const where = [`${inner.alias}.${partner} = ${column.text}`, ...conditions(making, inner.scope, 1, false)];
  const rows = outer.text.startsWith('trips') ? ` WHERE ${key} % ${numbers.pick([50, 100])} = ${numbers.below(20)}` : '';
  if (inner.scope.key === null || numbers.chance(50)) {
    const call = aggregate(making, inner.scope, 'integer', true);
    return selected(
      [
        { text: key, type: 'integer' },
        { text: `${alias}.y`, type: call.type },
      ],
      `FROM ${outer.text} ${numbers.pick(['CROSS JOIN', 'CROSS JOIN', 'LEFT JOIN'])} LATERAL (SELECT ${call.text} AS y FROM ${inner.text}${whereClause(where)}) ${alias}`.replace(
        /LEFT JOIN (LATERAL .*)$/,
        'LEFT JOIN $1 ON true',
      ) + rows,
      true,
    );
  }
  const innerKey = inner.scope.key.join(', ');
  const rest = `FROM ${outer.text} ${numbers.pick(['CROSS', 'LEFT'])} JOIN LATERAL (SELECT ${innerKey} AS y FROM ${inner.text}${whereClause(where)} ORDER BY ${innerKey} DESC LIMIT ${numbers.between(1, 3)}) ${alias}`;
  return selected(
    [
      { text: key, type: 'integer' },
      { text: `${alias}.y`, type: 'integer' },
    ],
    `${rest}${rest.includes(' LEFT JOIN LATERAL') ? ' ON true' : ''}${rows}`,
    true,
  );
}

/** EXISTS and NOT EXISTS with a further condition over both sides, the big table on either. */
export function semiJoinOnMore(making: Making): Block {
  const { numbers } = making;
  const [outerName, innerName] = numbers.pick([
    ['carriers', 'trips'],
    ['trips', 'notes'],
    ['notes', 'trips'],
    ['places', 'trips'],
  ] as const);
  const outer = tableScope(making, outerName);
  const inner = tableScope(making, innerName);
  const pairs = outer.scope.columns.flatMap((left) =>
    partnersOf(left)
      .filter((partner) => partner.startsWith(`${innerName}.`))
      .map((partner) => [left.text, partner.replace(`${innerName}.`, `${inner.alias}.`)] as const),
  );
  const [left, right] = numbers.pick(pairs);
  const more = numbers.pick([
    `${columnOf(making, inner.scope, ['integer']).text} + ${columnOf(making, outer.scope, ['integer']).text} ${numbers.pick(['>', '<'])} ${constant(making, 'integer')}`,
    `${columnOf(making, inner.scope, ['date']).text} > ${columnOf(making, inner.scope, ['date']).text} - 3`,
  ]);
  const isDate = columnsOfType(inner.scope, 'date').length > 0;
  const condition = isDate || more.includes(' + ') ? more : '1 = 1';
  const outputs = Array.from({ length: numbers.between(1, 2) }, (): Output => {
    const column = columnOf(making, outer.scope, EXACT);
    return { text: column.text, type: column.type };
  });
  return selected(
    [...outputs, { text: 'count(*)', type: 'integer' }],
    `FROM ${outer.text} WHERE ${numbers.pick(['', 'NOT '])}EXISTS (SELECT 1 FROM ${inner.text} WHERE ${right} = ${left} AND ${condition}) GROUP BY ${outputs.map((_, index) => index + 1).join(', ')}`,
    true,
  );
}
