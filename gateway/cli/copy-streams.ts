import { once } from 'node:events';
import type { ExecutionResult } from '../session/backend.js';

/** Message type and length, before the data of a CopyData message. */
const HEADER_LENGTH = 5;

/** COPY TO STDOUT: the data and nothing else, as fast as the output takes it. */
export async function printCopy(result: Extract<ExecutionResult, { readonly kind: 'copyOut' }>): Promise<void> {
  const { stream } = result;
  try {
    await write(result.header);
    for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < batch.bytes.length;) {
        const end = at + 1 + batch.bytes.readInt32BE(at + 1);
        pieces.push(batch.bytes.subarray(at + HEADER_LENGTH, end));
        at = end;
      }
      await write(Buffer.concat(pieces));
    }
    await write(result.trailer);
  } finally {
    await stream.close();
  }
}

/** COPY FROM STDIN: everything that comes in. */
export async function readCopy(result: Extract<ExecutionResult, { readonly kind: 'copyIn' }>): Promise<void> {
  const { receiver } = result;
  try {
    for await (const read of process.stdin) {
      await receiver.receive(Buffer.from(read));
    }
    process.stdout.write(`${await receiver.finish()}\n`);
  } finally {
    await receiver.discard();
  }
}

async function write(bytes: Buffer | null): Promise<void> {
  if (bytes !== null && !process.stdout.write(bytes)) {
    await once(process.stdout, 'drain');
  }
}
