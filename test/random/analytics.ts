import type { Block } from './block.js';
import { bigTable, columnOf, EXACT, selected, type Output } from './analytic-parts.js';
import { lateral, semiJoinOnMore, subqueryValues } from './analytic-subqueries.js';
import { aggregate } from './calls.js';
import { constant, expression } from './expression.js';
import { conditions, tableScope, whereClause } from './predicate.js';
import { columnsOfType, type Making, type Scope, type ValueType } from './scope.js';

/** Makes a block around one of the operators that reports are made of: grouping sets, set operations, subqueries as values, and so on. */
export function makeAnalytic(making: Making): Block {
  const { numbers } = making;
  return numbers.weighted<Block>([
    [4, () => groupingSets(making)],
    [3, () => severalAggregates(making)],
    [3, () => setOperation(making)],
    [3, () => subqueryValues(making)],
    [2, () => distinctOn(making)],
    [3, () => severalWindows(making)],
    [2, () => lateral(making)],
    [2, () => unnested(making)],
    [2, () => inequalityJoin(making)],
    [2, () => semiJoinOnMore(making)],
  ]);
}

/** Aggregates that need the rows of a group together, and others. */
function holistic(making: Making, scope: Scope): Output {
  const { numbers } = making;
  const exact = columnOf(making, scope, EXACT).text;
  const integers = columnsOfType(scope, 'integer');
  const integer = integers.length === 0 ? '1' : numbers.pick(integers).text;
  const texts = columnsOfType(scope, 'text');
  const key = scope.key?.join(', ') ?? integer;
  return numbers.weighted<Output>([
    [4, () => ({ text: `count(DISTINCT ${exact})`, type: 'integer' })],
    [2, () => ({ text: `count(DISTINCT ${exact}) FILTER (WHERE ${integer} > ${constant(making, 'integer')})`, type: 'integer' })],
    [2, () => ({ text: `sum(DISTINCT ${integer})::bigint`, type: 'integer' })],
    [2, () => ({ text: `percentile_disc(${numbers.pick(['0.5', '0.9', '0.25'])}) WITHIN GROUP (ORDER BY ${integer})::bigint`, type: 'integer' })],
    [texts.length === 0 ? 0 : 2, () => ({ text: `string_agg(${numbers.pick(texts).text}, ',' ORDER BY ${key})`, type: 'text' })],
    [2, () => ({ text: `array_length(array_agg(${exact}), 1)::bigint`, type: 'integer' })],
    [4, () => aggregate(making, scope, numbers.pick<ValueType>(['integer', 'text', 'date', 'boolean']), true)],
    [2, () => ({ text: 'count(*)', type: 'integer' })],
  ]);
}

function groupingSets(making: Making): Block {
  const { numbers } = making;
  const table = bigTable(making);
  const groupable = table.scope.columns.filter((column) => column.type === 'text' || column.type === 'boolean' || /\.(?:carrier|kind)$/.test(column.text));
  const groups = [...new Set(Array.from({ length: numbers.between(1, 3) }, () => numbers.pick(groupable)))];
  const texts = groups.map((group) => group.text);
  const sets = numbers.weighted<string>([
    [3, () => `ROLLUP (${texts.join(', ')})`],
    [3, () => `CUBE (${texts.join(', ')})`],
    [3, () => `GROUPING SETS (${[`(${texts.join(', ')})`, ...texts.map((text) => `(${text})`), ...(numbers.chance(60) ? ['()'] : [])].join(', ')})`],
  ]);
  const where = conditions(making, table.scope, 2, false);
  if (numbers.chance(8)) {
    where.push('1 = 0');
  }
  const outputs: Output[] = [
    ...groups.map(({ text, type }) => ({ text, type })),
    ...(numbers.chance(50) ? [{ text: `grouping(${texts.join(', ')})::bigint`, type: 'integer' as const }] : []),
    ...Array.from({ length: numbers.between(1, 3) }, () => holistic(making, table.scope)),
  ];
  return selected(outputs, `FROM ${table.text}${whereClause(where)} GROUP BY ${sets}`, true);
}

