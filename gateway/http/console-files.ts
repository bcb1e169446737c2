import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Where the build puts the console. */
const DIRECTORY = fileURLToPath(new URL('../../console', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A file of the console, ready to be sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly zipped: Buffer;
}

/** The console's few files by path (`/`, `/console.js`), read once; none where it was not built. */
export function loadConsole(directory: string = DIRECTORY): ReadonlyMap<string, ConsoleFile> {
  if (!existsSync(directory)) {
    return new Map();
  }
  return new Map(
    readdirSync(directory).flatMap((name): readonly (readonly [string, ConsoleFile])[] => {
      const type = TYPES[extname(name)];
      if (type === undefined) {
        return [];
      }
      const bytes = readFileSync(join(directory, name));
      return [[name === 'index.html' ? '/' : `/${name}`, { type, bytes, zipped: gzipSync(bytes) }]];
    }),
  );
}
