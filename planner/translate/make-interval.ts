import { SQLSTATE } from '../sqlstate.js';
import type { Node } from '../parse/syntax-tree.js';
import { OID } from '../types/postgres-type.js';
import { coerce } from './coercion.js';
import { translateExpression } from './recursion.js';
import type { Scope } from './scope.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';
import type { Typed } from './typed.js';
import { typed, typeOf } from './typed.js';

/** The parameters of make_interval in order, with DuckDB's function that makes an interval of so many. */
const PARTS: readonly (readonly [string, string])[] = [
  ['years', 'to_years'],
  ['months', 'to_months'],
  ['weeks', 'to_weeks'],
  ['days', 'to_days'],
  ['hours', 'to_hours'],
  ['mins', 'to_minutes'],
  ['secs', 'to_microseconds'],
];

/** make_interval(years, months, ..., secs), each by place or by name (`days => 3`), 0 where left out. */
export function makeInterval(translation: Translation, scope: Scope, nodes: readonly Node[], location: number | undefined): Typed {
  const given = new Set<string>();
  const parts = nodes.map((node, index) => {
    const isNamed = 'NamedArgExpr' in node;
    const name = isNamed ? node.NamedArgExpr.name : PARTS[index]?.[0];
    const part = PARTS.find(([known]) => known === name);
    const value = isNamed ? node.NamedArgExpr.arg : node;
    if (part === undefined || value === undefined || given.has(part[0])) {
      throw errorAt(translation, SQLSTATE.undefined_function, location, 'function make_interval with these arguments does not exist', {
        hint: `make_interval takes ${PARTS.map(([known]) => known).join(', ')}, each once at most.`,
      });
    }
    given.add(part[0]);
    const isSeconds = part[0] === 'secs';
    const { sql } = coerce(translation, translateExpression(translation, scope, value), typeOf(isSeconds ? OID.float8 : OID.int4), 'implicit', location);
    return `${part[1]}(${isSeconds ? `CAST(round(${sql} * 1000000) AS BIGINT)` : sql})`;
  });
  return typed(parts.length === 0 ? `INTERVAL '0 seconds'` : `(${parts.join(' + ')})`, OID.interval);
}
