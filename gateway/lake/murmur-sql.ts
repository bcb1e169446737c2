/** Murmur3's 32-bit hash (x86, seed 0) as Iceberg's and DuckLake's buckets use it, in DuckDB's SQL: DuckDB has no such function. */

/** All of 32 bits: products of two such numbers fit UBIGINT exactly. */
const MASK = '4294967295::UBIGINT';

/** Of a BIGINT's eight bytes, the lowest first. NULL of NULL. */
export function murmurOfInteger(value: string): string {
  return bind('v', value, finish(blocks('[CAST(v & 4294967295 AS UBIGINT), CAST((v >> 32) & 4294967295 AS UBIGINT)]'), '8::UBIGINT'));
}

/** Of a BLOB's bytes. NULL of NULL. */
export function murmurOfText(bytes: string): string {
  // Two digits a byte; words are little-endian, so their bytes are turned around.
  const whole = `list_transform(range(0, n // 4), lambda i: CAST('0x' || ${[7, 5, 3, 1].map((at) => pair(`8 * i + ${at}`)).join(' || ')} AS UBIGINT))`;
  const rest = `CAST('0x0' || ${[5, 3, 1].map((at) => pair(`8 * (n // 4) + ${at}`)).join(' || ')} AS UBIGINT)`;
  // A rest of zero bytes is mixed to zero, as if it were not there.
  const mixed = `xor(${blocks(whole)}, ${mixWord(rest)})`;
  return bind('x', `lower(hex(${bytes}))`, bind('n', 'length(x) // 2', finish(mixed, 'CAST(n AS UBIGINT)')));
}

function pair(first: string): string {
  return `substr(x, ${first}, 2)`;
}

function blocks(words: string): string {
  return `list_reduce(list_prepend(0::UBIGINT, ${words}), lambda h, w: (${rotate(`xor(h, ${mixWord('w')})`, 13)} * 5 + 3864292196) & ${MASK})`;
}

function mixWord(word: string): string {
  return `((${rotate(`((${word} * 3432918353::UBIGINT) & ${MASK})`, 15)} * 461845907::UBIGINT) & ${MASK})`;
}

function rotate(value: string, bits: number): string {
  return `(((${value} << ${bits}) | (${value} >> ${32 - bits})) & ${MASK})`;
}

function finish(hash: string, byteCount: string): string {
  const first = bind('a', `xor(${hash}, ${byteCount})`, `(xor(a, a >> 16) * 2246822507::UBIGINT) & ${MASK}`);
  return bind('c', bind('b', first, `(xor(b, b >> 13) * 3266489909::UBIGINT) & ${MASK}`), 'xor(c, c >> 16)');
}

/** SQL has no local names; a list of one element does for them. */
function bind(name: string, value: string, body: string): string {
  return `list_transform([${value}], lambda ${name}: ${body})[1]`;
}
