import type { LakeTable } from '../../fs/lake/model.js';
import { parseStatements } from '../../planner/parse/parser.js';
import type { Node } from '../../planner/parse/syntax-tree.js';
import type { DefaultOf } from '../../planner/translate/dml/change-query.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { COLUMN_SEQUENCE_TAG } from '../sequences/column-sequence.js';
import { DEFAULT_DIALECT } from './column-default.js';

/**
 * What DEFAULT means in a stored table, column by column: a constant, or the expression as it was written. Columns that a
 * sequence fills are 0 where `filled` names them, to be replaced later; elsewhere they are refused (0A000).
 */
export function defaultsOf(table: LakeTable, filled: readonly string[] = []): DefaultOf {
  return (name) => {
    const column = table.columns.find((candidate) => candidate.name === name);
    const value = column?.defaultValue ?? null;
    if (value === null) {
      return null;
    }
    if (filled.includes(name)) {
      return { A_Const: { ival: { ival: 0 }, location: -1 } };
    }
    if (column?.tags.has(COLUMN_SEQUENCE_TAG) === true) {
      throw new SqlError(SQLSTATE.feature_not_supported, `the default of column "${name}", which a sequence fills, is not supported here`);
    }
    if (value.kind === 'literal') {
      return { A_Const: { sval: { sval: value.text }, location: -1 } };
    }
    if (value.dialect !== DEFAULT_DIALECT) {
      throw new SqlError(SQLSTATE.feature_not_supported, `the default of column "${name}" is written in the SQL of "${value.dialect ?? 'another system'}"`);
    }
    return parsedExpression(value.text);
  };
}

/** No column of a temporary table has a default. */
export const NO_DEFAULTS: DefaultOf = () => null;

function parsedExpression(text: string): Node | null {
  const [statement] = parseStatements(`SELECT (${text})`);
  const node = statement?.node;
  const target = node !== null && node !== undefined && 'SelectStmt' in node ? node.SelectStmt.targetList?.[0] : undefined;
  return target !== undefined && 'ResTarget' in target ? withoutLocations(target.ResTarget.val ?? null) : null;
}

/** Places of the default's own text mean nothing in the statement it is put into. */
function withoutLocations(node: Node | null): Node | null {
  const copy: Node | null = JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === 'location' ? -1 : value)));
  return copy;
}
