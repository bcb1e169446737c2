import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { generateRecords, graySort } from '../../examples/gray-sort.js';
import { quickstart } from '../../examples/quickstart.js';
import { shuffleData } from '../../examples/shuffle-data.js';
import { sortMockUrls } from '../../examples/sort-mock-urls.js';
import { connect } from '../../gateway/library/index.js';
import { repositoryRoot } from '../runner/source-directory.js';

describe('examples in SQL and in TypeScript give the same rows', function () {
  this.timeout(60_000);
  let data: string;

  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'sluice-examples-'));
    await using session = await connect({ data, executors: 1 });
    await session
      .sql(`SELECT 'T' || (i % 50) AS ticker, (i * 7919 % 10007)::numeric(12, 2) / 100 AS price FROM generate_series(1, 20000) AS t(i)`)
      .writeParquet('prices.parquet');
    mkdirSync(join(data, 'urls'));
    for (const part of [1, 2, 3]) {
      const lines = Array.from({ length: 500 }, (_, index) => `host${(index * part) % 37}.example/${index}?p=${part} HTTP\tpayload ${part}-${index}`);
      writeFileSync(join(data, 'urls', `${part}.tsv`), `${lines.join('\n')}\n`);
    }
    await generateRecords(data, 20_000);
  });

  after(() => rmSync(data, { recursive: true, force: true }));

  const examples: readonly (readonly [name: string, folder: string, files: number | null, run: () => Promise<unknown>])[] = [
    ['quickstart', 'lowest_and_highest', 3, () => quickstart(data)],
    ['sort-mock-urls', 'urls_sorted', 4, () => sortMockUrls(data)],
    ['shuffle-data', 'records_shuffled', 4, () => shuffleData(data)],
    ['gray-sort', 'records_sorted', 4, () => graySort(data)],
  ];
  for (const [name, folder, files, run] of examples) {
    it(name, async () => {
      await run();
      renameSync(join(data, folder), join(data, `${folder}_of_program`));
      await using session = await connect({ data, executors: 2 });
      await session.execute(readFileSync(join(repositoryRoot(), 'examples', `${name}.sql`), 'utf8'));
      const [own, twin] = [session.readParquet(`${folder}_of_program`), session.readParquet(folder)];
      const difference = session.sql('(SELECT * FROM {0} EXCEPT ALL SELECT * FROM {1}) UNION ALL (SELECT * FROM {1} EXCEPT ALL SELECT * FROM {0})', own, twin);
      assert.ok((await own.count()) > 0);
      assert.equal(await difference.count(), 0);
      const written = await session.execute(`SELECT count(DISTINCT filename) AS n FROM read_parquet('${folder}_of_program', filename => true)`);
      assert.equal(Number(written[0]?.rows[0]?.['n']), files);
    });
  }
});
