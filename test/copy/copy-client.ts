import { RawClient } from '../wire/raw-client.js';
import type { RawMessage } from '../wire/raw-client.js';
import { SYNC, bind, cstring, describeTarget, execute, message, parse, query, startup } from '../wire/frontend-bytes.js';

/** A server as this client finds it. */
export interface CopyServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** What a COPY or another statement came to. */
export interface CopyOutcome {
  /** The command tag, or `SQLSTATE message` with its DETAIL, HINT and CONTEXT lines. */
  readonly result: string;
  /** The data of COPY TO STDOUT. */
  readonly data: Buffer;
  /** DataRow bodies, for statements with rows. */
  readonly rowCount: number;
  /** Types of all messages, repeated ones of CopyData once. */
  readonly types: string;
}

/** What a client does after the server asked for data. */
export type CopyInput =
  | { readonly kind: 'data'; readonly chunks: readonly Buffer[] }
  | { readonly kind: 'fail'; readonly chunks: readonly Buffer[]; readonly reason: string };

const TIMEOUT_MS = 30_000;

/** A client of COPY that sends what it is told and sees every message. */
export class CopyClient {
  readonly #raw: RawClient;

  private constructor(raw: RawClient) {
    this.#raw = raw;
  }

  static async connect(server: CopyServer): Promise<CopyClient> {
    const raw = await RawClient.connect(server.host, server.port);
    raw.send(startup({ user: server.user, database: server.database }));
    await raw.until('Z');
    return new CopyClient(raw);
  }

  /** Runs a statement by a simple query; `input` is sent as soon as the server asks for data. */
  async simple(sql: string, input: CopyInput | null = null): Promise<CopyOutcome> {
    this.#raw.send(query(sql));
    return await this.#follow(input, false);
  }

  /** The same by Parse, Bind, Describe, Execute and Sync. */
  async extended(sql: string, input: CopyInput | null = null): Promise<CopyOutcome> {
    this.#raw.send(parse('', sql), bind('', ''), describeTarget('P', ''), execute('', 0), SYNC);
    return await this.#follow(input, true);
  }

  close(): void {
    this.#raw.close();
  }

  async #follow(input: CopyInput | null, isExtended: boolean): Promise<CopyOutcome> {
    const data: Buffer[] = [];
    let result = '';
    let rowCount = 0;
    let types = '';
    for (;;) {
      const next = await this.#raw.next(TIMEOUT_MS);
      if (next === null) {
        return { result: `${result} closed`, data: Buffer.concat(data), rowCount, types };
      }
      types += next.type === 'd' && types.endsWith('d') ? '' : next.type;
      switch (next.type) {
        case 'd':
          data.push(Buffer.from(next.body));
          break;
        case 'D':
          rowCount += 1;
          break;
        case 'G':
          this.#sendData(input, isExtended);
          break;
        case 'C':
          result += `${next.body.toString('utf8', 0, next.body.length - 1)};`;
          break;
        case 'E':
          result += `${errorText(next)};`;
          break;
        case 'Z':
          return { result, data: Buffer.concat(data), rowCount, types };
        default:
      }
    }
  }

  #sendData(input: CopyInput | null, isExtended: boolean): void {
    for (const chunk of input?.chunks ?? []) {
      this.#raw.send(message('d', chunk));
    }
    this.#raw.send(input?.kind === 'fail' ? message('f', cstring(input.reason)) : message('c'));
    if (isExtended) {
      this.#raw.send(SYNC);
    }
  }
}

/** An ErrorResponse's fields that both servers must give alike. */
function errorText({ body }: RawMessage): string {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .filter((field) => field !== '')
      .map((field) => [field[0], field.slice(1)]),
  );
  const shown = (['D', 'H', 'W'] as const).flatMap((code) => (fields.has(code) ? [`${code}: ${fields.get(code)}`] : []));
  return [`${fields.get('C')} ${fields.get('M')}`, ...shown].join(' | ');
}

/** Data in one piece. */
export function sent(text: string | Buffer): CopyInput {
  return { kind: 'data', chunks: [Buffer.from(text)] };
}

/** The same in pieces of a few bytes: records are cut anywhere. */
export function inPieces(text: string | Buffer, length: number): CopyInput {
  const bytes = Buffer.from(text);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += length) {
    chunks.push(bytes.subarray(at, at + length));
  }
  return { kind: 'data', chunks };
}
