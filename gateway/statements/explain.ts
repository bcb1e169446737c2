import type { ExplainLevel } from '../../planner/parse/read-explain.js';
import { readExplain } from '../../planner/parse/read-explain.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { nullLiteral } from '../parameters/parameter-literal.js';
import { chooseRoad, roadSettings } from '../query/choose-road.js';
import { explainStages } from '../query/explain-stages.js';
import { explainDistribution, explainFragmentSql, explainLogicalPlan, explainWhole } from '../query/explain-query.js';
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
    [textColumn('QUERY PLAN')],
    async (options) => {
      const { context, query: translated } = await query.translate();
      const parameters =
        options.parameters.length === 0
          ? translated.parameterTypes.map(nullLiteral)
          : bindParameters(translated.parameterTypes, options, context.outputSettings());
      const lines = [
        ...(await whileWanted(options.signal, explain(context, translated, parameters, request.level))),
        ...(request.analyze ? await analyze(context, translated, parameters, options) : []),
      ];
      return { rows: lines.map((line) => [line]), tag: 'EXPLAIN', notices: translated.notices };
    },
    query.parameterTypes,
  );
}

async function explain(context: QueryContext, query: TranslatedQuery, parameters: ParameterConstants, level: ExplainLevel): Promise<readonly string[]> {
  switch (level) {
    case 'translated':
      return wholeSql(query, parameters).split('\n');
    case 'logical':
      return explainLogicalPlan(context, query, parameters);
    case 'distributed':
    case 'fragments': {
      const road = chooseRoad(query, roadSettings(context));
      if (road.kind === 'whole') {
        return explainWhole(context, query, parameters, road.reason, level);
      }
      const planned = await planQuery(context, query, parameters, road.mode);
      if (planned.kind === 'whole') {
        return explainWhole(context, query, parameters, planned.reason, level);
      }
      return level === 'fragments' ? explainFragmentSql(context, planned) : explainDistribution(context, query, planned);
    }
  }
}

/** Runs the query, throws its rows away, and says what it took. */
async function analyze(context: QueryContext, query: TranslatedQuery, parameters: ParameterConstants, options: ExecuteOptions): Promise<readonly string[]> {
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
  return [...explainStages(summary()), `Rows: ${rowCount}`, `Execution Time: ${(performance.now() - started).toFixed(3)} ms`];
}
