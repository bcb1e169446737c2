import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tpchDirectory, TPCH_TABLES } from '../tpch/generate.js';
import { tpchQueries } from '../tpch/queries.js';
import { assertEqualResults } from './equal-results.js';
import { PlannedTables } from './planned-tables.js';
import { PARTITION_VARIANTS, RULE_VARIANTS } from './variants.js';

const SCALE = 0.01;
const FOLDERS = new Set(['part', 'partsupp', 'customer', 'orders', 'lineitem']);
/** Queries that must really run in several stages. */
const STAGED_MIN = 15;

/** Table names in FROM become references; a name without alias keeps itself as one. */
function withReferences(sql: string): string {
  const names = new RegExp(`((?:\\bfrom|\\bjoin|,)\\s*)(${TPCH_TABLES.join('|')})\\b(?!\\s*\\.)(\\s+(?:n1|n2|l1|l2|l3)\\b)?`, 'gi');
  return sql.replaceAll(names, (_, before: string, name: string, alias: string | undefined) => `${before}{${name}} ${alias ?? name}`);
}

describe('distributed TPC-H equals DuckDB', () => {
  let tables: PlannedTables;
  const stageCounts = new Map<number, number>();

  before(async function () {
    this.timeout(60_000);
    tables = await PlannedTables.start();
    const directory = await tpchDirectory(SCALE);
    for (const table of TPCH_TABLES) {
      const folder = join(directory, table);
      await tables.addFiles(
        table,
        FOLDERS.has(table)
          ? readdirSync(folder)
              .toSorted()
              .map((file) => join(folder, file))
          : [`${folder}.parquet`],
      );
    }
  });

  after(() => tables.stop());

  for (const query of tpchQueries(SCALE)) {
    const statement = withReferences(query.sql);
    for (const variant of PARTITION_VARIANTS) {
      it(`${query.name}, ${variant.name}`, async () => {
        const stageCount = await assertEqualResults(tables, statement, variant);
        stageCounts.set(query.number, Math.max(stageCount, stageCounts.get(query.number) ?? 0));
      });
    }
    // One rule a query: all rules over all queries would take minutes and find no more.
    const variant = RULE_VARIANTS[query.number % RULE_VARIANTS.length];
    if (variant !== undefined) {
      it(`${query.name}, ${variant.name}`, async () => {
        assert.ok((await assertEqualResults(tables, statement, variant)) > 0);
      });
    }
  }

  it(`runs at least ${STAGED_MIN} queries in several stages`, () => {
    const staged = [...stageCounts.values()].filter((count) => count > 1);
    assert.ok(staged.length >= STAGED_MIN, `${staged.length} of 22`);
  });
});
