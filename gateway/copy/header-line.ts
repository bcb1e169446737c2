import { csvQuoted, textEscapes } from '../../executor/encode/copy-encoding.js';
import type { CopyFormat } from './copy-format.js';

/** The line of column names that COPY TO starts with. */
export function headerLine(format: CopyFormat, names: readonly string[]): Buffer {
  const field = format.format === 'csv' ? csvName(format, names.length === 1) : textName(format);
  return Buffer.from(`${names.map(field).join(format.delimiter)}\n`);
}

function textName({ delimiter }: CopyFormat): (name: string) => string {
  const escapes = textEscapes(delimiter.charCodeAt(0));
  return (name) => name.replaceAll(/[^]/g, (found) => (escapes[found.charCodeAt(0)] ? `\\${String.fromCharCode(escapes[found.charCodeAt(0)] ?? 0)}` : found));
}

function csvName({ delimiter, quote, escape, nullText }: CopyFormat, isSingle: boolean): (name: string) => string {
  const special = csvQuoted(delimiter.charCodeAt(0), quote.charCodeAt(0));
  return (name) => {
    const isQuoted = name === nullText || (isSingle && name === '\\.') || Array.from(name).some((found) => special[found.charCodeAt(0)] === 1);
    return isQuoted ? `${quote}${name.replaceAll(/[^]/g, (found) => (found === quote || found === escape ? `${escape}${found}` : found))}${quote}` : name;
  };
}
