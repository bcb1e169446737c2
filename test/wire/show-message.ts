import { isUtf8 } from 'node:buffer';
import type { RawMessage } from './raw-client.js';

const NAMES: Readonly<Record<string, string>> = {
  R: 'Authentication',
  S: 'ParameterStatus',
  K: 'BackendKeyData',
  v: 'NegotiateProtocolVersion',
  Z: 'ReadyForQuery',
  T: 'RowDescription',
  t: 'ParameterDescription',
  D: 'DataRow',
  C: 'CommandComplete',
  I: 'EmptyQueryResponse',
  s: 'PortalSuspended',
  '1': 'ParseComplete',
  '2': 'BindComplete',
  '3': 'CloseComplete',
  n: 'NoData',
  E: 'ErrorResponse',
  N: 'NoticeResponse',
  A: 'NotificationResponse',
  V: 'FunctionCallResponse',
};

/** Rows beyond this many in a row are shown as their number. */
const SHOWN_ROW_COUNT = 8;

/** The type letter of a message's name. */
export function typeOfName(name: string): string {
  const entry = Object.entries(NAMES).find(([, known]) => known === name);
  if (entry === undefined) {
    throw new Error(`no such backend message: ${name}`);
  }
  return entry[0];
}

/** Replies as lines. What differs between servers by right is normalised; the README lists it. */
export function showMessages(messages: readonly RawMessage[]): string[] {
  const lines: string[] = [];
  let index = 0;
  while (index < messages.length) {
    if (messages[index]?.type === 'T' && messages[index + 1]?.type === 'E') {
      index += 1;
    }
    const run = countRows(messages, index);
    if (run > SHOWN_ROW_COUNT) {
      lines.push(...showOne(messages[index]), `... ${run - 2} rows`);
      index += run - 1;
    }
    lines.push(...showOne(messages[index]));
    index += 1;
  }
  return lines;
}

function countRows(messages: readonly RawMessage[], start: number): number {
  let end = start;
  while (messages[end]?.type === 'D') {
    end += 1;
  }
  return end - start;
}

function showOne(message: RawMessage | undefined): readonly string[] {
  if (message === undefined) {
    return [];
  }
  const { type, body } = message;
  const name = NAMES[type] ?? `Message ${type}`;
  switch (type) {
    case 'R':
      return [body.readInt32BE(0) === 0 ? 'AuthenticationOk' : `Authentication ${body.readInt32BE(0)}`];
    case 'S':
      return [`${name} ${strings(body).map(normaliseValue).join('=')}`];
    case 'K':
      return [`${name} <process id> <secret of ${body.length - 4} bytes>`];
    case 'v':
      return [[name, `${body.readUInt16BE(0)}.${body.readUInt16BE(2)}`, ...strings(body.subarray(8)).filter((option) => option !== '')].join(' ')];
    case 'Z':
      return [`${name} ${body.toString('latin1')}`];
    case 'T':
      return [name, ...showFields(body)];
    case 't':
      return [[name, ...Array.from({ length: body.readUInt16BE(0) }, (_, at) => body.readUInt32BE(2 + 4 * at))].join(' ')];
    case 'D':
      return [[name, ...showValues(body)].join(' ')];
    case 'C':
      return [`${name} ${strings(body).join(' ')}`];
    case 'E':
    case 'N':
      return showReport(name, body);
    default:
      return [body.length === 0 ? name : `${name} ${showBytes(body)}`];
  }
}

function showFields(body: Buffer): readonly string[] {
  const lines: string[] = [];
  let offset = 2;
  for (let field = 0; field < body.readInt16BE(0); field += 1) {
    const end = body.indexOf(0, offset);
    const fieldName = body.toString('utf8', offset, end);
    const format = body.readInt16BE(end + 17) === 1 ? 'binary' : 'text';
    lines.push(
      `  ${JSON.stringify(fieldName)} type ${body.readUInt32BE(end + 7)} size ${body.readInt16BE(end + 11)} modifier ${body.readInt32BE(end + 13)} ${format}`,
    );
    offset = end + 19;
  }
  return lines;
}

function showValues(body: Buffer): readonly string[] {
  const values: string[] = [];
  let offset = 2;
  for (let field = 0; field < body.readInt16BE(0); field += 1) {
    const length = body.readInt32BE(offset);
    offset += 4;
    if (length < 0) {
      values.push('null');
    } else {
      values.push(showBytes(body.subarray(offset, offset + length)));
      offset += length;
    }
  }
  return values;
}

/** Printable text as a JSON string, anything else in hex. */
function showBytes(bytes: Buffer): string {
  const isText = isUtf8(bytes) && bytes.every((byte) => byte >= 0x20 || byte === 0x0a || byte === 0x09);
  return isText ? JSON.stringify(bytes.toString('utf8')) : `0x${bytes.toString('hex')}`;
}

const REPORT_FIELDS: Readonly<Record<string, string>> = {
  D: 'detail',
  H: 'hint',
  P: 'position',
  p: 'internal position',
  q: 'internal query',
  s: 'schema',
  t: 'table',
  c: 'column',
  d: 'data type',
  n: 'constraint',
};

function showReport(name: string, body: Buffer): readonly string[] {
  const fields = new Map<string, string>();
  for (const part of body.toString('utf8').split('\0')) {
    if (part !== '') {
      fields.set(part.slice(0, 1), part.slice(1));
    }
  }
  const severity = fields.get('S') ?? '';
  const plainSeverity = fields.get('V') === severity ? '' : ` (V: ${fields.get('V') ?? 'none'})`;
  return [
    `${name} ${severity}${plainSeverity} ${fields.get('C') ?? ''} ${JSON.stringify(fields.get('M') ?? '')}`,
    ...Object.entries(REPORT_FIELDS).flatMap(([code, label]) => {
      const value = fields.get(code);
      return value === undefined ? [] : [`  ${label} ${JSON.stringify(value)}`];
    }),
  ];
}

function strings(body: Buffer): readonly string[] {
  return body.toString('utf8').replace(/\0$/, '').split('\0');
}

function normaliseValue(value: string, index: number, all: readonly string[]): string {
  return index === 1 && (all[0] === 'server_version' || all[0] === 'session_authorization') ? `<${all[0]}>` : value;
}
