import type { Node } from '../parse/syntax-tree.js';
import { stringValues } from '../parse/syntax-tree.js';
import { starColumns } from './columns.js';
import { translateExpression } from './recursion.js';
import { outputName } from './output-name.js';
import type { Scope } from './scope.js';
import type { QueryColumn } from './query-shape.js';
import type { Translation } from './translation.js';
import type { Typed } from './typed.js';

/** A SELECT list with its stars expanded. Names inside the printed SQL differ from each other even when case is ignored. */
export function translateTargets(translation: Translation, scope: Scope, items: readonly Node[]): readonly QueryColumn[] {
  const columns: { readonly name: string; readonly value: Typed }[] = [];
  for (const item of items) {
    if (!('ResTarget' in item) || item.ResTarget.val === undefined) {
      continue;
    }
    const value = item.ResTarget.val;
    if ('ColumnRef' in value && (value.ColumnRef.fields ?? []).some((field) => 'A_Star' in field)) {
      columns.push(...starColumns(translation, scope, stringValues(value.ColumnRef.fields), value.ColumnRef.location));
      continue;
    }
    columns.push({
      name: item.ResTarget.name ?? outputName(value),
      value: translateExpression(translation, scope, value),
    });
  }
  return withUniqueNames(columns);
}

/** Gives each column a name for the printed SQL that no other has. */
export function withUniqueNames(columns: readonly { readonly name: string; readonly value: Typed }[]): readonly QueryColumn[] {
  const used = new Set<string>();
  return columns.map((column) => {
    const base = column.name === '' ? 'column' : column.name;
    let sqlName = base;
    for (let suffix = 1; used.has(sqlName.toLowerCase()); suffix++) {
      sqlName = `${base}_${suffix}`;
    }
    used.add(sqlName.toLowerCase());
    return { name: column.name, sqlName, value: column.value };
  });
}
