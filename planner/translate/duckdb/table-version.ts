import type { TableVersion } from '../../parse/table-versions.js';
import type { JsonObject } from './tree.js';
import { isObject, textOf } from './tree.js';

/** Reads an `at_clause` of DuckDB's tree; null for one that is no constant. */
export function readAtClause(clause: JsonObject): TableVersion | null {
  const given = clause['expr'];
  const cast = isObject(given) && textOf(given, 'class') === 'CAST' ? given['child'] : undefined;
  const expression = cast ?? given;
  const constant = isObject(expression) && textOf(expression, 'class') === 'CONSTANT' ? expression['value'] : undefined;
  const value = isObject(constant) ? constant['value'] : undefined;
  if (textOf(clause, 'unit') === 'TIMESTAMP') {
    return typeof value === 'string' ? { kind: 'timestamp', text: value } : null;
  }
  const id = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(id) && id >= 0 && cast === undefined ? { kind: 'version', id } : null;
}
