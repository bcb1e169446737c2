import { createHash } from 'node:crypto';
import { readAs } from '../../executor/arrow/literal-rows.js';
import type { ScriptFunction } from '../../executor/engine.js';
import type { FrameStatement } from '../../planner/dataframe/compile-frame.js';
import { NUMBER_COLUMN } from '../../planner/dataframe/compile-frame.js';
import type { FrameScript } from '../../planner/dataframe/frame-node.js';
import type { BoundColumn, BoundStatement, PartitionedPlan } from '../../planner/dataframe/partitioned-plan.js';
import { columnsOfPlan } from '../../planner/dataframe/partitioned-plan.js';
import type { SqlPiece } from '../../planner/translate/translated.js';
import type { DataType } from '../../planner/types/data-type.js';
import { list, printDataType, quoteName, scalar } from '../../planner/types/data-type.js';
import { FRAME_SCHEMA } from './frame-names.js';

const FORMS: Readonly<Record<FrameScript['use'], ScriptFunction['form']>> = {
  batch: 'batch',
  map: 'map',
  flat_map: 'flat_map',
  filter: 'value',
  number: 'value',
};

/** A function in JavaScript as DuckDB SQL over its input that calls it; `columns` are what it gives, null for its input's. */
export function scriptStatement(
  input: PartitionedPlan,
  { script }: Extract<FrameStatement, { readonly kind: 'script' }>,
  columns: readonly BoundColumn[] | null,
): { readonly script: ScriptFunction; readonly bound: BoundStatement } {
  const given = columnsOfPlan(input);
  const { code, parameters } = script;
  const form = FORMS[script.use];
  const name = `sluice_script_${createHash('sha256')
    .update(JSON.stringify([code, form, parameters, given]))
    .digest('hex')
    .slice(0, 32)}`;
  const call = `${name}(${given.map((column) => `i.${quoteName(column.name)}`).join(', ')})`;
  const rows: SqlPiece = { kind: 'reference', index: 0 };
  const from: readonly SqlPiece[] = [' FROM ', rows, ' AS i'];
  const { sql, output } = select(script.use, call, from, given, columns ?? given);
  const relation = { schema: FRAME_SCHEMA, name: 'input', columns: given, source: { kind: 'partitioned' as const } };
  return {
    script: { name, columns: given, code, form, parameters },
    bound: {
      query: {
        sql,
        references: [{ index: 0, relation, alias: 'i', block: 0 }],
        blocks: [],
        columns: null,
        parameterTypes: [],
        volatile: true,
        tableless: false,
        hints: [],
        notices: [],
      },
      logical: null,
      columns: output,
      partitioned: new Map([[0, input]]),
    },
  };
}

interface Selection {
  readonly sql: readonly SqlPiece[];
  readonly output: readonly BoundColumn[];
}

function select(use: FrameScript['use'], call: string, from: readonly SqlPiece[], given: readonly BoundColumn[], columns: readonly BoundColumn[]): Selection {
  switch (use) {
    case 'filter':
      return { sql: ['SELECT *', ...from, ` WHERE CAST(${call} AS BOOLEAN)`], output: given };
    case 'number':
      return {
        sql: [`SELECT *, CAST(${call} AS INTEGER) AS ${NUMBER_COLUMN}`, ...from],
        output: [...given, { name: NUMBER_COLUMN, type: scalar('INTEGER') }],
      };
    case 'batch':
    case 'map':
    case 'flat_map': {
      const row: DataType = { kind: 'struct', fields: columns.map((column) => ({ name: column.name, type: readAs(column.type) })) };
      const values = columns.map(({ name, type }) => `CAST(o.r.${quoteName(name)} AS ${printDataType(type)}) AS ${quoteName(name)}`);
      const rows = `unnest(CAST(CAST(${call} AS JSON) AS ${printDataType(list(row))})) AS r`;
      return { sql: [`SELECT ${values.join(', ')} FROM (SELECT ${rows}`, ...from, ') AS o'], output: columns };
    }
  }
}
