import { parseStatements } from '../../planner/parse/parser.js';
import type { Column } from '../../planner/relation/relation.js';
import { translateQuery } from '../../planner/translate/query.js';
import { quoteName } from '../../planner/types/data-type.js';
import { formatPostgresType, postgresTypeOf } from '../../planner/types/postgres-type.js';
import type { StagedRows } from '../lake/staged-rows.js';
import { stageRows } from '../lake/staged-rows.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SequenceColumn } from './insert-sequences.js';
import { QueryStatement } from './query.js';
import { withTarget } from './target-environment.js';

/** Schema under which the numbering query knows the rows. */
const ROWS_SCHEMA = '_sluice_rows';

/** Staged rows with the next values of sequences in some columns, as many as there are rows; the others stay as they are. */
export async function numberRows(
  session: Session,
  staged: StagedRows,
  columns: readonly Column[],
  fill: readonly SequenceColumn[],
  options: Pick<ExecuteOptions, 'signal'>,
): Promise<StagedRows> {
  if (fill.length === 0 || staged.rowCount === 0) {
    return staged;
  }
  const values = new Map<string, string>();
  for (const { name, sequence } of fill) {
    const { definition } = sequence;
    const { first, count } = await session.services.sequences.take(sequence.name, definition, BigInt(staged.rowCount));
    session.sequences.given(sequence.id, first + (count - 1n) * definition.increment);
    values.set(name, `CAST('${first}' AS bigint) + (row_number() OVER () - 1) * CAST('${definition.increment}' AS bigint)`);
  }
  const list = columns.map((column) => {
    const value = values.get(column.name);
    const type = formatPostgresType(column.postgres ?? postgresTypeOf(column.type));
    return value === undefined ? quoteName(column.name) : `CAST(${value} AS ${type}) AS ${quoteName(column.name)}`;
  });
  const [statement] = parseStatements(`SELECT ${list.join(', ')} FROM ${ROWS_SCHEMA}.rows`);
  if (statement === undefined) {
    throw new Error('no statement');
  }
  const query = new QueryStatement(session, statement, [], (parsed, environment, types) =>
    translateQuery(parsed, withTarget(environment, ROWS_SCHEMA, staged.relation), types),
  );
  const { context, query: translated } = await query.translate();
  return stageRows(session, context, translated, columns, [], options);
}
