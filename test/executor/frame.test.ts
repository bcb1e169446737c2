import assert from 'node:assert/strict';
import { FRAME_BYTES_MAX, FrameError, FrameReader, encodeControlFrame, encodeRowsHeader } from '../../executor/protocol/frame.js';

describe('executor/protocol frames', () => {
  const rows = Buffer.from('some rows');
  const stream = Buffer.concat([encodeControlFrame('{"kind":"a"}'), encodeRowsHeader(7, 3, rows.length), rows, encodeControlFrame('{"kind":"é"}')]);

  it('are cut out of a stream wherever its pieces end', () => {
    for (let size = 1; size <= stream.length; size++) {
      const reader = new FrameReader();
      const frames = [];
      for (let at = 0; at < stream.length; at += size) {
        frames.push(...reader.push(stream.subarray(at, at + size)));
      }
      assert.deepEqual(frames, [
        { kind: 'control', text: '{"kind":"a"}' },
        { kind: 'rows', task: 7, rowCount: 3, bytes: rows },
        { kind: 'control', text: '{"kind":"é"}' },
      ]);
    }
  });

  it('refuse a length out of bounds before its bytes arrive', () => {
    for (const length of [0, FRAME_BYTES_MAX + 1, 0xffffffff]) {
      const header = Buffer.alloc(5);
      header.writeUInt32LE(length);
      assert.throws(() => new FrameReader().push(header), FrameError);
    }
  });

  it('refuse an unknown kind and a row frame without its header', () => {
    assert.throws(() => new FrameReader().push(Buffer.from([1, 0, 0, 0, 9])), FrameError);
    assert.throws(() => new FrameReader().push(Buffer.from([2, 0, 0, 0, 2, 0])), FrameError);
  });
});