function severalAggregates(making: Making): Block {
  const { numbers } = making;
  const table = bigTable(making);
  const groups = numbers.chance(50) ? [] : [columnOf(making, table.scope, ['text', 'boolean'])];
  const outputs: Output[] = [
    ...groups.map(({ text, type }) => ({ text, type })),
    ...Array.from({ length: numbers.between(2, 5) }, () => holistic(making, table.scope)),
  ];
  const by = groups.length === 0 ? '' : ` GROUP BY ${groups.map(({ text }) => text).join(', ')}`;
  return selected(outputs, `FROM ${table.text}${whereClause(conditions(making, table.scope, 2, numbers.chance(30)))}${by}`, true);
}

function setOperation(making: Making): Block {
  const { numbers } = making;
  const types = Array.from({ length: numbers.between(1, 3) }, () => numbers.pick(EXACT));
  const alias = making.fresh('s');
  const branch = (): string => {
    const table = tableScope(making, numbers.pick(['trips', 'trips', 'notes', 'places', 'carriers']));
    const outputs = types.map((type, index) => `${expression(making, table.scope, type, 1)} AS y${index}`);
    return `SELECT ${outputs.join(', ')} FROM ${table.text}${whereClause(conditions(making, table.scope, 2, false))}`;
  };
  let text = branch();
  for (let count = numbers.between(1, 2); count > 0; count -= 1) {
    text = `(${text} ${numbers.pick(['INTERSECT', 'INTERSECT ALL', 'EXCEPT', 'EXCEPT ALL', 'UNION'])} ${branch()})`;
  }
  const columns = types.map((type, index): Output => ({ text: `${alias}.y${index}`, type }));
  if (numbers.chance(50)) {
    return selected(
      [
        { text: 'count(*)', type: 'integer' },
        ...columns.slice(0, 1).map(({ text: column }): Output => ({ text: `count(DISTINCT ${column})`, type: 'integer' })),
      ],
      `FROM ${text} ${alias}`,
      true,
    );
  }
  return selected(columns, `FROM ${text} ${alias}`, false);
}

function distinctOn(making: Making): Block {
  const { numbers } = making;
  const table = bigTable(making);
  const key = table.scope.key?.join(', ') ?? '1';
  const on = [...new Set(Array.from({ length: numbers.between(1, 2) }, () => columnOf(making, table.scope, ['text', 'boolean', 'date']).text))];
  const alias = making.fresh('s');
  const types = Array.from({ length: numbers.between(1, 3) }, () => numbers.pick(EXACT));
  const inner = types.map((type, index) => `${expression(making, table.scope, type, 1)} AS y${index}`);
  const order = `${on.join(', ')}, ${columnOf(making, table.scope, ['integer', 'date']).text}${numbers.pick(['', ' DESC'])}, ${key}`;
  const text = `(SELECT DISTINCT ON (${on.join(', ')}) ${inner.join(', ')} FROM ${table.text}${whereClause(conditions(making, table.scope, 1, false))} ORDER BY ${order})`;
  return selected(
    types.map((type, index) => ({ text: `${alias}.y${index}`, type })),
    `FROM ${text} ${alias}`,
    true,
  );
}

