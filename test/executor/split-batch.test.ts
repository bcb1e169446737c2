import assert from 'node:assert/strict';
import { splitBatch } from '../../executor/child/rows.js';
import { readDataRows } from './support.js';

/** A DataRow of one column. */
function dataRow(value: string): Buffer {
  const bytes = Buffer.alloc(11 + value.length);
  bytes.write('D');
  bytes.writeInt32BE(bytes.length - 1, 1);
  bytes.writeInt16BE(1, 5);
  bytes.writeInt32BE(value.length, 7);
  bytes.write(value, 11);
  return bytes;
}

describe('executor/child splitBatch', () => {
  const values = Array.from({ length: 50 }, (_, index) => 'x'.repeat(index * 3));
  const bytes = Buffer.concat(values.map(dataRow));

  it('cuts between rows, whatever the size', () => {
    for (const byteCountAim of [1, 11, 100, 1_000, bytes.length - 1, bytes.length]) {
      const batches = splitBatch({ bytes, rowCount: values.length }, byteCountAim);
      assert.deepEqual(Buffer.concat(batches.map((batch) => batch.bytes)), bytes);
      for (const batch of batches) {
        assert.equal(readDataRows(batch.bytes).length, batch.rowCount);
      }
      assert.equal(batches.length === 1, byteCountAim === bytes.length || byteCountAim === bytes.length - 1);
    }
  });
});
