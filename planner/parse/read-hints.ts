import type { SqlNotice } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { Hint, PartitionScheme } from './hint.js';
import { runScanner } from './parser-module.js';
import { characterCount, stringOffset } from './position.js';
import type { ParsedStatement } from './statement.js';

/** A hint before its query block is known: `anchor` is the position of the keyword its comment stands after. */
export type HintText = DistributiveOmit<Hint, 'block'> & { readonly anchor: number };

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

type HintBody = DistributiveOmit<Hint, 'block' | 'position'>;

/** What the hint comments of a statement say. Positions are 1-based characters of the statement's own text. */
export interface HintReading {
  readonly hints: readonly HintText[];
  readonly notices: readonly SqlNotice[];
}

const NO_HINTS: HintReading = { hints: [], notices: [] };

/** Reads the hints of a statement. Costs nothing for a text without `/*+`. */
export function readHints(statement: Pick<ParsedStatement, 'text'>): HintReading {
  const text = statement.text;
  if (!text.includes('/*+')) {
    return NO_HINTS;
  }
  const hints: HintText[] = [];
  const notices: SqlNotice[] = [];
  for (const comment of hintComments(text)) {
    if (comment.anchor === null) {
      notices.push(warning('a hint comment must stand right after the first keyword of a query block', comment.position));
      continue;
    }
    readComment(comment, comment.anchor, hints, notices);
  }
  return { hints, notices };
}

interface HintComment {
  readonly body: string;
  /** Position of the comment. */
  readonly position: number;
  readonly anchor: number | null;
}

const ANCHORS: ReadonlySet<string> = new Set(['select', 'insert', 'with', 'values', 'update', 'delete', 'table', 'merge']);

function hintComments(text: string): readonly HintComment[] {
  const comments: HintComment[] = [];
  const bytes = byteIndex(text);
  let anchor: number | null = null;
  for (const token of runScanner(text)) {
    const start = bytes(token.start);
    if (token.tokenName === 'C_COMMENT' || token.tokenName === 'SQL_COMMENT') {
      const comment = text.slice(start, bytes(token.end));
      if (comment.startsWith('/*+')) {
        comments.push({
          body: comment.slice(3, -2),
          position: characterCount(text.slice(0, start)) + 1,
          anchor,
        });
      }
      continue;
    }
    anchor = ANCHORS.has(token.text.toLowerCase()) ? characterCount(text.slice(0, start)) + 1 : null;
  }
  return comments;
}

function byteIndex(text: string): (byte: number) => number {
  const encoder = new TextEncoder();
  // Only texts with hints come here; a lookup by prefix is fast enough for their few comments.
  const offsets = { text, stringOffsets: null };
  const length = encoder.encode(text).length;
  if (length === text.length) {
    return (byte) => stringOffset(offsets, byte);
  }
  const decoder = new TextDecoder();
  const encoded = encoder.encode(text);
  return (byte) => decoder.decode(encoded.subarray(0, byte)).length;
}

function readComment(comment: HintComment, anchor: number, hints: HintText[], notices: SqlNotice[]): void {
  const pattern = /\s*,?\s*([A-Za-z_]\w*)\s*/y;
  const body = comment.body;
  let index = 0;
  while (index < body.length && /\S/.test(body.slice(index))) {
    pattern.lastIndex = index;
    const match = pattern.exec(body);
    const position = comment.position + 3 + characterCount(body.slice(0, index)) + (/^\s*,?\s*/.exec(body.slice(index))?.[0].length ?? 0);
    if (match === null) {
      notices.push(warning(`malformed hint near "${body.slice(index).trim().slice(0, 20)}"`, position));
      return;
    }
    const name = (match[1] ?? '').toUpperCase();
    index = pattern.lastIndex;
    let args: readonly string[] | null = null;
    let dimension: string | null = null;
    if (body.charAt(index) === '(') {
      const end = closingParen(body, index);
      if (end < 0) {
        notices.push(warning(`hint ${name} has no closing parenthesis`, position));
        return;
      }
      args = splitArguments(body.slice(index + 1, end));
      index = end + 1;
      const alias = /^\s+AS\s+("(?:[^"]|"")+"|\w+)/i.exec(body.slice(index));
      if (alias !== null && name === 'PARTITION') {
        dimension = identifier(alias[1] ?? '');
        index += alias[0].length;
      }
    }
    const hint = readHint(name, args, dimension);
    if (typeof hint === 'string') {
      notices.push(warning(hint, position));
    } else {
      hints.push({ ...hint, position, anchor });
    }
  }
}

