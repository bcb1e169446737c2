import type { ExplainDocument, ExplainedRun } from '../../planner/explain/explain-document.js';
import { printExplain } from '../../planner/explain/print-explain.js';
import { OID } from '../../planner/types/postgres-type.js';
import type { ExplainLevel } from '../../planner/parse/read-explain.js';
import { readExplain } from '../../planner/parse/read-explain.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { nullLiteral } from '../parameters/parameter-literal.js';
import { chooseRoad, roadSettings } from '../query/choose-road.js';
import { explainStages, stageFacts } from '../query/explain-stages.js';
import { explainDistribution, explainFragmentSql, explainLogicalPlan, explainWhole, withoutRoot } from '../query/explain-query.js';
import { planQuery } from '../query/planned-query.js';
import type { QueryContext } from '../query/query-context.js';
import type { ParameterConstants } from '../query/whole-query.js';
import { wholeSql } from '../query/whole-query.js';
import type { ExecuteOptions } from '../session/backend.js';
import { textColumn } from '../session/constant-rows.js';
import { whileWanted } from '../query/while-wanted.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { constantStatement } from './command.js';
import { bindParameters } from './bind-parameters.js';
import { QueryStatement, runQuery } from './query.js';

/** EXPLAIN at its levels: TRANSLATED, LOGICAL, DISTRIBUTED (the default), FRAGMENTS; ANALYZE runs the query as well. */
export async function prepareExplain(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const request = readExplain(statement);
  if (request.inner.kind !== 'select') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'EXPLAIN is supported for queries only');
  }
  const query = new QueryStatement(session, request.inner, declaredTypes);
  await query.translate();
  return constantStatement(
    statement,
    [request.format === 'json' ? { name: 'QUERY PLAN', type: { oid: OID.json, modifier: -1 } } : textColumn('QUERY PLAN')],
    async (options) => {
      const { context, query: translated } = await query.translate();
      const parameters =
        options.parameters.length === 0
          ? translated.parameterTypes.map(nullLiteral)
          : bindParameters(translated.parameterTypes, options, context.outputSettings());
      const document = await whileWanted(options.signal, explain(context, translated, parameters, request.level));
      const run = request.analyze ? await analyze(context, translated, parameters, options) : null;
      const lines = printExplain(document, request.format, run, run?.lines ?? []);
      return { rows: withoutRoot(context, lines).map((line) => [line]), tag: 'EXPLAIN', notices: translated.notices };
    },
    query.parameterTypes,
  );
}

/** What a query's plan is, at a level. */
export async function explain(context: QueryContext, query: TranslatedQuery, parameters: ParameterConstants, level: ExplainLevel): Promise<ExplainDocument> {
  switch (level) {
    case 'translated':
      return { kind: 'query', lines: wholeSql(query, parameters).split('\n') };
    case 'logical':
      return explainLogicalPlan(context, query, parameters);
    case 'distributed':
    case 'fragments': {
      const road = chooseRoad(query, roadSettings(context));
      if (road.kind === 'whole') {
        return explainWhole(query, parameters, road.reason, level);
      }
      const planned = await planQuery(context, query, parameters, road.mode);
      if (planned.kind === 'whole') {
        return explainWhole(query, parameters, planned.reason, level);
      }
      return level === 'fragments' ? explainFragmentSql(planned) : explainDistribution(query, planned);
    }
  }
}

/** A run's facts, and the same as lines. */
interface AnalyzedRun extends ExplainedRun {
  readonly lines: readonly string[];
}

/** Runs the query, throws its rows away, and says what it took. */
async function analyze(context: QueryContext, query: TranslatedQuery, parameters: ParameterConstants, options: ExecuteOptions): Promise<AnalyzedRun> {
  const started = performance.now();
  const { stream, summary } = await runQuery(context, query, parameters, { ...options, resultFormats: [] });
  let rowCount = 0;
  try {
    for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
      rowCount += batch.rowCount;
    }
  } finally {
    await stream.close();
  }
  const executionMs = Number((performance.now() - started).toFixed(3));
  const stages = summary();
  return {
    stages: new Map(stages.map((stage) => [stage.stage, stageFacts(stage)])),
    facts: { 'Actual Rows': rowCount, 'Execution Time': executionMs },
    lines: [...explainStages(stages), `Rows: ${rowCount}`, `Execution Time: ${executionMs.toFixed(3)} ms`],
  };
}
