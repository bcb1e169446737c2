import type { Block } from './block.js';
import { conditions, partnersOf, pickPartner, tableScope } from './predicate.js';
import type { Making, OutputColumn, Scope } from './scope.js';

/** A CTE that FROM may name. */
export interface NamedSource {
  readonly name: string;
  readonly columns: readonly OutputColumn[];
}

/** Columns with few equal values: joining one more table by such a column multiplies rows by little. */
const JOIN_TARGETS: readonly string[] = ['places.code', 'carriers.carrier_id', 'carriers.hub', 'trips.id', 'notes.trip_id', 'nothing.code', 'nothing.number'];
const JOIN_COUNTS = [0, 0, 1, 1, 1, 2, 2, 3];

/** Makes a FROM: a table, CTE or derived table, joined to up to three tables. */
export function fromClause(
  making: Making,
  sources: readonly NamedSource[],
  makeInner: (depth: number) => Block,
  depth: number,
): { readonly text: string; readonly scope: Scope } {
  const { numbers } = making;
  let { text, scope } = firstSource(making, sources, makeInner, depth);
  const joins = numbers.pick(JOIN_COUNTS);
  for (let index = 0; index < joins; index += 1) {
    const left = scope.columns.filter((column) => targetsOf(column.origin).length > 0);
    if (left.length === 0) {
      break;
    }
    const column = numbers.pick(left);
    const [table = '', name = ''] = pickPartner(making, targetsOf(column.origin)).split('.');
    const right = tableScope(making, table);
    const kind = numbers.pick(['JOIN', 'JOIN', 'JOIN', 'LEFT JOIN', 'LEFT JOIN', 'LEFT JOIN', 'FULL JOIN', 'RIGHT JOIN']);
    const merged: Scope = {
      columns: [...scope.columns, ...right.scope.columns],
      key: scope.key === null || right.scope.key === null ? null : [...scope.key, ...right.scope.key],
    };
    // FULL JOIN takes plain equalities only: both engines refuse other conditions in some forms.
    const more = kind === 'FULL JOIN' || !numbers.chance(25) ? [] : conditions(making, right.scope, 1, false);
    text += ` ${kind} ${right.text} ON ${[`${column.text} = ${right.alias}.${name}`, ...more].join(' AND ')}`;
    scope = merged;
  }
  return { text, scope };
}

function firstSource(
  making: Making,
  sources: readonly NamedSource[],
  makeInner: (depth: number) => Block,
  depth: number,
): { readonly text: string; readonly scope: Scope } {
  const { numbers } = making;
  if (sources.length > 0 && numbers.chance(70)) {
    const source = numbers.pick(sources);
    const alias = making.fresh('c');
    return { text: `${source.name} ${alias}`, scope: scopeOf(alias, source.columns) };
  }
  if (depth > 0 && numbers.chance(18)) {
    const inner = makeInner(depth - 1);
    const alias = making.fresh('d');
    return { text: `(${inner.sql}) ${alias}`, scope: scopeOf(alias, inner.columns) };
  }
  const table = numbers.weighted<string>([
    [70, () => 'trips'],
    [15, () => 'notes'],
    [8, () => 'places'],
    [5, () => 'carriers'],
    [2, () => 'nothing'],
  ]);
  return tableScope(making, table);
}

function scopeOf(alias: string, columns: readonly OutputColumn[]): Scope {
  return { columns: columns.map((column) => ({ text: `${alias}.${column.name}`, type: column.type, origin: column.origin })), key: null };
}

function targetsOf(origin: string | null): readonly string[] {
  return partnersOf({ text: '', type: 'text', origin }).filter((partner) => JOIN_TARGETS.includes(partner));
}
