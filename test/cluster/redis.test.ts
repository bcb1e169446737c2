import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { describe, it } from 'mocha';
import { ownVersions } from '../../executor/cluster/member.js';
import { clusterNames } from '../../executor/cluster/names.js';
import { connectRedis, describeRedis, parseRedisUrl } from '../../executor/cluster/redis-connection.js';
import { queueName, TaskQueues } from '../../executor/cluster/task-queues.js';
import { findFreePort } from '../services/free-port.js';
import { startRedis } from '../services/redis.js';

describe('cluster: Redis', function () {
  this.timeout(30_000);

  it('URLs say which, and are never shown with their password', () => {
    const shown = ['redis://:pa%40ss@h:1/2', 'rediss+sentinel://u:secret@a,b:2/m/3', 'redis+cluster://:secret@a:1,[::1]:2'].map((url) =>
      describeRedis(parseRedisUrl(url)),
    );
    assert.deepEqual(shown, ['redis://h:1/2', 'sentinels a:26379, b:2 for m', 'Redis Cluster a:1, ::1:2']);
    for (const wrong of ['http://h', 'redis+sentinel://a,b', 'redis+cluster://a:b:c', 'redis://']) {
      assert.throws(() => parseRedisUrl(wrong), Error, wrong);
    }
  });

  it('one that is not there, or wants another password, is said', async () => {
    await assert.rejects(connectRedis(parseRedisUrl(`redis://127.0.0.1:${await findFreePort()}`)), /cannot reach Redis at .*ECONNREFUSED/);
    const redis = await startRedis(['--requirepass', 'right']);
    try {
      await assert.rejects(
        connectRedis(parseRedisUrl(`redis://:wrong@127.0.0.1:${redis.port}`)),
        /cannot reach Redis at redis:\/\/127\.0\.0\.1:\d+: .*(?:WRONGPASS|NOAUTH|invalid)/,
      );
      await passesTasks(`redis://:right@127.0.0.1:${redis.port}`);
    } finally {
      await redis.stop();
    }
  });

  it('a Redis Cluster carries tasks', async () => {
    const redis = await startRedis(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
    try {
      const plain = await connectRedis(parseRedisUrl(redis.url));
      await plain.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      plain.disconnect();
      await sleep(1_500); // it says that its state is ok a moment later
      await passesTasks(`redis+cluster://127.0.0.1:${redis.port}`);
    } finally {
      await redis.stop();
    }
  });
});

/** A job goes through the queue of the Redis at this URL. */
async function passesTasks(url: string): Promise<void> {
  const connection = await connectRedis(parseRedisUrl(url));
  const names = clusterNames('test');
  const queues = new TaskQueues(connection, names, ownVersions());
  const taken = new Promise<string>((resolve) => {
    const worker = new Worker(queueName('interactive', ownVersions()), (job) => Promise.resolve(resolve(job.id ?? '')), { connection, prefix: names.queues });
    worker.on('error', () => undefined);
    worker.on('completed', () => void worker.close());
  });
  await queues.add('interactive', 'a1', { gateway: 'g', host: 'h', port: 1, secret: 's' }, 0);
  assert.equal(await taken, 'a1');
  await sleep(300);
  await queues.close();
  connection.disconnect();
}
