import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Node, RangeVar, SelectStmt } from '../../planner/parse/syntax-tree.js';
import type { Column } from '../../planner/relation/relation.js';
import type { ChangeRequest, SourceColumn } from '../../planner/translate/dml/change-query.js';
import { sourceQuery } from '../../planner/translate/dml/change-query.js';
import { columnNode, nullNode, resTarget, selectNode } from '../../planner/translate/dml/syntax-nodes.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import { translateInnerQuery } from '../../planner/translate/query.js';
import type { Session } from '../session/session.js';
import { QueryStatement } from './query.js';

/** A column of FROM or USING that RETURNING may name, and the column of the changed rows it is kept in. */
export interface ReturningSource extends SourceColumn {
  readonly kept: Column;
}

/** The name that the changed rows have beside those of the statement. */
const ROWS_NAME = '_sluice_rows';

/** The columns of FROM and USING that RETURNING mentions, and those it could mean; `environmentOf` makes the table known. */
export async function describeSources(
  session: Session,
  statement: ParsedStatement,
  declaredTypes: readonly number[],
  request: ChangeRequest,
  environmentOf: (environment: TranslationEnvironment) => TranslationEnvironment,
): Promise<readonly ReturningSource[]> {
  const mentioned = mentionedNames(request.returning ?? []);
  const sources: ReturningSource[] = [];
  for (const source of request.sources) {
    const query = new QueryStatement(session, statement, declaredTypes, (parsed, environment, types) =>
      translateInnerQuery(parsed, sourceQuery(parsed, source), environmentOf(environment), types),
    );
    const columns = await query.describeExactly();
    const isWhole = mentioned.all || mentioned.names.has(source);
    for (const { name, duckdbType, type } of columns) {
      if (isWhole || mentioned.names.has(name)) {
        sources.push({ source, name, kept: { name: `_sluice_source_${sources.length}`, type: duckdbType, postgres: type } });
      }
    }
  }
  return sources;
}

/**
 * RETURNING's query over rows that hold first what is kept of its sources and then the table's columns; every name means what it
 * does in the statement.
 */
export function returningSelect(
  returning: readonly Node[],
  alias: string,
  columns: readonly Column[],
  names: readonly string[],
  sources: readonly ReturningSource[],
  rows: RangeVar,
): SelectStmt {
  const table = sideOf(
    alias,
    columns.map(({ name }, index) => ({ name, place: sources.length + index })),
  );
  const placed = sources.map(({ source, name }, place) => ({ source, name, place }));
  const sides = names.map((source) =>
    sideOf(
      source,
      placed.filter((each) => each.source === source),
    ),
  );
  // The rows' own names would be seen beside those of the statement.
  const colnames = [...sources, ...columns].map((_, place): Node => ({ String: { sval: nameOfPlace(place) } }));
  const all: Node = { RangeVar: { ...rows, alias: { aliasname: ROWS_NAME, colnames } } };
  return selectNode(
    returning.flatMap((target) => (isAll(target) ? [alias, ...names].map(allOf) : [target])),
    [all, table, ...sides],
    null,
    null,
  );
}

function nameOfPlace(place: number): string {
  return `_sluice_row_${place}`;
}

/** One item of FROM: the columns of the row beside it that belong to one name. */
function sideOf(alias: string, columns: readonly { readonly name: string; readonly place: number }[]): Node {
  // A name of which nothing is mentioned is known all the same: what is wrong with `u.x` is the column.
  const targets: readonly Node[] =
    columns.length === 0
      ? [{ ResTarget: { name: ROWS_NAME, val: nullNode() } }]
      : columns.map(({ name, place }): Node => ({ ResTarget: { name, val: columnNode(ROWS_NAME, nameOfPlace(place)) } }));
  const subquery: Node = { SelectStmt: selectNode(targets, [], null, null) };
  return { RangeSubselect: { lateral: true, subquery, alias: { aliasname: alias } } };
}

function allOf(name: string): Node {
  return resTarget({ ColumnRef: { fields: [{ String: { sval: name } }, { A_Star: {} }], location: -1 } });
}

function isAll(target: Node): boolean {
  const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
  return value !== undefined && 'ColumnRef' in value && value.ColumnRef.fields?.length === 1 && isStar(value.ColumnRef.fields[0]);
}

function isStar(field: Node | undefined): boolean {
  return field !== undefined && 'A_Star' in field;
}

function isColumnReference(value: object): value is Extract<Node, { ColumnRef: unknown }> {
  return 'ColumnRef' in value;
}

/** Every name in references to columns, anywhere in the expressions, and whether `*` of everything is among them. */
function mentionedNames(expressions: readonly Node[]): { readonly names: ReadonlySet<string>; readonly all: boolean } {
  const names = new Set<string>();
  let all = false;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      value.forEach(visit);
      return;
    }
    if (typeof value !== 'object' || value === null) {
      return;
    }
    if (isColumnReference(value)) {
      const fields = value.ColumnRef.fields ?? [];
      all ||= fields.length === 1 && isStar(fields[0]);
      for (const field of fields) {
        if ('String' in field && field.String.sval !== undefined) {
          names.add(field.String.sval);
        }
      }
      return;
    }
    Object.values(value).forEach(visit);
  };
  visit(expressions);
  return { names, all };
}
