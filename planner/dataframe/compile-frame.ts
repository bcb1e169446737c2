import { parseStatements } from '../parse/parser.js';
import { fillInputs, withoutSemicolon } from './fill-inputs.js';
import { FrameKeys } from './frame-keys.js';
import type { FrameNode, FrameScript, PartialSqlNode, RepartitionNode, ScriptNode } from './frame-node.js';
import { frameInputs } from './frame-node.js';
import { bodyOf, ROWS } from './node-sql.js';
import type { Partitioning } from './partitioned-plan.js';

/** What a data frame means, in Sluice's SQL where SQL can say it: names of `parts` stand for other statements' rows. */
export type FrameStatement =
  | { readonly kind: 'query'; readonly sql: string; readonly parts: ReadonlyMap<string, FrameStatement> }
  | { readonly kind: 'repartition'; readonly input: FrameStatement; readonly partitioning: Partitioning }
  /** Run once a partition; $1 in it is the partition's number, $2 their count. */
  | { readonly kind: 'per_partition'; readonly sql: string; readonly parts: ReadonlyMap<string, FrameStatement>; readonly description: string }
  /** A function in JavaScript, run once a batch of each partition. */
  | { readonly kind: 'script'; readonly input: FrameStatement; readonly script: FrameScript; readonly columns: ScriptNode['columns'] };

/** The column that holds a partition's number until rows are there. */
export const NUMBER_COLUMN = 'sluice_partition_number';

/** Compiles a data frame, its rows in the partitions it asks for where it does. The same subtree is the same object. */
export function compileFrame(node: FrameNode): FrameStatement {
  return new FrameCompiler().partitions(new FrameKeys().canonical(node));
}

class FrameCompiler {
  readonly #partitions = new Map<FrameNode, FrameStatement>();
  readonly #queries = new Map<FrameNode, FrameStatement>();

  /** The rows in their partitions. */
  partitions(node: FrameNode): FrameStatement {
    const known = this.#partitions.get(node) ?? this.#compile(node);
    this.#partitions.set(node, known);
    return known;
  }

  #compile(node: FrameNode): FrameStatement {
    switch (node.kind) {
      case 'repartition':
        return this.#repartition(node);
      case 'script':
        return { kind: 'script', input: this.partitions(node.input), script: node.script, columns: node.columns };
      case 'partial_sql':
        return this.#perPartition(node.inputs, (names) => partialText(node, names), 'SQL');
      case 'partial_sort':
        return this.#perPartition([node.input], ([name = '']) => `SELECT * FROM ${name} ORDER BY ${node.keys.join(', ')}`, 'sort');
      case 'select':
      case 'filter':
        // Row by row: rows stay where they are.
        return hasPartitions(node.input) ? this.#perPartition([node.input], (names) => bodyOf(node, names), node.kind) : this.query(node);
      case 'files':
      case 'table':
      case 'stored':
      case 'sql':
      case 'union':
      case 'join':
      case 'aggregate':
      case 'distinct':
      case 'sort':
      case 'limit':
        return this.query(node);
    }
  }

  #repartition({ input, partitioning }: RepartitionNode): FrameStatement {
    switch (partitioning.kind) {
      case 'split':
        return this.#split(input, partitioning.by.toUpperCase(), String(partitioning.count), partitioning.count);
      case 'bytes':
        return this.#split(input, 'BYTES', `'${partitioning.size.replaceAll("'", "''")}'`, null);
      case 'expression': {
        const numbered = this.#perRow(input, `SELECT *, CAST((${partitioning.sql}) AS int) AS ${NUMBER_COLUMN} FROM {0}`);
        return {
          kind: 'repartition',
          input: numbered,
          partitioning: { kind: 'value', column: NUMBER_COLUMN, count: partitioning.count, isDropped: true },
        };
      }
      case 'script': {
        const numbered: FrameStatement = { kind: 'script', input: this.partitions(input), script: partitioning.script, columns: null };
        return { kind: 'repartition', input: numbered, partitioning: { kind: 'value', column: NUMBER_COLUMN, count: partitioning.count, isDropped: true } };
      }
      case 'hash':
      case 'range':
      case 'deal':
      case 'random':
      case 'value':
      case 'nested':
        return { kind: 'repartition', input: this.partitions(input), partitioning };
    }
  }

  /** A scan is cut without moving rows; other rows are dealt out. */
  #split(input: FrameNode, scheme: string, amount: string, count: number | null): FrameStatement {
    const source = scanned(input);
    if (source !== null) {
      const query = this.#queryOf(input, (alias) => `/*+ DISTRIBUTED PARTITION(${alias}, ${scheme}, ${amount}) */ `, source);
      return query;
    }
    return count === null ? this.partitions(input) : { kind: 'repartition', input: this.partitions(input), partitioning: { kind: 'deal', count } };
  }

  #perRow(input: FrameNode, text: string): FrameStatement {
    return this.#perPartition([input], (names) => fillInputs(text, names), 'numbers of partitions');
  }

  #perPartition(inputs: readonly FrameNode[], text: (names: readonly string[]) => string, description: string): FrameStatement {
    const parts = new Map(inputs.map((input, index) => [partName(index), this.partitions(input)]));
    return { kind: 'per_partition', sql: text([...parts.keys()]), parts, description };
  }

  /** All rows, by one query; what SQL cannot say stands behind the names it reads. */
  query(node: FrameNode): FrameStatement {
    const known = this.#queries.get(node) ?? this.#queryOf(node, () => '', null);
    this.#queries.set(node, known);
    return known;
  }

  #queryOf(root: FrameNode, hints: (alias: string) => string, hinted: FrameNode | null): FrameStatement {
    const readers = countReaders(root);
    const parts = new Map<string, FrameStatement>();
    const names = new Map<FrameNode, string>();
    const tables: string[] = [];
    const nameOf = (node: FrameNode): string => {
      const rows = transparent(node);
      const known = names.get(rows);
      if (known !== undefined) {
        return known;
      }
      if (isPart(rows)) {
        const name = partName(parts.size);
        parts.set(name, this.#part(rows));
        names.set(rows, name);
        return name;
      }
      const body = bodyOf(rows, operands(rows).map(nameOf), rows === hinted ? HINTED : null);
      const name = `frame_${tables.length + 1}`;
      const isShared = (readers.get(rows) ?? 0) > 1 && frameInputs(rows).length > 0;
      tables.push(`${name} AS ${isShared ? '' : 'NOT '}MATERIALIZED (${body}\n)`);
      names.set(rows, name);
      return name;
    };
    const node = transparent(root);
    if (isPart(node)) {
      return this.#part(node);
    }
    const body = hinted === null ? bodyOf(node, operands(node).map(nameOf)) : `SELECT ${hints(HINTED)}* FROM ${nameOf(node)} AS ${ROWS}`;
    const sql = tables.length === 0 ? body : /^\s*with\b/i.test(body) ? wrapped(tables, body) : `WITH ${tables.join(', ')} ${body}`;
    return { kind: 'query', sql, parts };
  }

  /** A statement of its own: one that runs by partitions, or one in DuckDB's own syntax, which would take the rest of a query along. */
  #part(node: FrameNode): FrameStatement {
    if (node.kind === 'partial_sql' || node.kind === 'script') {
      return this.partitions(node);
    }
    const known = this.#partitions.get(node);
    if (known !== undefined) {
      return known;
    }
    const parts = new Map(frameInputs(node).map((input, index) => [partName(index), this.query(input)]));
    const statement: FrameStatement = { kind: 'query', sql: bodyOf(node, [...parts.keys()]), parts };
    this.#partitions.set(node, statement);
    return statement;
  }
}

