import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { serialize } from 'pg-protocol';
import { FrameReader } from '../../gateway/protocol/frame-reader.js';
import { decodeFrontendMessage, type FrontendMessage } from '../../gateway/protocol/frontend-message.js';
import { FRONTEND_TYPE, frontendBodyLengthMax } from '../../gateway/protocol/frontend-type.js';
import { MessageWriter } from '../../gateway/protocol/message-writer.js';
import { writeErrorResponse } from '../../gateway/protocol/backend/report.js';
import { decodeStartupPacket, decodeStartupParameters } from '../../gateway/protocol/startup-packet.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { bind, describeTarget, execute, message, parse, query, startup } from './frontend-bytes.js';
import { Random, mutate } from './random-bytes.js';

const SEEDS = 20_000;
const SAMPLES = [
  query('SELECT 1'),
  parse('name', 'SELECT $1', [23, 0]),
  bind('p', 's', { formats: [0, 1], values: ['a', null, Buffer.from([0, 1])], results: [1] }),
  describeTarget('S', 's'),
  execute('p', 5),
  message('H'),
  message('S'),
  message('d', Buffer.from('data')),
];

function decodeAll(bytes: Buffer): FrontendMessage[] {
  const reader = new FrameReader();
  reader.push(bytes);
  const messages: FrontendMessage[] = [];
  for (let frame = reader.next(); frame !== null; frame = reader.next()) {
    messages.push(decodeFrontendMessage(frame));
  }
  return messages;
}

function assertOnlySqlErrors(seed: number, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    assert(error instanceof SqlError, `seed ${seed}: ${String(error)}`);
    assert(['08P01', '22021', '22023', '54000', '0A000'].includes(error.sqlstate), `seed ${seed}: ${error.sqlstate}`);
    return false;
  }
}

describe('protocol messages', () => {
  it("decode what npm's pg-protocol writes", () => {
    const bytes = Buffer.concat([
      serialize.query('SELECT 1'),
      serialize.parse({ name: 'n', text: 'SELECT $1', types: [23] }),
      serialize.bind({
        portal: 'p',
        statement: 'n',
        values: ['x', null, Buffer.from([7])],
        binary: true,
      }),
      serialize.describe({ type: 'P', name: 'p' }),
      serialize.execute({ portal: 'p', rows: 3 }),
      serialize.close({ type: 'S', name: 'n' }),
      serialize.flush(),
      serialize.sync(),
      serialize.copyFail('why'),
      serialize.end(),
    ]);
    assert.deepEqual(decodeAll(bytes), [
      { kind: 'query', text: 'SELECT 1' },
      { kind: 'parse', name: 'n', text: 'SELECT $1', parameterTypes: [23] },
      {
        kind: 'bind',
        portal: 'p',
        statement: 'n',
        parameterFormats: ['text', 'text', 'binary'],
        values: [Buffer.from('x'), null, Buffer.from([7])],
        resultFormats: ['binary'],
      },
      { kind: 'describe', target: 'portal', name: 'p' },
      { kind: 'execute', portal: 'p', rowCountMax: 3 },
      { kind: 'close', target: 'statement', name: 'n' },
      { kind: 'flush' },
      { kind: 'sync' },
      { kind: 'copyFail', body: Buffer.from('why\0') },
      { kind: 'terminate' },
    ]);
  });

  it('come out the same however the bytes are cut into reads', () => {
    const bytes = Buffer.concat(SAMPLES);
    const whole = decodeAll(bytes);
    const random = new Random(7);
    for (let round = 0; round < 300; round += 1) {
      const reader = new FrameReader();
      const messages: FrontendMessage[] = [];
      let offset = 0;
      while (offset < bytes.length) {
        const end = offset + 1 + random.below(round % 2 === 0 ? 4 : 60);
        reader.push(bytes.subarray(offset, end));
        offset = end;
        for (let frame = reader.next(); frame !== null; frame = reader.next()) {
          messages.push(decodeFrontendMessage(frame));
        }
      }
      assert.deepEqual(messages, whole);
      assert.equal(reader.bufferedLength, 0);
    }
  });

  it('never throw anything but SqlError on garbage', () => {
    let accepted = 0;
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const random = new Random(seed);
      const bytes =
        seed % 4 === 0
          ? message(random.pick(Object.values(FRONTEND_TYPE).map((type) => String.fromCharCode(type))), random.bytes(random.below(40)))
          : mutate(random, random.pick(SAMPLES));
      if (assertOnlySqlErrors(seed, () => decodeAll(bytes))) {
        accepted += 1;
      }
    }
    assert(accepted > SEEDS / 10 && accepted < (SEEDS * 9) / 10, `${accepted} of ${SEEDS} were accepted`);
  });

  it('of start-up never throw anything but SqlError on garbage', () => {
    const sample = startup({ user: 'u', database: 'd', '_pq_.x': '1' }).subarray(4);
    for (let seed = 0; seed < SEEDS / 4; seed += 1) {
      const random = new Random(seed);
      const bytes = mutate(random, sample);
      assertOnlySqlErrors(seed, () => {
        const packet = decodeStartupPacket(bytes);
        if (packet.kind === 'startup') {
          decodeStartupParameters(packet.body);
        }
      });
    }
  });

  it('are refused by their header when longer than their bound', () => {
    for (const type of Object.values(FRONTEND_TYPE)) {
      const lengthMax = frontendBodyLengthMax(type);
      assert(lengthMax !== null);
      const header = Buffer.alloc(5);
      header[0] = type;
      header.writeInt32BE(lengthMax + 5, 1);
      const reader = new FrameReader();
      reader.push(header);
      assert.throws(() => reader.next(), { sqlstate: SQLSTATE.program_limit_exceeded });
      header.writeInt32BE(lengthMax + 4, 1);
      const allowed = new FrameReader();
      allowed.push(header);
      assert.equal(allowed.next(), lengthMax === 0 ? undefined : null);
    }
  });

  it("are written whole beyond the writer's first buffer, and zero bytes cannot cut a text", () => {
    const writer = new MessageWriter();
    const long = 'ü'.repeat(100_000);
    writeErrorResponse(writer, 'ERROR', new SqlError(SQLSTATE.internal_error, `a\0b${long}`));
    const bytes = writer.take();
    assert.equal(bytes.readInt32BE(1), bytes.length - 1);
    assert(bytes.includes(Buffer.from(`Mab${long}\0`)));
    assert.equal(writer.length, 0);
  });
});
