import type { Expression } from '../plan/expressions.js';
import type { FunctionScanNode, PlanNode, ScanNode, ValuesNode } from '../plan/nodes.js';
import { quoteName, type DataType } from '../types/data-type.js';
import { castTo } from './print-constant.js';
import type { DelimSource, PrintContext } from './print-context.js';
import { printCondition, printExpression } from './print-expression.js';
import { printFunctionName } from './print-call.js';
import { outputName, selectFrom, subselect, type SelectBlock } from './select-block.js';
import { line } from './sql-text.js';

/** Identifiers that need no quotes after a dot. */
const PLAIN_COLUMN = /^[a-z_][a-z0-9_]*$/;

/** Prints a scan: a hole with an alias. */
export function printScan(plan: ScanNode, context: PrintContext): SelectBlock {
  const alias = context.nextAlias();
  const names = plan.read.map((name) => `${alias}.${PLAIN_COLUMN.test(name) ? name : quoteName(name)}`);
  const block = selectFrom(
    [[{ kind: 'scan', scan: plan.reference }, ` AS ${alias}`]],
    plan.projection.map((index) => names[index] ?? ''),
  );
  return { ...block, where: plan.filters.map((filter) => printCondition(filter, names)) };
}

/** Prints a table function over constants. */
export function printFunctionScan(plan: FunctionScanNode, context: PrintContext): SelectBlock {
  const alias = context.nextAlias();
  const call = `${printFunctionName(plan.function)}(${plan.arguments.map((argument) => printExpression(argument, [])).join(', ')})`;
  const width = Math.max(0, ...plan.projection) + 1;
  const names = Array.from({ length: width }, (_, index) => outputName(index));
  return selectFrom(
    [line(`${call} AS ${alias}(${names.join(', ')})`)],
    plan.projection.map((index) => `${alias}.${outputName(index)}`),
  );
}

/** Prints VALUES. */
export function printValues(plan: ValuesNode, context: PrintContext): SelectBlock {
  const alias = context.nextAlias();
  const rows = plan.rows.map((row) => `(${row.map((item, index) => typed(item, plan.output[index])).join(', ')})`);
  const names = plan.output.map((_, index) => outputName(index));
  return selectFrom(
    [line(`(VALUES ${rows.join(', ')}) AS ${alias}(${names.join(', ')})`)],
    names.map((name) => `${alias}.${name}`),
  );
}

function typed(expression: Expression, type: DataType | undefined): string {
  const text = printExpression(expression, []);
  return type === undefined || expression.kind === 'constant' ? text : castTo(text, type);
}

/** A NULL of each type. */
export function nulls(types: readonly DataType[]): readonly string[] {
  return types.map((type) => castTo('NULL', type));
}

/** Reads a CTE by its printed name. */
export function readName(name: string, width: number, context: PrintContext): SelectBlock {
  const alias = context.nextAlias();
  return selectFrom(
    [line(`${name} AS ${alias}`)],
    Array.from({ length: width }, (_, index) => `${alias}.${outputName(index)}`),
  );
}

/** Prints the distinct keys of the delim join around it. */
export function printDelimGet(plan: PlanNode, context: PrintContext, delim: DelimSource | null): SelectBlock {
  if (delim === null || delim.keys.length !== plan.output.length) {
    throw new Error('a delim_get outside its delim join');
  }
  const source = readName(delim.name, delim.width, context);
  const keys: SelectBlock = {
    ...source,
    columns: delim.keys.map((key) => printExpression(key, source.columns)),
    isPlain: false,
    distinct: 'DISTINCT',
  };
  return subselect(keys, context.nextAlias());
}
