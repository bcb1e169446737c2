import { quoteName, quoteText } from '../types/data-type.js';
import { fillInputs, withoutSemicolon } from './fill-inputs.js';
import type { FilesNode, FrameNode, JoinNode } from './frame-node.js';

/** The alias of the rows that a statement of the library selects from. */
export const ROWS = 'rows';

/** One node as a query over its inputs' names. With `alias` a scan's table has that name. */
export function bodyOf(node: FrameNode, inputs: readonly string[], alias: string | null = null): string {
  const [input = ''] = inputs;
  const as = alias === null ? '' : ` AS ${alias}`;
  switch (node.kind) {
    case 'files':
      return `SELECT ${node.columns === null ? '*' : node.columns.map(quoteName).join(', ')} FROM ${readerOf(node)}${as}`;
    case 'table':
      return `SELECT * FROM ${node.schema === null ? '' : `${quoteName(node.schema)}.`}${quoteName(node.name)}${as}`;
    case 'stored':
      return `SELECT * FROM ${node.id}${as}`;
    case 'sql':
      return fillInputs(withoutSemicolon(node.text), inputs);
    case 'select':
      return `SELECT ${node.expressions.join(', ')} FROM ${input}`;
    case 'filter':
      return `SELECT * FROM ${input} WHERE ${node.condition}`;
    case 'union':
      return inputs.map((name) => `SELECT * FROM ${name}`).join(node.isByName ? ' UNION ALL BY NAME ' : ' UNION ALL ');
    case 'join':
      return joinSql(node, input, inputs[1] ?? '');
    case 'aggregate': {
      const groups = node.groups.map((_, index) => String(index + 1)).join(', ');
      return `SELECT ${[...node.groups, ...node.aggregates].join(', ')} FROM ${input}${groups === '' ? '' : ` GROUP BY ${groups}`}`;
    }
    case 'distinct':
      return `SELECT DISTINCT * FROM ${input}`;
    case 'sort':
    case 'partial_sort':
      return `SELECT * FROM ${input} ORDER BY ${node.keys.join(', ')}`;
    case 'limit':
      return `SELECT * FROM ${input}${node.input.kind === 'sort' ? ` ORDER BY ${node.input.keys.join(', ')}` : ''} LIMIT ${node.count}${node.offset === 0 ? '' : ` OFFSET ${node.offset}`}`;
    case 'repartition':
    case 'partial_sql':
    case 'script':
      throw new Error(`${node.kind} is no query`);
  }
}

function readerOf({ format, paths, options }: FilesNode): string {
  const named = Object.entries(options).map(([name, value]) => `, ${name} => ${value}`);
  return `read_${format}(ARRAY[${paths.map(quoteText).join(', ')}]${named.join('')})`;
}

function joinSql(node: JoinNode, left: string, right: string): string {
  const list = node.expressions === null ? '*' : node.expressions.join(', ');
  const { condition } = node;
  if (node.joinType === 'semi' || node.joinType === 'anti') {
    const matches =
      condition.kind === 'on'
        ? condition.sql
        : condition.kind === 'using'
          ? condition.columns.map((column) => `l.${quoteName(column)} = r.${quoteName(column)}`).join(' AND ')
          : 'true';
    const columns = node.expressions === null ? 'l.*' : list;
    return `SELECT ${columns} FROM ${left} AS l WHERE ${node.joinType === 'anti' ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${right} AS r WHERE ${matches})`;
  }
  const text = condition.kind === 'on' ? ` ON ${condition.sql}` : condition.kind === 'using' ? ` USING (${condition.columns.map(quoteName).join(', ')})` : '';
  return `SELECT ${list} FROM ${left} AS l ${node.joinType.toUpperCase()} JOIN ${right} AS r${text}`;
}
