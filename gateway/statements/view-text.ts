import { parseStatements } from '../../planner/parse/parser.js';
import { stringOffset } from '../../planner/parse/position.js';
import { runScanner } from '../../planner/parse/parser-module.js';
import type { Node, RangeVar } from '../../planner/parse/syntax-tree.js';
import type { TableVersion } from '../../planner/parse/table-versions.js';
import { versionOf } from '../../planner/parse/table-versions.js';
import { childNodes } from '../../planner/parse/walk.js';
import { quoteName } from '../../planner/types/data-type.js';

/** A relation's name by SQL's schemas. */
export interface SchemaAndName {
  readonly schema: string;
  readonly name: string;
}

/**
 * A view's text with other names for relations: `rename` gives the new name of one, or null to leave it. What had no alias gets
 * its old name as one, for its columns may be qualified by it. Names of WITH queries are left alone.
 */
export function renameRelations(
  sql: string,
  rename: (schema: string | undefined, name: string, version: TableVersion | undefined) => SchemaAndName | null,
): string {
  const [statement] = parseStatements(sql);
  if (statement === undefined || statement.node === null) {
    return sql;
  }
  const { ranges, withNames } = collect(statement.node);
  const edits = ranges.flatMap((range) => {
    const old = range.relname ?? '';
    const to = range.schemaname === undefined && withNames.has(old) ? null : rename(range.schemaname, old, versionOf(range));
    if (to === null) {
      return [];
    }
    const from = stringOffset(statement.source.offsets, range.location ?? 0);
    const length = nameLength(sql.slice(from), range.schemaname === undefined ? 1 : 3);
    const alias = range.alias === undefined && to.name !== old ? ` AS ${quoteName(old)}` : '';
    return [{ from, to: from + length, text: `${quoteName(to.schema)}.${quoteName(to.name)}${alias}` }];
  });
  let result = sql;
  for (const edit of edits.toSorted((a, b) => b.from - a.from)) {
    result = result.slice(0, edit.from) + edit.text + result.slice(edit.to);
  }
  return result;
}

function collect(root: Node): { readonly ranges: readonly RangeVar[]; readonly withNames: ReadonlySet<string> } {
  const ranges: RangeVar[] = [];
  const withNames = new Set<string>();
  const visit = (node: Node): void => {
    if ('RangeVar' in node) {
      ranges.push(node.RangeVar);
    }
    if ('CommonTableExpr' in node) {
      withNames.add(node.CommonTableExpr.ctename ?? '');
    }
    childNodes(node).forEach(visit);
  };
  visit(root);
  return { ranges, withNames };
}

/** Length of the first tokens of a text, with what lies between them. */
function nameLength(text: string, tokenCount: number): number {
  const last = runScanner(text)[tokenCount - 1];
  return last === undefined ? 0 : Buffer.from(text, 'utf8').subarray(0, last.end).toString('utf8').length;
}
