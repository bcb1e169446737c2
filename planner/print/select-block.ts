import { indent, line, wrap, type SqlLine, type SqlLines } from './sql-text.js';

/**
 * One SELECT in the making. Operators are added to a block as long as SQL's own order of clauses (FROM, WHERE, GROUP BY,
 * SELECT, DISTINCT, ORDER BY, LIMIT) gives the plan's meaning; then the block becomes a subselect and a new one begins.
 */
export interface SelectBlock {
  /** What stands after FROM; null for a SELECT without FROM. */
  readonly from: SqlLines | null;
  /** True when `from` is a join, which needs parentheses as the right side of another. */
  readonly isJoin: boolean;
  /** The output columns' texts, over the names in `from`. */
  readonly columns: readonly string[];
  /** True when the columns are mere names or constants: they may be repeated and used in every clause. */
  readonly isPlain: boolean;
  readonly where: readonly string[];
  /** GROUP BY's text, or null. A grouped block takes no further conditions. */
  readonly groupBy: string | null;
  /** `DISTINCT` or `DISTINCT ON (...)`, or null. */
  readonly distinct: string | null;
  readonly orderBy: readonly string[];
  /** `LIMIT ... OFFSET ...`, or null. */
  readonly limit: string | null;
  /** Text behind everything else (USING SAMPLE), or null. */
  readonly sample: string | null;
}

/** A block that gives `columns` of `from`. */
export function selectFrom(from: SqlLines | null, columns: readonly string[], isJoin = false): SelectBlock {
  return {
    from,
    isJoin,
    columns,
    isPlain: true,
    where: [],
    groupBy: null,
    distinct: null,
    orderBy: [],
    limit: null,
    sample: null,
  };
}

/** True while conditions may still be added: nothing after WHERE is in use, and columns are names. */
export function takesConditions(block: SelectBlock): boolean {
  return block.isPlain && isUnfinished(block) && block.orderBy.length === 0;
}

/** True while only FROM, WHERE and the SELECT list are in use. */
function isUnfinished(block: SelectBlock): boolean {
  return block.groupBy === null && block.distinct === null && block.limit === null && block.sample === null;
}

/** True when the SELECT list may be replaced by expressions over it. Not after ORDER BY and LIMIT: they would be computed for the rows that LIMIT drops. */
export function takesExpressions(block: SelectBlock): boolean {
  return takesConditions(block);
}

/** True when columns may be dropped, repeated or moved: all but DISTINCT, whose list is its key. */
export function takesRenaming(block: SelectBlock): boolean {
  return block.distinct === null && block.sample === null;
}

/** True when the block's FROM can stand in another block's FROM as it is, its columns under the same names. */
export function isBareSource(block: SelectBlock): boolean {
  return block.from !== null && block.where.length === 0 && takesConditions(block);
}

/** Name of output column `index`, the same in every block. */
export function outputName(index: number): string {
  return `c${index}`;
}

/** The block as a SELECT whose columns are c0..cn. */
export function renderBlock(block: SelectBlock): SqlLines {
  const list = block.columns.length === 0 ? 'NULL AS c0' : block.columns.map((column, index) => `${column} AS ${outputName(index)}`).join(', ');
  return [
    line(`SELECT ${block.distinct === null ? '' : `${block.distinct} `}${list}`),
    ...(block.from === null ? [] : wrap('FROM ', block.from, '')),
    ...clause('WHERE ', block.where, ' AND '),
    ...(block.groupBy === null ? [] : [line(`GROUP BY ${block.groupBy}`)]),
    ...clause('ORDER BY ', block.orderBy, ', '),
    ...(block.limit === null ? [] : [line(block.limit)]),
    ...(block.sample === null ? [] : [line(block.sample)]),
  ];
}

function clause(keyword: string, parts: readonly string[], separator: string): readonly SqlLine[] {
  return parts.length === 0 ? [] : [line(keyword + parts.join(separator))];
}

/** The block as a parenthesised subselect under an alias, and a new block that gives its columns. */
export function subselect(block: SelectBlock, alias: string): SelectBlock {
  const from: SqlLines = [line('('), ...indent(renderBlock(block)), line(`) AS ${alias}`)];
  return selectFrom(
    from,
    block.columns.map((_, index) => `${alias}.${outputName(index)}`),
  );
}
