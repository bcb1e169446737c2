import type { StoreLocation } from '../../fs/store/data-roots.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { withSqlErrors } from '../catalog/datasets-errors.js';
import type { CopyReceiver } from '../session/backend.js';
import type { CopyFormat } from './copy-format.js';

const READ_LENGTH = 256 * 1024;

/** Gives a receiver the bytes of files under the data roots, as a client would send them; gives the command tag. */
export async function feedFiles(receiver: CopyReceiver, files: readonly StoreLocation[], format: CopyFormat, signal: AbortSignal): Promise<string> {
  if (files.length > 1 && (format.header !== 'none' || format.format === 'binary')) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'COPY FROM several files reads text and csv without a header only');
  }
  try {
    for (const { store, path } of files) {
      if (/\.(gz|zst)$/i.test(path)) {
        throw new SqlError(SQLSTATE.feature_not_supported, `COPY FROM a compressed file is not supported: "${path}"`, {
          hint: 'INSERT ... SELECT ... FROM read_csv(...) reads it.',
        });
      }
      const file = await withSqlErrors(() => store.open(path, 'read'));
      try {
        let lastByte = 0x0a;
        for (let offset = 0; ;) {
          signal.throwIfAborted();
          const bytes = await withSqlErrors(() => file.read(offset, READ_LENGTH));
          if (bytes.length === 0) {
            break;
          }
          offset += bytes.length;
          lastByte = bytes[bytes.length - 1] ?? 0;
          await receiver.receive(bytes);
        }
        if (files.length > 1 && lastByte !== 0x0a) {
          await receiver.receive(Buffer.from('\n'));
        }
      } finally {
        await file.close();
      }
    }
    return await receiver.finish();
  } finally {
    await receiver.discard();
  }
}
