/** Maps libpg-query's offsets (UTF-8 bytes of the whole text) to offsets in JavaScript's strings. */
export interface TextOffsets {
  readonly text: string;
  /** The string offset of every byte offset; null where the text is ASCII and both are one. */
  readonly stringOffsets: Uint32Array | null;
}

// oxlint-disable-next-line no-control-regex
const ASCII_ONLY = /^[\u0000-\u007f]*$/;

/** Prepares the mapping for a text; free for ASCII. */
export function textOffsets(text: string): TextOffsets {
  if (ASCII_ONLY.test(text)) {
    return { text, stringOffsets: null };
  }
  const offsets = new Uint32Array(text.length * 3 + 1);
  let byte = 0;
  for (let index = 0; index < text.length;) {
    const code = text.codePointAt(index) ?? 0;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    offsets.fill(index, byte, byte + bytes);
    byte += bytes;
    index += code < 0x10000 ? 1 : 2;
  }
  offsets[byte] = text.length;
  return { text, stringOffsets: offsets };
}

/** The offset in the string of a byte offset. */
export function stringOffset(offsets: TextOffsets, byteOffset: number): number {
  if (offsets.stringOffsets === null) {
    return Math.min(byteOffset, offsets.text.length);
  }
  return offsets.stringOffsets[byteOffset] ?? offsets.text.length;
}

/** How many characters (code points, as Postgres counts positions) a piece of text has. */
export function characterCount(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // The second half of a surrogate pair belongs to the character before it.
    if (unit < 0xdc00 || unit > 0xdfff) {
      count++;
    }
  }
  return count;
}
