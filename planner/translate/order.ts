import type { Node, SortBy } from '../parse/syntax-tree.js';
import { settle } from './coercion.js';
import { translateExpression } from './recursion.js';
import type { Scope } from './scope.js';
import type { Translation } from './translation.js';
import { unsupported } from './translation.js';
import type { Typed } from './typed.js';

/** ORDER BY inside an aggregate or a window; empty without items. Integers there are constants, never column numbers. */
export function orderedBy(translation: Translation, scope: Scope, items: readonly Node[]): string {
  const parts: string[] = [];
  for (const item of items) {
    if ('SortBy' in item && item.SortBy.node !== undefined) {
      const value = settle(translation, translateExpression(translation, scope, item.SortBy.node));
      parts.push(sortItem(translation, item.SortBy, value));
    }
  }
  return parts.length === 0 ? '' : `ORDER BY ${parts.join(', ')}`;
}

/** One item with its direction; NULLs sort as the largest value unless the statement says otherwise. */
export function sortItem(translation: Translation, sort: SortBy, value: Typed): string {
  if (sort.sortby_dir === 'SORTBY_USING') {
    throw unsupported(translation, 'ORDER BY ... USING', sort.location);
  }
  const descending = sort.sortby_dir === 'SORTBY_DESC';
  const nulls = sort.sortby_nulls === 'SORTBY_NULLS_FIRST' ? 'FIRST' : sort.sortby_nulls === 'SORTBY_NULLS_LAST' ? 'LAST' : descending ? 'FIRST' : 'LAST';
  return `${value.sql} ${descending ? 'DESC' : 'ASC'} NULLS ${nulls}`;
}
