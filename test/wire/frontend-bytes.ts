/** Frontend messages as bytes, written apart from the server's own code so that both cannot err alike. */

/** A text with its closing zero byte. */
export function cstring(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf8');
}

/** A big-endian 16-bit integer. */
export function int16(value: number): Buffer {
  return Buffer.from([(value >> 8) & 0xff, value & 0xff]);
}

/** A big-endian 32-bit integer, signed or unsigned. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
}

/** A message of a type with a body. */
export function message(type: string, ...body: readonly Buffer[]): Buffer {
  const joined = Buffer.concat(body);
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(joined.length + 4), joined]);
}

/** A start-up packet: a code and its body. */
export function packet(code: number, ...body: readonly Buffer[]): Buffer {
  const joined = Buffer.concat(body);
  return Buffer.concat([int32(joined.length + 8), int32(code), joined]);
}

/** StartupMessage of version `major.minor` with its settings. */
export function startup(settings: Readonly<Record<string, string>>, version: readonly [major: number, minor: number] = [3, 0]): Buffer {
  const pairs = Object.entries(settings).flatMap(([name, value]) => [cstring(name), cstring(value)]);
  return packet(version[0] * 0x10000 + version[1], ...pairs, Buffer.alloc(1));
}

/** SSLRequest, GSSENCRequest and CancelRequest are told apart by these. */
export const REQUEST_CODE = { ssl: 80_877_103, gssenc: 80_877_104, cancel: 80_877_102 } as const;

/** CancelRequest. */
export function cancelRequest(processId: number, secret: Buffer): Buffer {
  return packet(REQUEST_CODE.cancel, int32(processId), secret);
}

/** Query. */
export function query(text: string): Buffer {
  return message('Q', cstring(text));
}

/** Parse. */
export function parse(name: string, text: string, types: readonly number[] = []): Buffer {
  return message('P', cstring(name), cstring(text), int16(types.length), ...types.map(int32));
}

/** What Bind carries besides its names. */
export interface BindValues {
  readonly formats?: readonly number[];
  readonly values?: readonly (Buffer | string | null)[];
  readonly results?: readonly number[];
}

/** Bind. */
export function bind(portal: string, statement: string, options: BindValues = {}): Buffer {
  const { formats = [], values = [], results = [] } = options;
  return message(
    'B',
    cstring(portal),
    cstring(statement),
    int16(formats.length),
    ...formats.map(int16),
    int16(values.length),
    ...values.flatMap((value) => {
      const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
      return bytes === null ? [int32(-1)] : [int32(bytes.length), bytes];
    }),
    int16(results.length),
    ...results.map(int16),
  );
}

/** Describe of a statement (S) or portal (P). */
export function describeTarget(kind: 'S' | 'P', name: string): Buffer {
  return message('D', Buffer.from(kind), cstring(name));
}

/** Close of a statement (S) or portal (P). */
export function closeTarget(kind: 'S' | 'P', name: string): Buffer {
  return message('C', Buffer.from(kind), cstring(name));
}

/** Execute. */
export function execute(portal: string, rowCountMax = 0): Buffer {
  return message('E', cstring(portal), int32(rowCountMax));
}

/** Sync. */
export const SYNC: Buffer = message('S');
/** Flush. */
export const FLUSH: Buffer = message('H');
/** Terminate. */
export const TERMINATE: Buffer = message('X');
