import {
  FLUSH,
  REQUEST_CODE,
  SYNC,
  TERMINATE,
  bind,
  closeTarget,
  cstring,
  describeTarget,
  execute,
  message,
  packet,
  parse,
  query,
  startup,
} from './frontend-bytes.js';
import type { WireAddress } from './run-wire-file.js';

type Value = string | number | null | readonly (string | number | null)[];

interface Words {
  readonly name: string;
  readonly plain: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

const WORD = /\s*(?:(\w+)=)?("(?:[^"\\]|\\.)*"|\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]|-?\d+|null|\w+)/y;

/** The bytes of a message written as `Name "text" key=value`; the README lists the names. */
export function readMessage(text: string, address: WireAddress): Buffer {
  const words = readWords(text);
  const first = String(words.plain[0] ?? '');
  switch (words.name) {
    case 'Startup':
      return readStartup(words, address);
    case 'SSLRequest':
      return packet(REQUEST_CODE.ssl);
    case 'GSSENCRequest':
      return packet(REQUEST_CODE.gssenc);
    case 'Query':
      return query(first);
    case 'Parse':
      return parse(textOf(words, 'name'), textOf(words, 'text'), numbersOf(words, 'types'));
    case 'Bind':
      return bind(textOf(words, 'portal'), textOf(words, 'statement'), {
        formats: numbersOf(words, 'formats'),
        values: listOf(words, 'values').map(parameterBytes),
        results: numbersOf(words, 'results'),
      });
    case 'Describe':
      return describeTarget(targetOf(first), String(words.plain[1] ?? ''));
    case 'Close':
      return closeTarget(targetOf(first), String(words.plain[1] ?? ''));
    case 'Execute':
      return execute(textOf(words, 'portal'), Number(words.named.get('rows') ?? 0));
    case 'Sync':
      return SYNC;
    case 'Flush':
      return FLUSH;
    case 'Terminate':
      return TERMINATE;
    case 'CopyData':
      return message('d', Buffer.from(first));
    case 'CopyDone':
      return message('c');
    case 'CopyFail':
      return message('f', cstring(first));
    case 'Message':
      return message(first, Buffer.from(String(words.plain[1] ?? '').replaceAll(' ', ''), 'hex'));
    case 'Raw':
      return Buffer.from(first.replaceAll(' ', ''), 'hex');
    default:
      throw new Error(`no such message: ${text}`);
  }
}

function readStartup(words: Words, address: WireAddress): Buffer {
  const settings: Record<string, string> = {};
  for (const [name, value] of words.named) {
    if (name !== 'version') {
      settings[name.replace(/^pq_/, '_pq_.')] = String(value).replace('$user', address.user).replace('$database', address.database);
    }
  }
  const [major = 3, minor = 0] = String(words.named.get('version') ?? '3.0')
    .split('.')
    .map(Number);
  return startup(settings, [major, minor]);
}

/** `hex:00ff` are bytes, everything else is text. */
function parameterBytes(value: string | number | null): Buffer | null {
  if (value === null) {
    return null;
  }
  const text = String(value);
  return text.startsWith('hex:') ? Buffer.from(text.slice(4), 'hex') : Buffer.from(text, 'utf8');
}

function readWords(text: string): Words {
  const space = text.search(/\s|$/);
  const plain: Value[] = [];
  const named = new Map<string, Value>();
  WORD.lastIndex = space;
  while (text.slice(WORD.lastIndex).trim() !== '') {
    const match = WORD.exec(text);
    if (match === null) {
      throw new Error(`cannot read: ${text}`);
    }
    const raw = match[2] ?? '';
    const value = readValue(raw);
    if (match[1] === undefined) {
      plain.push(value);
    } else {
      named.set(match[1], value);
    }
  }
  return { name: text.slice(0, space), plain, named };
}

/** Strings, numbers, null and lists are JSON; any other word stands for itself. */
function readValue(raw: string): Value {
  if (!/^[["\-\d]|^null$/.test(raw)) {
    return raw;
  }
  const parsed: unknown = JSON.parse(raw);
  return Array.isArray(parsed) ? parsed.map(readScalar) : readScalar(parsed);
}

function readScalar(value: unknown): string | number | null {
  if (value === null || typeof value === 'number' || typeof value === 'string') {
    return value;
  }
  throw new Error(`neither text nor number nor null: ${JSON.stringify(value)}`);
}

function textOf(words: Words, name: string): string {
  return String(words.named.get(name) ?? '');
}

function listOf(words: Words, name: string): readonly (string | number | null)[] {
  const value = words.named.get(name) ?? [];
  return Array.isArray(value) ? value : [];
}

function numbersOf(words: Words, name: string): readonly number[] {
  return listOf(words, name).map(Number);
}

function targetOf(word: string): 'S' | 'P' {
  return word === 'statement' ? 'S' : 'P';
}
