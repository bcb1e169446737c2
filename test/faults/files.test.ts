import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { smallSampleDirectory, writableSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { assertClean, assertWorks, outcomeOf } from './long-query.js';
import { mountSmallDisk, type SmallDisk } from './small-disk.js';

describe('faults/files', function () {
  this.timeout(60_000);

  describe('damaged data', () => {
    let server: SluiceServer;
    let data: string;

    before(async () => {
      data = await writableSampleDirectory();
      cpSync(join(data, 'flights'), join(data, 'damaged'), { recursive: true });
      server = await startSluice({ data, executors: 2, threads: 1 });
    });

    after(async () => {
      await server?.stop();
      rmSync(data, { recursive: true, force: true });
    });

    it('a missing file is 58P01 and names no more than it must', async () => {
      const client = await server.connect();
      assert.equal(await outcomeOf(client, "SELECT * FROM read_parquet('nowhere.parquet')"), '58P01');
      assert.equal(await outcomeOf(client, "SELECT * FROM read_parquet('nowhere/*.parquet')"), '58P01');
      await client.end();
      await assertWorks(server);
    });

    it('a truncated Parquet file is an error, whole and distributed, and other tables still answer', async () => {
      const path = join(data, 'damaged', 'part-1.parquet');
      truncateSync(path, Math.floor(readFileSync(path).length / 2));
      const client = await server.connect();
      assert.match(await outcomeOf(client, 'SELECT sum(distance) FROM damaged'), /^(XX001|58030|22000)$/);
      assert.match(await outcomeOf(client, 'SELECT /*+ DISTRIBUTED */ origin, count(*) FROM damaged GROUP BY origin'), /^(XX001|58030|22000)$/);
      await client.end();
      await assertWorks(server);
      await assertClean(server);
    });

    it('a file damaged inside, its footer intact, is an error', async () => {
      mkdirSync(join(data, 'scrambled'));
      copyFileSync(join(data, 'flights', 'part-0.parquet'), join(data, 'scrambled', 'part-0.parquet'));
      const path = join(data, 'scrambled', 'part-0.parquet');
      const bytes = readFileSync(path);
      bytes.fill(0xff, 4, Math.floor(bytes.length / 2));
      writeFileSync(path, bytes);
      const client = await server.connect();
      const outcome = await outcomeOf(client, 'SELECT sum(distance), max(origin), min(date), sum(delay), max(destination) FROM scrambled');
      assert.match(outcome, /^(XX001|58030|22000|42P01|57P02)$/);
      await client.end();
      await assertWorks(server);
    });

    it('a file that disappears after it was first read is an error or absent, never a hang', async () => {
      const client = await server.connect();
      await client.query('SELECT count(*) FROM airports');
      rmSync(join(data, 'airports.csv'));
      assert.match(await outcomeOf(client, 'SELECT count(*) FROM airports'), /^(58P01|42P01|58030)$/);
      await client.end();
      await assertWorks(server);
    });
  });

  describe('a full disk', () => {
    let disk: SmallDisk;

    before(() => {
      disk = mountSmallDisk(4);
    });

    after(() => {
      disk?.remove();
    });

    it('under the shuffle directory is 53100, and the server goes on', async () => {
      const server = await startSluice({ data: await smallSampleDirectory(), state: join(disk.path, 'state'), executors: 2, threads: 1 });
      const client = await server.connect();
      const outcome = await outcomeOf(
        client,
        `SELECT /*+ DISTRIBUTED PARTITIONS(4) SHUFFLE_HASH(*) */ count(*), sum(length(b.payload))
         FROM flights a JOIN (SELECT *, md5(origin || date::text || distance::text) || md5(destination || date::text || delay::text) AS payload FROM flights) b
         ON a.date = b.date AND a.origin = b.origin`,
      );
      assert.match(outcome, /^(53100|58030)$/);
      await assertWorks(server);
      await assertClean(server);
      await client.end();
      await server.stop();
    });

    it('under the data directory makes COPY all or nothing', async () => {
      const data = join(disk.path, 'data');
      cpSync(await smallSampleDirectory(), data, { recursive: true });
      const server = await startSluice({ data, executors: 2, threads: 1 });
      const client = await server.connect();
      for (const hint of ['', '/*+ DISTRIBUTED */']) {
        const outcome = await outcomeOf(
          client,
          `COPY (SELECT ${hint} *, md5(origin || date::text || distance::text) AS a, md5(destination || date::text) AS b FROM flights) TO 'too_large' (FORMAT parquet)`,
        );
        assert.match(outcome, /^(53100|58030)$/);
        assert.equal(await outcomeOf(client, 'SELECT count(*) FROM too_large'), '42P01');
      }
      assert.deepEqual(
        readdirSync(data).filter((name) => name.includes('too_large')),
        [],
      );
      await assertWorks(server);
      await client.end();
      await server.stop();
    });
  });
});
