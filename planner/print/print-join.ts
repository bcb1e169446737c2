import type { Expression } from '../plan/expressions.js';
import type { JoinCondition, JoinNode, JoinType } from '../plan/nodes.js';
import { mapRefs } from '../plan/rewrite-expression.js';
import { printComparison, printCondition, printExpression } from './print-expression.js';
import { isBareSource, outputName, renderBlock, selectFrom, subselect, takesConditions, type SelectBlock } from './select-block.js';
import type { PrintContext } from './print-context.js';
import { indent, line, wrap, type SqlLines } from './sql-text.js';

const KEYWORDS: Readonly<Record<Exclude<JoinType, 'mark' | 'single'>, string>> = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
  right_semi: 'SEMI JOIN',
  right_anti: 'ANTI JOIN',
};

/** Prints a join over inputs already printed. */
export function printJoin(join: JoinNode, left: SelectBlock, right: SelectBlock, context: PrintContext): SelectBlock {
  switch (join.joinType) {
    case 'inner':
    case 'left':
    case 'right':
    case 'full':
    case 'semi':
    case 'anti':
      return printTwoSided(join, KEYWORDS[join.joinType], left, right, context);
    case 'right_semi':
    case 'right_anti':
      return printTwoSided(mirrored(join), KEYWORDS[join.joinType], right, left, context);
    case 'mark':
      return printMark(join, left, right, context);
    case 'single':
      return printSingle(join, left, right, context);
  }
}

/** Prints a cross product. */
export function printCrossProduct(left: SelectBlock, right: SelectBlock, context: PrintContext): SelectBlock {
  const [leftSource, leftWhere] = asSource(left, true, context);
  const [rightSource, rightWhere] = asSource(right, true, context);
  const block = selectFrom(
    [...sourceLines(leftSource), ...wrap('CROSS JOIN ', rightLines(rightSource), '')],
    [...leftSource.columns, ...rightSource.columns],
    true,
  );
  return { ...block, where: [...leftWhere, ...rightWhere] };
}

/** right_semi and right_anti keep right rows: SQL writes them with the sides exchanged. */
function mirrored(join: JoinNode): JoinNode {
  const leftWidth = join.left.output.length;
  const rightWidth = join.right.output.length;
  const exchange = (index: number): number => (index < leftWidth ? index + rightWidth : index - leftWidth);
  return {
    ...join,
    joinType: join.joinType === 'right_semi' ? 'semi' : 'anti',
    left: join.right,
    right: join.left,
    conditions: join.conditions.map((condition) => ({
      left: condition.right,
      right: condition.left,
      comparison: MIRRORED[condition.comparison],
    })),
    residual:
      join.residual === null
        ? null
        : mapRefs(join.residual, (reference) => ({
            ...reference,
            index: exchange(reference.index),
          })),
    leftProjection: join.rightProjection,
    rightProjection: join.leftProjection,
  };
}

const MIRRORED: Readonly<Record<JoinCondition['comparison'], JoinCondition['comparison']>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  'IS NOT DISTINCT FROM': 'IS NOT DISTINCT FROM',
  'IS DISTINCT FROM': 'IS DISTINCT FROM',
};

function printTwoSided(join: JoinNode, keyword: string, left: SelectBlock, right: SelectBlock, context: PrintContext): SelectBlock {
  // Conditions of an input may wait until after the join where the join neither adds NULLs for that input nor tests its rows.
  const [leftSource, leftWhere] = asSource(left, join.joinType !== 'right' && join.joinType !== 'full', context);
  const [rightSource, rightWhere] = asSource(right, join.joinType === 'inner', context);
  const on = printConditions(join, leftSource.columns, rightSource.columns);
  const from: SqlLines =
    on.length === 0 && join.joinType === 'inner'
      ? [...sourceLines(leftSource), ...wrap('CROSS JOIN ', rightLines(rightSource), '')]
      : [...sourceLines(leftSource), ...wrap(`${keyword} `, rightLines(rightSource), ` ON ${on.length === 0 ? 'TRUE' : on.join(' AND ')}`)];
  const kept = join.joinType === 'semi' || join.joinType === 'anti' ? [] : pick(rightSource.columns, join.rightProjection);
  return {
    ...selectFrom(from, [...pick(leftSource.columns, join.leftProjection), ...kept], true),
    where: [...leftWhere, ...rightWhere],
  };
}

/** An input as something that can stand in FROM, and the conditions that are left for the outer WHERE. */
function asSource(block: SelectBlock, mayHoist: boolean, context: PrintContext): readonly [SelectBlock, readonly string[]] {
  if (isBareSource(block)) {
    return [block, []];
  }
  if (mayHoist && block.from !== null && takesConditions(block)) {
    return [{ ...block, where: [] }, block.where];
  }
  return [subselect(block, context.nextAlias()), []];
}

