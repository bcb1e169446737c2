// The names are the C library's own.
/* oxlint-disable no-underscore-dangle */
import type { ParseResult, ScanToken } from 'libpg-query';
import createModule from 'libpg-query/wasm/libpg-query.js';
import type { PgQueryModule } from 'libpg-query/wasm/libpg-query.js';
import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';

// A text nested too deeply overflows the JavaScript stack inside the WASM module. The module's own stack is then left where
// it was, and after some such texts it never returns. So an instance is thrown away on the first overflow, and a spare one
// takes its place.

/** Instances kept ready besides the one in use: overflows may come faster than a new one is made (some 20 ms). */
const SPARE_COUNT = 2;

const ready: PgQueryModule[] = [];
const making = new Set<Promise<void>>();

/** Loads the parser's instances; parsing works once this has resolved. */
export async function loadParserModule(): Promise<void> {
  while (ready.length + making.size <= SPARE_COUNT) {
    const made = makeInstance();
    making.add(made);
    void made.finally(() => making.delete(made));
  }
  await Promise.all(making);
}

async function makeInstance(): Promise<void> {
  ready.push(await createModule());
}

/** What the parser says of a text: its tree, or a message with the 1-based character position. */
export type ParserAnswer =
  | { readonly kind: 'tree'; readonly tree: ParseResult }
  | { readonly kind: 'error'; readonly message: string; readonly position: number };

/** Parses a text. Throws SqlError 54001 for one nested too deeply. */
export function runParser(text: string): ParserAnswer {
  return withText(text, (instance, pointer) => {
    const result = instance._wasm_parse_query_raw(pointer);
    // PgQueryParseResult: tree, captured stderr, error. PgQueryError: message, function, file, line, position.
    const error = instance.getValue(result + 8, 'i32');
    const answer: ParserAnswer =
      error === 0
        ? { kind: 'tree', tree: readTree(instance.UTF8ToString(instance.getValue(result, 'i32'))) }
        : { kind: 'error', message: instance.UTF8ToString(instance.getValue(error, 'i32')), position: Math.max(1, instance.getValue(error + 16, 'i32')) };
    instance._wasm_free_parse_result(result);
    return answer;
  });
}

/** The tokens of a text, comments among them; none for a text the scanner does not take. Offsets are UTF-8 bytes. */
export function runScanner(text: string): readonly ScanToken[] {
  return withText(text, (instance, pointer) => {
    const result = instance._wasm_scan(pointer);
    const answer = instance.UTF8ToString(result);
    instance._wasm_free_string(result);
    return answer.startsWith('{') ? readTokens(answer) : [];
  });
}

function withText<T>(text: string, use: (instance: PgQueryModule, pointer: number) => T): T {
  const instance = ready[0];
  if (instance === undefined) {
    throw new SqlError(SQLSTATE.insufficient_resources, 'the parser is being restarted', { hint: 'Send the statement again.' });
  }
  try {
    const byteCount = instance.lengthBytesUTF8(text) + 1;
    const pointer = instance._malloc(byteCount);
    instance.stringToUTF8(text, pointer, byteCount);
    const result = use(instance, pointer);
    instance._free(pointer);
    return result;
  } catch (error) {
    if (error instanceof SqlError) {
      throw error;
    }
    ready.shift();
    void loadParserModule();
    throw new SqlError(SQLSTATE.statement_too_complex, 'stack depth limit exceeded', { cause: error });
  }
}

function readTree(json: string): ParseResult {
  // The library's own declaration of what its JSON holds.
  const tree: ParseResult = JSON.parse(json);
  return tree;
}

function readTokens(json: string): readonly ScanToken[] {
  try {
    const result: { readonly tokens: readonly ScanToken[] } = JSON.parse(json);
    return result.tokens;
  } catch {
    // The scanner writes some tokens unescaped: a text it cannot describe has no tokens.
    return [];
  }
}
