import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { compareResults } from '../compare/order.js';
import { DuckdbOracle, type OracleResult } from '../compare/oracle.js';
import { explainDistributed } from '../runner/explain.js';
import { queryAsText } from '../runner/wire-rows.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { withHints } from '../tpch/queries.js';
import { HITS_COLUMNS } from './columns.js';
import { hitsDirectory, hitsView } from './generate.js';
import { hitsQuestions, type HitsQuestion } from './questions.js';

const ROW_COUNT = Number(process.env['SLUICE_HITS_ROWS'] ?? '20000');
const PARTITION_COUNTS = [1, 3, 16];
/** The bound: so many of the 43 really run in more than one stage. */
const DISTRIBUTED_QUESTIONS_MIN = 38;

/** A question's answer, and all of what its LIMIT cut rows from. */
interface Answer {
  readonly limited: OracleResult;
  readonly unlimited: OracleResult;
}

/** The question as a query in several stages. */
function distributed(question: HitsQuestion, partitions: number): string {
  return withHints(question.sql, `DISTRIBUTED PARTITIONS(${partitions}) PARTITION(hits, FILES, 4)`);
}

describe(`clickbench over ${ROW_COUNT} hits`, function () {
  this.timeout(60_000 + ROW_COUNT);
  const questions = hitsQuestions(ROW_COUNT);
  const answers = new Map<string, Answer>();
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    const directory = await hitsDirectory(ROW_COUNT);
    const oracle = await DuckdbOracle.open({ hits: hitsView(directory) }, { threads: '2' });
    for (const { name, sql, unlimitedSql } of questions) {
      answers.set(name, { limited: await oracle.query(sql), unlimited: await oracle.query(unlimitedSql) });
    }
    oracle.close();
    server = await startSluice({ data: directory, executors: 2, threads: 1, memory: '4GB' });
    client = await server.connect();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
  });

  it('has 43 questions over 105 columns, each with rows in its answer', () => {
    assert.equal(questions.length, 43);
    assert.equal(HITS_COLUMNS.length, 105);
    const empty = questions.filter(({ name }) => (answers.get(name)?.limited.rows.length ?? 0) === 0);
    assert.deepEqual(
      empty.map(({ name }) => name),
      [],
    );
  });

  for (const question of questions) {
    it(`${question.name} embedded`, async () => {
      await check(question, question.sql);
    });
    it(`${question.name} distributed over ${PARTITION_COUNTS.join(', ')}`, async () => {
      for (const partitions of PARTITION_COUNTS) {
        await check(question, distributed(question, partitions));
      }
    });
    it(`${question.name} distributed without gathering what is small`, async () => {
      await client.query("SET sluice.disabled_rules = 'gather-small'");
      try {
        await check(question, distributed(question, 3));
      } finally {
        await client.query('RESET sluice.disabled_rules');
      }
    });
  }

  it(`runs at least ${DISTRIBUTED_QUESTIONS_MIN} questions in several stages`, async () => {
    const whole: string[] = [];
    for (const question of questions) {
      const plan = await explainDistributed(client, distributed(question, 4));
      if (plan.stageCount < 2) {
        whole.push(question.name);
      }
    }
    assert(questions.length - whole.length >= DISTRIBUTED_QUESTIONS_MIN, `these run in one stage: ${whole.join(', ')}`);
  });

  async function check(question: HitsQuestion, sql: string): Promise<void> {
    const answer = answers.get(question.name);
    assert(answer !== undefined);
    const result = await queryAsText(client, sql);
    const shape = { orderedBy: question.orderedBy, limited: question.limited, ...(question.limited ? { unlimited: answer.unlimited.rows } : {}) };
    assert.equal(compareResults(result.rows, answer.limited.rows, answer.limited.kinds, shape), null);
  }
});