function sourceLines(source: SelectBlock): SqlLines {
  if (source.from === null) {
    throw new Error('a join input without FROM');
  }
  return source.from;
}

function rightLines(source: SelectBlock): SqlLines {
  const lines = sourceLines(source);
  return source.isJoin ? [line('('), ...indent(lines), line(')')] : lines;
}

function printConditions(join: JoinNode, left: readonly string[], right: readonly string[]): readonly string[] {
  const conditions = join.conditions.map((condition) =>
    printComparison(condition.comparison, printSide(condition.left, left), printSide(condition.right, right)),
  );
  return join.residual === null ? conditions : [...conditions, printCondition(join.residual, [...left, ...right])];
}

function printSide(expression: Expression, names: readonly string[]): string {
  return printExpression(expression, names);
}

function pick(columns: readonly string[], projection: readonly number[] | null): readonly string[] {
  return projection === null ? columns : projection.map((index) => columns[index] ?? '');
}

/**
 * A mark join is SQL's IN, ANY or EXISTS as a value. Equality on `IS NOT DISTINCT FROM` correlates the subquery (its
 * NULLs never make the answer unknown); the other conditions are the compared values, three-valued.
 */
function printMark(join: JoinNode, left: SelectBlock, right: SelectBlock, context: PrintContext): SelectBlock {
  const outer = takesConditions(left) && left.from !== null ? left : subselect(left, context.nextAlias());
  // Named once and read once, so that the answer is text like any other column.
  const name = context.addCte(renderBlock(right), false);
  const alias = context.nextAlias();
  const inner = right.columns.map((_, index) => `${alias}.${outputName(index)}`);
  const correlated = join.conditions.filter((condition) => condition.comparison === 'IS NOT DISTINCT FROM');
  const compared = join.conditions.filter((condition) => condition.comparison !== 'IS NOT DISTINCT FROM');
  const where = correlated.map((condition) =>
    printComparison(condition.comparison, printSide(condition.right, inner), printSide(condition.left, outer.columns)),
  );
  const values = compared.map((condition) => printSide(condition.right, inner));
  const subquery = `SELECT ${values.length === 0 ? '1' : values.join(', ')} FROM ${name} AS ${alias}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}`;
  return {
    ...outer,
    columns: [...pick(outer.columns, join.leftProjection), `${markHead(compared, outer.columns)} (${subquery})`],
    isPlain: false,
  };
}

function markHead(compared: readonly JoinCondition[], columns: readonly string[]): string {
  const [first] = compared;
  if (first === undefined) {
    return 'EXISTS';
  }
  const sides = compared.map((condition) => printSide(condition.left, columns));
  if (compared.length > 1) {
    return `(${sides.join(', ')}) IN`;
  }
  return first.comparison === '=' ? `${sides.join()} IN` : `${sides.join()} ${first.comparison} ANY`;
}

function plainSource(block: SelectBlock, context: PrintContext): SelectBlock {
  return isBareSource(block) ? block : subselect(block, context.nextAlias());
}

/** The message DuckDB gives when a scalar subquery finds more than one row. */
const SINGLE_ROW_MESSAGE = 'More than one row returned by a subquery used as an expression - scalar subqueries can only return a single row.';

/**
 * A single join is a left join that may find one row at most. The right side is grouped by its keys, so that it cannot
 * multiply rows, and a group of several raises DuckDB's error when a left row meets it.
 */
function printSingle(join: JoinNode, left: SelectBlock, right: SelectBlock, context: PrintContext): SelectBlock {
  const outer = plainSource(left, context);
  const inner = plainSource(right, context);
  const alias = context.nextAlias();
  const width = inner.columns.length;
  const keys = join.conditions.map((condition) => printSide(condition.right, inner.columns));
  const grouped: SelectBlock = {
    ...inner,
    columns: [...inner.columns.map((column) => `first(${column})`), ...keys, 'count(*)'],
    isPlain: false,
    groupBy: keys.join(', '),
  };
  const source = subselect(grouped, alias);
  const on = join.conditions.map((condition, index) =>
    printComparison(condition.comparison, printSide(condition.left, outer.columns), source.columns[width + index] ?? ''),
  );
  const from = [...sourceLines(outer), ...wrap('LEFT JOIN ', sourceLines(source), ` ON ${on.join(' AND ')}`)];
  const found = source.columns.slice(0, width);
  const block = selectFrom(from, [...pick(outer.columns, join.leftProjection), ...pick(found, join.rightProjection)], true);
  const count = source.columns.at(-1) ?? '';
  return {
    ...block,
    where: [`CASE WHEN ${count} > 1 THEN error('${SINGLE_ROW_MESSAGE}') ELSE TRUE END`],
  };
}