function readHint(name: string, args: readonly string[] | null, dimension: string | null): HintBody | string {
  const list = args ?? [];
  const first = list[0] ?? '';
  switch (name) {
    case 'PARTITION':
      return readPartition(list, dimension);
    case 'BROADCAST':
      return list.length === 1 ? { kind: 'broadcast', relation: identifier(first) } : 'hint BROADCAST takes one relation';
    case 'SHUFFLE_HASH':
      return list.length === 1 ? { kind: 'shuffle_hash', relation: identifier(first) } : 'hint SHUFFLE_HASH takes one relation or *';
    case 'REPARTITION':
    case 'REPARTITION_BY_RANGE': {
      const count = positiveInteger(first);
      const columns = (count === null ? list : list.slice(1)).map(identifier);
      if (list.length === 0 || (name === 'REPARTITION_BY_RANGE' && columns.length === 0)) {
        return `hint ${name} takes a number of partitions, columns, or both`;
      }
      return {
        kind: name === 'REPARTITION' ? 'repartition' : 'repartition_by_range',
        count,
        columns,
      };
    }
    case 'COALESCE': {
      const count = positiveInteger(first);
      return count === null || list.length !== 1 ? 'hint COALESCE takes a number of partitions' : { kind: 'coalesce', count };
    }
    case 'REBALANCE':
      return { kind: 'rebalance', columns: list.map(identifier) };
    case 'PARTITIONS': {
      const count = positiveInteger(first);
      return count === null || list.length !== 1 ? 'hint PARTITIONS takes a number of partitions' : { kind: 'partitions', count };
    }
    case 'LOCAL':
      return args === null || list.length === 0 ? { kind: 'local' } : 'hint LOCAL takes no arguments';
    case 'DISTRIBUTED':
      return args === null || list.length === 0 ? { kind: 'distributed' } : 'hint DISTRIBUTED takes no arguments';
    case 'RESOURCES':
      return readResources(list);
    default:
      return `unknown hint ${name}`;
  }
}

function readPartition(list: readonly string[], dimension: string | null): HintBody | string {
  const usage = 'hint PARTITION takes a relation, a scheme such as HASH(a), and a number of partitions';
  const scheme = /^(HASH|RANGE|VALUE)\s*\((.*)\)$|^(FILES|ROWS|BYTES|RANDOM)$/is.exec(list[1] ?? '');
  if (scheme === null || list.length > 3) {
    return usage;
  }
  const relation = identifier(list[0] ?? '');
  const word = (scheme[1] ?? scheme[3] ?? '').toUpperCase();
  const columns = splitArguments(scheme[2] ?? '').map(identifier);
  const count = list[2] === undefined ? null : positiveInteger(list[2]);
  if (word === 'BYTES') {
    const byteCount = byteSize(list[2] ?? '');
    return byteCount === null
      ? "hint PARTITION with BYTES takes a size such as '512MB'"
      : {
          kind: 'partition',
          relation,
          scheme: { kind: 'bytes', byteCount },
          count: null,
          dimension,
        };
  }
  if (list[2] !== undefined && count === null) {
    return `the number of partitions must be between 1 and ${PARTITION_COUNT_MAX}`;
  }
  const made = partitionScheme(word, columns);
  return made === null ? usage : { kind: 'partition', relation, scheme: made, count, dimension };
}

function partitionScheme(word: string, columns: readonly string[]): PartitionScheme | null {
  const column = columns[0];
  switch (word) {
    case 'HASH':
      return column === undefined ? null : { kind: 'hash', columns };
    case 'RANGE':
      return column === undefined ? null : { kind: 'range', columns };
    case 'VALUE':
      return column === undefined || columns.length !== 1 ? null : { kind: 'value', column };
    case 'FILES':
      return { kind: 'files' };
    case 'ROWS':
      return { kind: 'rows' };
    default:
      return { kind: 'random' };
  }
}

function readResources(list: readonly string[]): HintBody | string {
  let cpu: number | null = null;
  let memoryBytes: number | null = null;
  for (const item of list) {
    const match = /^(cpu|memory)\s*=\s*(.+)$/is.exec(item);
    const value = match?.[2] ?? '';
    if (match?.[1]?.toLowerCase() === 'cpu' && /^\d+(?:\.\d+)?$/.test(value) && Number(value) > 0) {
      cpu = Number(value);
    } else if (match?.[1]?.toLowerCase() === 'memory' && byteSize(value) !== null) {
      memoryBytes = byteSize(value);
    } else {
      return "hint RESOURCES takes cpu = N and memory = '8GB'";
    }
  }
  return list.length === 0 ? "hint RESOURCES takes cpu = N and memory = '8GB'" : { kind: 'resources', cpu, memoryBytes };
}

/** More partitions than this make more shuffle files than a file system takes well. */
const PARTITION_COUNT_MAX = 65536;

function positiveInteger(text: string): number | null {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : 0;
  return value >= 1 && value <= PARTITION_COUNT_MAX ? value : null;
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
  tb: 1024 ** 4,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

function byteSize(text: string): number | null {
  const match = /^'?\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*'?$/i.exec(text.trim());
  const unit = UNIT_BYTES[(match?.[2] ?? '').toLowerCase()];
  return match === null || unit === undefined ? null : Math.round(Number(match[1]) * unit);
}

/** A name as SQL folds it: lower case unless quoted. */
function identifier(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('"') ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed.toLowerCase();
}

function closingParen(text: string, open: number): number {
  let depth = 0;
  for (let index = open; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "'" || character === '"') {
      index = text.indexOf(character, index + 1);
      if (index < 0) {
        return -1;
      }
    } else if (character === '(') {
      depth++;
    } else if (character === ')' && --depth === 0) {
      return index;
    }
  }
  return -1;
}

function splitArguments(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    if (character === ',' && depth === 0) {
      parts.push(current.trim());
      current = '';
      continue;
    }
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    current += character;
  }
  return current.trim() === '' && parts.length === 0 ? [] : [...parts, current.trim()];
}

function warning(message: string, position: number): SqlNotice {
  return { severity: 'WARNING', sqlstate: SQLSTATE.syntax_error, message, position };
}
