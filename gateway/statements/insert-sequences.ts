import type { LakeSnapshot, LakeTable } from '../../fs/lake/model.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { positionOf } from '../../planner/parse/statement.js';
import type { InsertStmt, Node } from '../../planner/parse/syntax-tree.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { IDENTITY_TAG, sequenceOfColumn } from '../sequences/column-sequence.js';
import type { SequenceDefinition } from '../sequences/definition.js';

/** A column that a sequence fills. */
export interface SequenceColumn {
  readonly name: string;
  readonly sequence: { readonly id: string; readonly name: string; readonly schema: string; readonly definition: SequenceDefinition };
  readonly identity: 'always' | 'by default' | null;
}

/** The columns of a table that sequences fill. */
export function sequenceColumns(snapshot: LakeSnapshot, table: LakeTable): readonly SequenceColumn[] {
  return table.columns.flatMap((column): readonly SequenceColumn[] => {
    const found = sequenceOfColumn(snapshot, column);
    if (found === undefined) {
      return [];
    }
    const identity = column.tags.get(IDENTITY_TAG);
    return [
      {
        name: column.name,
        sequence: { id: found.view.uuid, name: found.view.name, schema: found.view.schema, definition: found.definition },
        identity: identity === 'always' || identity === 'by default' ? identity : null,
      },
    ];
  });
}

/**
 * An INSERT with the values of columns that sequences fill written out: `call` gives the expression. Rows of VALUES get
 * one each; a query as source is left without them, and the columns that are to be filled in its rows are answered.
 */
export function withSequenceValues(
  statement: ParsedStatement,
  table: LakeTable,
  columns: readonly SequenceColumn[],
  call: (column: SequenceColumn) => Node,
): { readonly statement: ParsedStatement; readonly fill: readonly SequenceColumn[] } {
  const insert = statement.node !== null && 'InsertStmt' in statement.node ? statement.node.InsertStmt : undefined;
  if (columns.length === 0 || insert === undefined) {
    return { statement, fill: [] };
  }
  const names =
    insert.cols === undefined ? table.columns.map(({ name }) => name) : insert.cols.map((node) => ('ResTarget' in node ? (node.ResTarget.name ?? '') : ''));
  const ignoresGiven = insert.override === 'OVERRIDING_USER_VALUE';
  const rows = valuesOf(insert);
  if (rows === null) {
    const width = insert.cols === undefined ? widthOf(insert) : names.length;
    const given = names.slice(0, width ?? names.length);
    const refused = columns.find((column) => given.includes(column.name) && column.identity === 'always');
    if (refused !== undefined && insert.override !== 'OVERRIDING_SYSTEM_VALUE') {
      throw ignoresGiven
        ? new SqlError(SQLSTATE.feature_not_supported, 'OVERRIDING USER VALUE is not supported with a query')
        : nonDefault(refused.name, undefined);
    }
    return { statement, fill: columns.filter((column) => !given.includes(column.name)) };
  }
  const width = Math.min(names.length, ...rows.map((row) => row.length));
  const given = names.slice(0, insert.cols === undefined ? width : names.length);
  const missing = columns.filter((column) => !given.includes(column.name));
  const filled = rows.map((row) => [
    ...row.map((item, index): Node => {
      const column = columns.find(({ name }) => name === given[index]);
      if (column === undefined) {
        return item;
      }
      if ('SetToDefault' in item || ignoresGiven) {
        return call(column);
      }
      if (column.identity === 'always' && insert.override !== 'OVERRIDING_SYSTEM_VALUE') {
        throw nonDefault(column.name, positionOf(statement.source, locationOf(item)));
      }
      return item;
    }),
    ...missing.map(call),
  ]);
  const targets = [...given, ...missing.map(({ name }) => name)].map((name): Node => ({ ResTarget: { name, location: -1 } }));
  const select = insert.selectStmt !== undefined && 'SelectStmt' in insert.selectStmt ? insert.selectStmt.SelectStmt : {};
  const node: Node = {
    InsertStmt: {
      ...insert,
      cols: targets,
      selectStmt: {
        SelectStmt: { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE', ...select, valuesLists: filled.map((items): Node => ({ List: { items } })) },
      },
    },
  };
  return { statement: { ...statement, node }, fill: [] };
}

/** The rows of VALUES; one without values for DEFAULT VALUES, null for a query. */
function valuesOf(insert: InsertStmt): readonly (readonly Node[])[] | null {
  if (insert.selectStmt === undefined) {
    return [[]];
  }
  const lists = 'SelectStmt' in insert.selectStmt ? insert.selectStmt.SelectStmt.valuesLists : undefined;
  return lists === undefined ? null : lists.map((row) => ('List' in row ? (row.List.items ?? []) : []));
}

/** Columns of a query's list; undefined where only translating tells. */
function widthOf(insert: InsertStmt): number | undefined {
  const list = insert.selectStmt !== undefined && 'SelectStmt' in insert.selectStmt ? insert.selectStmt.SelectStmt.targetList : undefined;
  const isPlain = list?.every((item) => !('ResTarget' in item && item.ResTarget.val !== undefined && hasStar(item.ResTarget.val)));
  return isPlain === true ? list?.length : undefined;
}

function hasStar(node: Node): boolean {
  return 'ColumnRef' in node && (node.ColumnRef.fields ?? []).some((field) => 'A_Star' in field);
}

/** 428C9: a value of its own for a column that is always the sequence's. */
export function nonDefault(column: string, position: number | undefined): SqlError {
  return new SqlError(SQLSTATE.generated_always, `cannot insert a non-DEFAULT value into column "${column}"`, {
    detail: `Column "${column}" is an identity column defined as GENERATED ALWAYS.`,
    hint: 'Use OVERRIDING SYSTEM VALUE to override.',
    ...(position === undefined ? {} : { position }),
  });
}

function locationOf(node: Node): number | undefined {
  const [value]: unknown[] = Object.values(node);
  return typeof value === 'object' && value !== null && 'location' in value && typeof value.location === 'number' ? value.location : undefined;
}
