import { DatabaseError, type Client } from 'pg';
import { compareResults } from '../compare/order.js';
import type { DuckdbOracle, OracleResult } from '../compare/oracle.js';
import { explainDistributed } from '../runner/explain.js';
import { queryAsText } from '../runner/wire-rows.js';
import { withHints } from '../tpch/queries.js';
import type { RandomQuery } from './query.js';

/** What checking one query gave. */
export interface CheckResult {
  readonly query: RandomQuery;
  /** Null when every run agreed with the oracle. */
  readonly difference: string | null;
  readonly rowCount: number;
  /** Stages of the distributed plan. */
  readonly stageCount: number;
  /** True when oracle and server both refused the query. */
  readonly refused: boolean;
  /** True when PostgreSQL did not end in time: its plan of the query is a bad one, which says nothing of the query. */
  readonly unfinished?: true;
}

/** Asked of the server under test in one run of a query. */
interface Run {
  readonly name: string;
  readonly sql: string;
  /** Distribution rules not to use. */
  readonly rulesOff?: string;
}

/** Runs a query whole and distributed on a Sluice connection and compares both with the oracle. */
export async function checkOnSluice(client: Client, oracle: DuckdbOracle, query: RandomQuery): Promise<CheckResult> {
  const distributed = withHints(query.sql, query.hints);
  const result = await check(client, oracle, query, [
    { name: 'whole', sql: withHints(query.sql, 'LOCAL') },
    { name: query.hints, sql: distributed, rulesOff: query.rulesOff ?? '' },
  ]);
  if (result.difference !== null || result.refused) {
    return result;
  }
  const plan = await explainDistributed(client, distributed);
  return { ...result, stageCount: plan.stageCount };
}

/** Runs a query on a Sluice connection in one fragment only. */
export function checkWhole(client: Client, oracle: DuckdbOracle, query: RandomQuery): Promise<CheckResult> {
  return check(client, oracle, query, [{ name: 'whole', sql: withHints(query.sql, 'LOCAL') }]);
}

/** Runs a query on PostgreSQL: what the generator calls valid and determined must be so there. */
export async function checkOnPostgres(client: Client, oracle: DuckdbOracle, query: RandomQuery): Promise<CheckResult> {
  const result = await check(client, oracle, query, [{ name: 'postgres', sql: query.sql }]);
  return result.difference?.startsWith(`postgres: error ${STATEMENT_TIMEOUT_CODE} `) === true ? { ...result, difference: null, unfinished: true } : result;
}

/** query_canceled: what statement_timeout ends a statement with. */
const STATEMENT_TIMEOUT_CODE = '57014';

async function check(client: Client, oracle: DuckdbOracle, query: RandomQuery, runs: readonly Run[]): Promise<CheckResult> {
  const nothing = { query, rowCount: 0, stageCount: 0 };
  let expected: OracleResult;
  let unlimited: OracleResult | null = null;
  try {
    expected = await oracle.query(query.sql);
    unlimited = query.limited ? await oracle.query(query.unlimitedSql) : null;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ...nothing, ...(await bothRefuse(client, runs, text)) };
  }
  const shape = { orderedBy: query.orderedBy, limited: query.limited, ...(unlimited === null ? {} : { unlimited: unlimited.rows }) };
  for (const run of runs) {
    try {
      if (run.rulesOff !== undefined) {
        await client.query(`SET sluice.disabled_rules = '${run.rulesOff}'`);
      }
      const result = await queryAsText(client, run.sql);
      const difference = compareResults(result.rows, expected.rows, expected.kinds, shape);
      if (difference !== null) {
        return { ...nothing, difference: `${run.name}: ${difference}`, refused: false };
      }
    } catch (error) {
      if (error instanceof DatabaseError) {
        return { ...nothing, difference: `${run.name}: error ${error.code} ${error.message} ${error.detail ?? ''}`, refused: false };
      }
      throw error;
    }
  }
  return { query, difference: null, rowCount: expected.rows.length, stageCount: 0, refused: false };
}

async function bothRefuse(
  client: Client,
  runs: readonly Run[],
  oracleError: string,
): Promise<{ readonly difference: string | null; readonly refused: boolean }> {
  for (const run of runs) {
    try {
      await queryAsText(client, run.sql);
      return { difference: `${run.name}: answered, but the oracle says ${oracleError}`, refused: false };
    } catch (error) {
      if (!(error instanceof DatabaseError)) {
        throw error;
      }
    }
  }
  return { difference: null, refused: true };
}
