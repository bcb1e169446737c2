import { SQLSTATE } from '../sqlstate.js';
import { opaque } from './typed.js';
import type { Typed } from './typed.js';
import type { Range, RangeColumn, Scope } from './scope.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';

/** Resolves a column by name, from the innermost query outwards, with Postgres's errors. */
export function resolveColumn(translation: Translation, scope: Scope, path: readonly string[], location: number | undefined): Typed {
  const name = path.at(-1) ?? '';
  if (path.length === 1) {
    return resolveBare(translation, scope, name, location);
  }
  const rangeName = path.at(-2) ?? '';
  const schema = path.length > 2 ? path.at(-3) : undefined;
  const range = findRange(translation, scope, rangeName, schema, location);
  if (range === undefined) {
    // `column.field` of a struct column: a form only DuckDB's types have.
    const struct = path.length === 2 ? findBare(translation, scope, rangeName, location) : undefined;
    if (struct !== undefined && struct.type === null) {
      return opaque(`(${struct.sql})."${name.replaceAll('"', '""')}"`);
    }
    throw missingRange(translation, scope, path.slice(0, -1).join('.'), rangeName, location);
  }
  const matches = range.columns.filter((column) => column.name === name);
  if (matches.length > 1) {
    throw errorAt(translation, SQLSTATE.ambiguous_column, location, `column reference "${name}" is ambiguous`);
  }
  const match = matches[0];
  if (match === undefined) {
    throw missingColumn(translation, scope, `${rangeName}.${name}`, name, rangeName, location);
  }
  return match.value;
}

/** The range of that name, or undefined. */
export function findRange(translation: Translation, scope: Scope, name: string, schema: string | undefined, location: number | undefined): Range | undefined {
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    const found = level.namespace.ranges.filter((range) => range.name === name && (schema === undefined || range.schema === schema));
    if (found.length > 1) {
      throw errorAt(translation, SQLSTATE.duplicate_alias, location, `table reference "${name}" is ambiguous`);
    }
    if (found[0] !== undefined) {
      return found[0];
    }
  }
  return undefined;
}

function resolveBare(translation: Translation, scope: Scope, name: string, location: number | undefined): Typed {
  const column = findBare(translation, scope, name, location);
  if (column !== undefined) {
    return column;
  }
  const range = findRange(translation, scope, name, undefined, location);
  if (range !== undefined && range.sqlAlias !== null) {
    return { sql: range.sqlAlias, type: null, fields: range.columns.map((field) => field.value) };
  }
  throw missingColumn(translation, scope, `"${name}"`, name, undefined, location);
}

function findBare(translation: Translation, scope: Scope, name: string, location: number | undefined): Typed | undefined {
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    const matches = level.namespace.columns.filter((column) => column.name === name);
    if (matches.length > 1) {
      throw errorAt(translation, SQLSTATE.ambiguous_column, location, `column reference "${name}" is ambiguous`);
    }
    if (matches[0] !== undefined) {
      return matches[0].value;
    }
  }
  return undefined;
}

function missingRange(translation: Translation, scope: Scope, shown: string, name: string, location: number | undefined): Error {
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    const renamed = level.namespace.ranges.find((range) => range.name !== null && range.name.toLowerCase() === name.toLowerCase());
    if (renamed !== undefined && renamed.name !== null) {
      return errorAt(translation, SQLSTATE.undefined_table, location, `missing FROM-clause entry for table "${shown}"`, {
        hint: `Perhaps you meant to reference the table alias "${renamed.name}".`,
      });
    }
  }
  return errorAt(translation, SQLSTATE.undefined_table, location, `missing FROM-clause entry for table "${shown}"`);
}

function missingColumn(
  translation: Translation,
  scope: Scope,
  shown: string,
  name: string,
  rangeName: string | undefined,
  location: number | undefined,
): Error {
  const hint = columnHint(scope, name, rangeName);
  return errorAt(translation, SQLSTATE.undefined_column, location, `column ${shown} does not exist`, hint === undefined ? {} : { hint });
}

/** "Perhaps you meant": the nearest visible columns within half the name's length. */
function columnHint(scope: Scope, name: string, rangeName: string | undefined): string | undefined {
  let best: { readonly label: string; readonly distance: number }[] = [];
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    for (const range of level.namespace.ranges) {
      if (range.name === null || (rangeName !== undefined && range.name !== rangeName)) {
        continue;
      }
      for (const column of range.columns) {
        const distance = editDistance(name, column.name);
        const known = best[0]?.distance ?? Math.floor(Math.max(name.length, 2) / 2);
        if (distance < known || best.length === 0 ? distance <= known : false) {
          best = [{ label: `${range.name}.${column.name}`, distance }];
        } else if (best.length > 0 && distance === known) {
          best.push({ label: `${range.name}.${column.name}`, distance });
        }
      }
    }
  }
  if (best.length === 0 || best.length > 2) {
    return undefined;
  }
  return `Perhaps you meant to reference the column ${best.map((candidate) => `"${candidate.label}"`).join(' or the column ')}.`;
}

/** Levenshtein distance, bounded by the lengths of names. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The columns of `*` or `alias.*`. */
export function starColumns(translation: Translation, scope: Scope, path: readonly string[], location: number | undefined): readonly RangeColumn[] {
  if (path.length === 0) {
    if (scope.namespace.ranges.length === 0) {
      throw errorAt(translation, SQLSTATE.syntax_error, location, 'SELECT * with no tables specified is not valid');
    }
    return scope.namespace.columns.filter((column) => column.hidden !== true);
  }
  const name = path.at(-1) ?? '';
  const range = findRange(translation, scope, name, path.length > 1 ? path.at(-2) : undefined, location);
  if (range === undefined) {
    throw missingRange(translation, scope, path.join('.'), name, location);
  }
  return range.columns.filter((column) => column.hidden !== true);
}
