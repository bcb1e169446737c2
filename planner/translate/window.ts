import { SQLSTATE } from '../sqlstate.js';
import type { WindowDef } from '../parse/syntax-tree.js';
import { OID } from '../types/postgres-type.js';
import { isUntyped, oidOf, typeOf } from './typed.js';
import { coerce, settle } from './coercion.js';
import { translateExpression } from './recursion.js';
import { orderedBy } from './order.js';
import type { Scope } from './scope.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';

/** Bits of WindowDef.frameOptions (Postgres's nodes/parsenodes.h). */
const FRAME = {
  nonDefault: 0x1,
  range: 0x2,
  rows: 0x4,
  groups: 0x8,
  between: 0x10,
  startUnboundedPreceding: 0x20,
  endUnboundedPreceding: 0x40,
  startUnboundedFollowing: 0x80,
  endUnboundedFollowing: 0x100,
  startCurrentRow: 0x200,
  endCurrentRow: 0x400,
  startOffsetPreceding: 0x800,
  endOffsetPreceding: 0x1000,
  startOffsetFollowing: 0x2000,
  endOffsetFollowing: 0x4000,
  excludeCurrentRow: 0x8000,
  excludeGroup: 0x10000,
  excludeTies: 0x20000,
} as const;

/** ` OVER (...)` of a call. */
export function printOver(translation: Translation, scope: Scope, window: WindowDef): string {
  if (scope.clause === 'where' || scope.clause === 'group' || scope.clause === 'having' || scope.clause === 'on') {
    const place = scope.clause === 'where' ? 'WHERE' : scope.clause === 'group' ? 'GROUP BY' : scope.clause === 'having' ? 'HAVING' : 'JOIN conditions';
    throw errorAt(translation, SQLSTATE.windowing_error, window.location, `window functions are not allowed in ${place}`);
  }
  if (window.name !== undefined) {
    const named = scope.windows.get(window.name);
    if (named === undefined) {
      throw errorAt(translation, SQLSTATE.undefined_object, window.location, `window "${window.name}" does not exist`);
    }
    return ` OVER (${named})`;
  }
  return ` OVER (${windowSpecification(translation, scope, window)})`;
}

/** What stands between the parentheses of a window; a window it refers to is written out in front. */
export function windowSpecification(translation: Translation, scope: Scope, window: WindowDef): string {
  const parts: string[] = [];
  if (window.refname !== undefined) {
    const base = scope.windows.get(window.refname);
    if (base === undefined) {
      throw errorAt(translation, SQLSTATE.undefined_object, window.location, `window "${window.refname}" does not exist`);
    }
    if (base !== '') {
      parts.push(base);
    }
  }
  const partitions = (window.partitionClause ?? []).map((item) => settle(translation, translateExpression(translation, scope, item)).sql);
  if (partitions.length > 0) {
    parts.push(`PARTITION BY ${partitions.join(', ')}`);
  }
  const order = orderedBy(translation, scope, window.orderClause ?? []);
  if (order !== '') {
    parts.push(order);
  }
  const frame = frameText(translation, scope, window);
  if (frame !== '') {
    parts.push(frame);
  }
  return parts.join(' ');
}

function frameText(translation: Translation, scope: Scope, window: WindowDef): string {
  const options = window.frameOptions ?? 0;
  if ((options & FRAME.nonDefault) === 0) {
    return '';
  }
  const has = (bit: number): boolean => (options & bit) !== 0;
  const offset = (node: WindowDef['startOffset']): string => {
    if (node === undefined) {
      return '0';
    }
    const value = translateExpression(translation, scope, node);
    const isCount = has(FRAME.rows) || has(FRAME.groups);
    return isCount || (isUntyped(value) && value.parameter !== undefined) || oidOf(value) === OID.int4
      ? coerce(translation, value, typeOf(OID.int8), 'implicit').sql
      : isUntyped(value)
        ? coerce(translation, value, typeOf(OID.interval), 'implicit').sql
        : value.sql;
  };
  const unit = has(FRAME.rows) ? 'ROWS' : has(FRAME.groups) ? 'GROUPS' : 'RANGE';
  const start = has(FRAME.startUnboundedPreceding)
    ? 'UNBOUNDED PRECEDING'
    : has(FRAME.startCurrentRow)
      ? 'CURRENT ROW'
      : `${offset(window.startOffset)} ${has(FRAME.startOffsetPreceding) ? 'PRECEDING' : 'FOLLOWING'}`;
  const end = has(FRAME.endUnboundedFollowing)
    ? 'UNBOUNDED FOLLOWING'
    : has(FRAME.endCurrentRow)
      ? 'CURRENT ROW'
      : `${offset(window.endOffset)} ${has(FRAME.endOffsetPreceding) ? 'PRECEDING' : 'FOLLOWING'}`;
  const exclude = has(FRAME.excludeCurrentRow)
    ? ' EXCLUDE CURRENT ROW'
    : has(FRAME.excludeGroup)
      ? ' EXCLUDE GROUP'
      : has(FRAME.excludeTies)
        ? ' EXCLUDE TIES'
        : '';
  return `${unit} BETWEEN ${start} AND ${end}${exclude}`;
}