function severalWindows(making: Making): Block {
  const { numbers } = making;
  const table = bigTable(making);
  const { scope } = table;
  const key = scope.key?.join(', ') ?? '1';
  const alias = making.fresh('s');
  const integer = columnOf(making, scope, ['integer']).text;
  const over = (): string =>
    `PARTITION BY ${[columnOf(making, scope, ['text', 'boolean']).text, ...(numbers.chance(30) ? [expression(making, scope, 'integer', 1)] : [])].join(', ')} `;
  const call = (): string =>
    numbers.weighted<string>([
      [3, () => `count(*) OVER (${numbers.chance(40) ? '' : over()})`],
      [3, () => `sum(${integer}) OVER (${numbers.chance(40) ? '' : over()})::bigint`],
      [2, () => `max(${integer}) OVER (${over()})`],
      [3, () => `row_number() OVER (${over()}ORDER BY ${integer}, ${key})`],
      [2, () => `sum(${integer}) OVER (${over()}ORDER BY ${key} ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)::bigint`],
      [1, () => `rank() OVER (ORDER BY ${integer})`],
    ]);
  const calls = Array.from({ length: numbers.between(2, 4) }, (_, index) => `${call()} AS y${index}`);
  const inner = `(SELECT ${key} AS k, ${calls.join(', ')} FROM ${table.text}${whereClause(conditions(making, scope, 2, false))})`;
  const outputs: Output[] = [{ text: `${alias}.k`, type: 'integer' }, ...calls.map((_, index): Output => ({ text: `${alias}.y${index}`, type: 'integer' }))];
  return selected(outputs, `FROM ${inner} ${alias} WHERE ${alias}.k % ${numbers.pick([20, 50])} = ${numbers.below(20)}`, true);
}

function unnested(making: Making): Block {
  const { numbers } = making;
  const table = bigTable(making);
  const alias = making.fresh('u');
  const integers = columnsOfType(table.scope, 'integer');
  const texts = columnsOfType(table.scope, 'text');
  const key = table.scope.key?.[0] ?? '1';
  const [text, type] = numbers.weighted<readonly [string, ValueType]>([
    [2, () => [`unnest(ARRAY[${[0, 1, 2].map(() => numbers.pick(integers).text).join(', ')}]) AS ${alias}(y)`, 'integer']],
    [2, () => [`unnest(string_to_array(nullif(${numbers.pick(texts).text}, ''), 'A')) AS ${alias}(y)`, 'text']],
    [2, () => [`generate_series(1, (${key} % 4)::integer) AS ${alias}(y)`, 'integer']],
  ]);
  const where = [`${key} % ${numbers.pick([20, 50])} = ${numbers.below(20)}`, ...conditions(making, table.scope, 1, false)];
  if (numbers.chance(50)) {
    return selected(
      [
        { text: `${alias}.y`, type },
        { text: 'count(*)', type: 'integer' },
      ],
      `FROM ${table.text}, ${text}${whereClause(where)} GROUP BY ${alias}.y`,
      true,
    );
  }
  return selected(
    [
      { text: key, type: 'integer' },
      { text: `${alias}.y`, type },
    ],
    `FROM ${table.text}, ${text}${whereClause(where)}`,
    true,
  );
}

function inequalityJoin(making: Making): Block {
  const { numbers } = making;
  const big = tableScope(making, 'trips');
  const little = tableScope(making, numbers.pick(['carriers', 'places', 'carriers']));
  const column = columnOf(making, little.scope, ['integer']).text;
  const other = columnOf(making, big.scope, ['integer']).text;
  const key = big.scope.key?.[0] ?? '1';
  const where = `${key} % ${numbers.pick([100, 200])} = ${numbers.below(40)}`;
  const kind = numbers.pick(['JOIN', 'JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'CROSS JOIN']);
  const on = kind === 'CROSS JOIN' ? '' : ` ON ${column} ${numbers.pick(['<', '>=', '<>'])} ${other} % 30`;
  const alias = making.fresh('b');
  const rows = `(SELECT * FROM ${big.text} WHERE ${where}) ${alias}`;
  const moved = (text: string): string => text.replaceAll(`${big.alias}.`, `${alias}.`);
  return selected(
    [
      { text: columnOf(making, little.scope, ['text']).text, type: 'text' },
      { text: 'count(*)', type: 'integer' },
      { text: `count(${alias}.id)`, type: 'integer' },
    ],
    `FROM ${rows} ${kind} ${little.text}${moved(on)} GROUP BY 1`,
    true,
  );
}
