import assert from 'node:assert/strict';
import { distribute } from '../../planner/distribute/distribute.js';
import { explainDistributed, printStages } from '../../planner/explain/explain-distributed.js';
import { explainFragments, printFragments } from '../../planner/explain/explain-fragments.js';
import { cutIntoStages } from '../../planner/fragment/cut-into-stages.js';
import { loadParser, parseStatements } from '../../planner/parse/parser.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import { translateQuery } from '../../planner/translate/query.js';
import { fillTemplate, type TranslatedQuery } from '../../planner/translate/translated.js';
import { GOLDEN_TABLES } from './golden-tables.js';
import { StubBinder } from './stub-binder.js';

const ENVIRONMENT: TranslationEnvironment = {
  searchPath: ['pg_catalog', 'main'],
  findRelation: (schema, name) => (schema === undefined || schema === 'main' ? GOLDEN_TABLES.get(name) : undefined),
  findFileFunction: () => undefined,
  currentDatabase: 'sluice',
  currentUser: 'sluice',
  sessionUser: 'sluice',
  transactionTimestampMicros: 0n,
  timeZone: 'UTC',
  setting: () => undefined,
};

/** Tasks at the same time, and the broadcast limit, in every golden plan. */
const PARALLELISM = 4;
const BROADCAST_BYTE_LIMIT = 100_000_000;

/** How a golden case wants its plan. */
export interface GoldenOptions {
  readonly mode: 'auto' | 'distributed';
  readonly level: 'distributed' | 'fragments';
}

/** EXPLAIN of a statement over the golden tables, without a server: notices first, then the lines. */
export class GoldenPlanner {
  readonly #binder: StubBinder;

  private constructor(binder: StubBinder) {
    this.#binder = binder;
  }

  static async start(): Promise<GoldenPlanner> {
    await loadParser();
    return new GoldenPlanner(await StubBinder.start());
  }

  stop(): void {
    this.#binder.stop();
  }

  async explain(sql: string, options: GoldenOptions): Promise<readonly string[]> {
    const [statement, ...more] = parseStatements(sql);
    assert.ok(statement !== undefined && more.length === 0, 'a golden case has one statement');
    const query = translateQuery(statement, ENVIRONMENT, []);
    const logical = await this.#bind(query);
    if (logical.kind === 'unknown') {
      return [`Not distributed: ${logical.reason}`];
    }
    const { references, hints, blocks } = query;
    const distributed = distribute(logical.plan, {
      references,
      hints,
      blocks,
      ...(query.columns === null ? {} : { outputNames: query.columns.map((column) => column.name) }),
      mode: options.mode,
      parallelism: PARALLELISM,
      partitionCount: null,
      broadcastByteLimit: BROADCAST_BYTE_LIMIT,
    });
    const staged = cutIntoStages(distributed, { references, parallelism: PARALLELISM });
    const lines =
      options.level === 'distributed' ? printStages(explainDistributed(staged, distributed, { references })) : printFragments(explainFragments(staged));
    const notices = [...query.notices, ...distributed.notices].map(
      (notice) => `${notice.severity} ${notice.sqlstate} at ${notice.position}: ${notice.message}`,
    );
    return [...notices, ...lines.map((line) => line.replaceAll('/data/', ''))];
  }

  async #bind(query: TranslatedQuery): ReturnType<StubBinder['plan']> {
    const stubs = await Promise.all(query.references.map((reference) => this.#binder.stubSql(reference)));
    const sql = fillTemplate(query, {
      reference: (reference) => stubs[reference.index] ?? assert.fail('a reference without stub'),
      parameter: () => assert.fail('golden cases have no parameters'),
    });
    return this.#binder.plan(sql);
  }
}
