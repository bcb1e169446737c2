import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteText } from '../../planner/types/data-type.js';
import type { ParameterCodec } from './codec.js';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text in a parameter's bytes; 22021 for bytes that are not UTF-8, and for zero bytes, which Postgres's strings cannot hold. */
export function decodeText(bytes: Buffer): string {
  if (bytes.includes(0)) {
    throw invalidByte(0);
  }
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw invalidByte(firstInvalidByte(bytes), cause);
  }
}

function invalidByte(byte: number, cause?: unknown): SqlError {
  return new SqlError(SQLSTATE.character_not_in_repertoire, `invalid byte sequence for encoding "UTF8": 0x${byte.toString(16).padStart(2, '0')}`, { cause });
}

function firstInvalidByte(bytes: Buffer): number {
  // Decoding and encoding again keeps every byte up to the first wrong one.
  const lenient = Buffer.from(bytes.toString('utf8'), 'utf8');
  const at = bytes.findIndex((byte, index) => byte !== lenient[index]);
  return bytes[at < 0 ? bytes.length - 1 : at] ?? 0;
}

/** A text as a VARCHAR constant. Quoting doubles every quote and nothing else is special inside one, so no text can end the literal. */
export function varcharLiteral(text: string): string {
  return `CAST(${quoteText(text)} AS VARCHAR)`;
}

/** text, varchar, bpchar, name, "char" and kin. */
export const stringCodec: ParameterCodec = {
  text: varcharLiteral,
  binary: (bytes) => varcharLiteral(decodeText(bytes)),
};

/** unknown: an untyped literal, which takes the type of its surroundings. */
export const unknownCodec: ParameterCodec = {
  text: quoteText,
  binary: (bytes) => quoteText(decodeText(bytes)),
};
