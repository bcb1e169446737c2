import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { waitUntil } from '../services/sluice.js';
import { ask, startConstantServer, typesOf, type ConstantServer } from './constant-server.js';
import { FLUSH, REQUEST_CODE, SYNC, bind, closeTarget, describeTarget, execute, message, packet, parse, query, startup } from './frontend-bytes.js';
import { Random, mutate } from './random-bytes.js';
import { RawClient } from './raw-client.js';

const SESSION_COUNT = 300;
const MESSAGE_COUNT_MAX = 30;

const NAMES = ['', 'a', 'b'];
const TEXTS = [
  'rows 3',
  'rows 250 40',
  'done',
  'fail',
  'begin',
  'commit',
  'rollback',
  '',
  'syntax',
  'echo x y',
  'crash',
  'notice n',
  'set TimeZone Z',
  'deallocate all',
];

/** A message that a client could send, over few names, so that statements and portals meet. */
function randomMessage(random: Random): Buffer {
  switch (random.below(12)) {
    case 0:
      return query(`${random.pick(TEXTS)}; ${random.pick(TEXTS)}`);
    case 1:
    case 2:
      return parse(random.pick(NAMES), random.pick(TEXTS), random.below(3) === 0 ? [25] : []);
    case 3:
    case 4:
      return bind(random.pick(NAMES), random.pick(NAMES), {
        values: random.below(4) === 0 ? ['v', null] : [],
        results: random.pick([[], [0], [1], [0, 0]]),
      });
    case 5:
    case 6:
      return execute(random.pick(NAMES), random.pick([0, 1, 2, 150, -1]));
    case 7:
      return describeTarget(random.pick(['S', 'P']), random.pick(NAMES));
    case 8:
      return closeTarget(random.pick(['S', 'P']), random.pick(NAMES));
    case 9:
      return random.pick([FLUSH, message('d', random.bytes(9)), message('c'), message('f', random.bytes(3)), message('F', random.bytes(5))]);
    default:
      return SYNC;
  }
}

describe('wire server under garbage', function () {
  this.timeout(30_000);
  let running: ConstantServer;
  before(async () => {
    running = await startConstantServer();
  });
  after(async () => {
    await running.close();
  });

  it('answers every Sync of valid messages in any order, and never mixes rounds up', async () => {
    for (let seed = 0; seed < SESSION_COUNT; seed += 1) {
      const random = new Random(seed);
      const client = await running.connect();
      const messages = Array.from({ length: 1 + random.below(MESSAGE_COUNT_MAX) }, () => randomMessage(random));
      client.send(...messages, SYNC, query('rollback'), query('rows 7'));
      // Whatever came before, a Sync ends it; then these two rounds are answered in full.
      const replies: string[] = [];
      for (;;) {
        replies.push(typesOf(await client.until('Z')));
        if (replies.at(-1)?.endsWith('TDDDDDDDCZ') === true) {
          break;
        }
        assert(replies.length <= messages.length + 3, `seed ${seed}: ${replies.join(' ')}`);
      }
      assert.equal(replies.at(-2), 'CZ', `seed ${seed}`);
      client.close();
    }
    await waitUntil('all is freed', 3_000, () => running.server.connectionCount() === 0);
    assert.equal(running.counters.streamsOpened, running.counters.streamsClosed);
  });

  it('survives mutated messages, and other connections never notice', async () => {
    const witness = await running.connect();
    const closedBefore = running.counters.backendsClosed;
    for (let seed = 0; seed < SESSION_COUNT; seed += 1) {
      const random = new Random(1_000_000 + seed);
      const client = await RawClient.connect(running.server.host, running.server.port);
      const hello = startup({ user: 'fuzz', database: 'd' });
      if (random.below(8) === 0) {
        client.send(mutate(random, random.pick([hello, packet(REQUEST_CODE.ssl), packet(REQUEST_CODE.cancel, random.bytes(8))])));
      } else {
        client.send(hello);
      }
      for (let count = random.below(MESSAGE_COUNT_MAX); count > 0; count -= 1) {
        const sent = randomMessage(random);
        client.send(random.below(4) === 0 ? mutate(random, sent) : sent);
      }
      if (random.below(3) === 0) {
        client.send(random.bytes(random.below(2000)));
      }
      if (seed % 10 === 0) {
        assert.equal(typesOf(await ask(witness, 'rows 2')), 'TDDCZ');
      }
      await sleep(1);
      client.close();
    }
    assert.equal(typesOf(await ask(witness, 'rows 2')), 'TDDCZ');
    await waitUntil('all but the witness is freed', 3_000, () => running.server.connectionCount() === 1);
    assert(running.counters.backendsClosed - closedBefore > SESSION_COUNT / 2, 'most sessions did start');
    assert.equal(running.counters.streamsOpened, running.counters.streamsClosed);
    const unexpected = running.logged.filter(({ level, text }) => level === 'error' && !text.includes('a secret of the implementation'));
    assert.deepEqual(unexpected, []);
    witness.close();
  });
});
