import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Session } from '../../gateway/library/index.js';
import { connect } from '../../gateway/library/index.js';
import { startExecutor, type ExecutorServer } from '../services/executor.js';
import { startRedis, type RedisServer } from '../services/redis.js';
import { writableSampleDirectory } from '../services/sample-data.js';

describe('cluster: the library', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let executors: readonly ExecutorServer[] = [];
  let data: string;
  let state: string;
  let session: Session;

  before(async () => {
    redis = await startRedis();
    data = await writableSampleDirectory();
    state = mkdtempSync(join(tmpdir(), 'sluice-library-'));
    const shared = ['--redis', redis.url, '--cluster', 'library', '--data', data, '--state', state, '--executors', '2', '--threads', '2'];
    executors = [await startExecutor(shared), await startExecutor(shared)];
    session = await connect({ data, state, redis: redis.url, cluster: 'library', logLevel: 'error' });
  });

  after(async () => {
    await session?.close();
    for (const executor of executors) {
      await executor.stop();
    }
    await redis?.stop();
    rmSync(data, { recursive: true, force: true });
    rmSync(state, { recursive: true, force: true });
  });

  it('runs data frames, SQL by partitions and functions in the cluster’s executors', async () => {
    const flights = session.readParquet('flights/*.parquet');
    const far = flights
      .filter((row) => Number(row['distance']) > 1000)
      .repartition(4, { hashBy: 'origin' })
      .partialSql('SELECT origin, count(*) AS n, partition_index() AS p FROM {0} GROUP BY origin');
    const [own] = await far.aggregate('sum(n) AS n', 'count(DISTINCT p) AS parts').takeAll();
    const expected = await flights.filter('distance > 1000').count();
    assert.deepEqual(own, { n: BigInt(expected), parts: 4n });
    const files = await far.writeParquet('far');
    assert.equal(files.length, 4);
    assert.equal(await session.readParquet('far').aggregate('sum(n) AS n').count(), 1);
    const items = session.fromItems([{ iata: 'ORD', rank: 1 }]);
    assert.deepEqual(await far.join(items, { on: 'l.origin = r.iata', select: ['l.origin', 'r.rank'] }).takeAll(), [{ origin: 'ORD', rank: 1n }]);
  });
});
