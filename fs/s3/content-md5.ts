import { createHash } from 'node:crypto';

/** MD5 of a request's content, as its header has it. */
export function contentMd5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}
