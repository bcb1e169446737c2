import { makeAnalytic } from './analytics.js';
import { makeBlock } from './block.js';
import type { NamedSource } from './from.js';
import { NumberSource } from './number-source.js';
import type { Making } from './scope.js';

/** A random query with all a comparison needs, as plain data: regressions keep it as it is. */
export interface RandomQuery {
  readonly seed: number;
  readonly sql: string;
  /** The same without LIMIT and OFFSET; equal to `sql` when there are none. */
  readonly unlimitedSql: string;
  /** Output columns it is ordered by, from 0. */
  readonly orderedBy: readonly number[];
  readonly limited: boolean;
  /** Hints of the distributed run. */
  readonly hints: string;
  /** Value of sluice.disabled_rules in it; queries kept from before have none. */
  readonly rulesOff?: string;
}

/** Without gather-small even these little tables take the ways that large ones take. */
const RULES_OFF = [
  '',
  'gather-small',
  'gather-small',
  'gather-small,broadcast-join',
  'gather-small,partial-aggregate',
  'gather-small,distinct-by-argument',
  'reuse-partitioning',
];

/** Makes the query of a seed. */
export function makeQuery(seed: number): RandomQuery {
  const numbers = new NumberSource(seed);
  let aliases = 0;
  const split: string[] = [];
  const making: Making = {
    numbers,
    fresh: (prefix) => {
      aliases += 1;
      return `${prefix}${aliases}`;
    },
    mention: (table, alias) => {
      if (table === 'trips' || table === 'notes') {
        split.push(alias);
      }
    },
  };
  const sources: NamedSource[] = [];
  const definitions: string[] = [];
  if (numbers.chance(20)) {
    for (let count = numbers.between(1, 2); count > 0; count -= 1) {
      const block = makeBlock(making, { depth: 1, sources, types: null, outermost: false });
      const name = making.fresh('w');
      definitions.push(`${name} AS (${block.sql})`);
      sources.push({ name, columns: block.columns });
    }
  }
  const first = numbers.chance(40) ? makeAnalytic(making) : makeBlock(making, { depth: 2, sources, types: null, outermost: true });
  const parts = [first];
  if (numbers.chance(12)) {
    parts.push(makeBlock(making, { depth: 1, sources, types: first.columns.map((column) => column.type), outermost: true }));
  }
  const body = `${definitions.length === 0 ? '' : `WITH ${definitions.join(', ')} `}${parts.map((part) => part.sql).join(' UNION ALL ')}`;
  const small = parts.every((part) => part.small);

  let orderedBy: number[] = [];
  let order = '';
  if (numbers.chance(55)) {
    orderedBy = first.columns.map((_, index) => index).filter(() => numbers.chance(60));
    if (orderedBy.length === 0) {
      orderedBy = [0];
    }
    order = ` ORDER BY ${orderedBy.map((column) => `${column + 1}${numbers.pick(['', '', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST'])}`).join(', ')}`;
  }
  const limited = numbers.chance(small ? 25 : 80);
  const limit = limited ? ` LIMIT ${numbers.pick([1, 5, 10, 50, 300])}${numbers.chance(20) ? ` OFFSET ${numbers.pick([1, 3, 20])}` : ''}` : '';
  const shuffle = numbers.pick(['', '', ' SHUFFLE_HASH(*)']);
  // The tables of several files are too small to be split unless a hint says so.
  const shares = split
    .filter(() => numbers.chance(80))
    .map(
      (alias) =>
        ` PARTITION(${alias}, ${numbers.weighted<string>([
          [8, () => 'FILES'],
          [8, () => 'ROWS'],
          [1, () => 'RANDOM'],
          [1, () => `RANGE(${alias.startsWith('t') ? 'id' : 'note_id'})`],
        ])}, ${numbers.between(2, 5)})`,
    );
  return {
    seed,
    sql: body + order + limit,
    unlimitedSql: body + order,
    orderedBy,
    limited,
    hints: `DISTRIBUTED ${numbers.pick(['', '', '', '', '', '', 'REPARTITION(3) ', 'COALESCE(2) ', 'REPARTITION_BY_RANGE(2, r0) ', 'REBALANCE(r0) '])}PARTITIONS(${numbers.pick([1, 3, 3, 5, 16])})${shuffle}${shares.join('')}`,
    rulesOff: numbers.pick(RULES_OFF),
  };
}