/** Name of the one scan that a hint speaks of. */
const HINTED = 'frame_scan';

function partName(index: number): string {
  return `part_${index}`;
}

function wrapped(tables: readonly string[], body: string): string {
  return `WITH ${[...tables, `frame_0 AS NOT MATERIALIZED (${body}\n)`].join(', ')} SELECT * FROM frame_0`;
}

function partialText(node: PartialSqlNode, names: readonly string[]): string {
  return fillInputs(withoutSemicolon(node.text), names)
    .replaceAll(/\bpartition_index\s*\(\s*\)/gi, 'CAST($1 AS int)')
    .replaceAll(/\bpartition_count\s*\(\s*\)/gi, 'CAST($2 AS int)');
}

/** Whether somebody said in which partitions the rows are to lie. */
function hasPartitions(node: FrameNode): boolean {
  switch (node.kind) {
    case 'repartition':
    case 'partial_sql':
    case 'partial_sort':
    case 'script':
      return true;
    case 'select':
    case 'filter':
      return hasPartitions(node.input);
    case 'files':
    case 'table':
    case 'stored':
    case 'sql':
    case 'union':
    case 'join':
    case 'aggregate':
    case 'distinct':
    case 'sort':
    case 'limit':
      return false;
  }
}

/** What gives the same rows, for a query that does not care where they lie. */
function transparent(node: FrameNode): FrameNode {
  return node.kind === 'repartition' || node.kind === 'partial_sort' ? transparent(node.input) : node;
}

function isPart(node: FrameNode): boolean {
  switch (node.kind) {
    case 'partial_sql':
    case 'script':
      return true;
    case 'union':
      return node.isByName;
    case 'sql':
      return parseStatements(
        fillInputs(
          withoutSemicolon(node.text),
          node.inputs.map((_, index) => partName(index)),
        ),
      ).some(({ kind }) => kind === 'duckdb');
    case 'files':
    case 'table':
    case 'stored':
    case 'select':
    case 'filter':
    case 'join':
    case 'aggregate':
    case 'distinct':
    case 'sort':
    case 'limit':
    case 'repartition':
    case 'partial_sort':
      return false;
  }
}

/** The one scan below operators that work row by row, or null. */
function scanned(node: FrameNode): FrameNode | null {
  switch (node.kind) {
    case 'files':
    case 'table':
    case 'stored':
      return node;
    case 'select':
    case 'filter':
      return scanned(node.input);
    case 'sql':
    case 'union':
    case 'join':
    case 'aggregate':
    case 'distinct':
    case 'sort':
    case 'limit':
    case 'repartition':
    case 'partial_sql':
    case 'partial_sort':
    case 'script':
      return null;
  }
}

/** What a node's query reads: LIMIT says its input's ORDER BY itself, so that only the first rows are kept while sorting. */
function operands(node: FrameNode): readonly FrameNode[] {
  return node.kind === 'limit' && node.input.kind === 'sort' ? [node.input.input] : frameInputs(node);
}

/** How many nodes of the query read each node. */
function countReaders(root: FrameNode): ReadonlyMap<FrameNode, number> {
  const counts = new Map<FrameNode, number>();
  const visit = (node: FrameNode): void => {
    for (const input of operands(node).map(transparent)) {
      const known = counts.get(input);
      counts.set(input, (known ?? 0) + 1);
      if (known === undefined) {
        visit(input);
      }
    }
  };
  visit(transparent(root));
  return counts;
}
