import type { PerPartitionNode } from '../plan/nodes.js';
import { quoteName } from '../types/data-type.js';
import type { PrintContext } from './print-context.js';
import { outputName, renderBlock, selectFrom, type SelectBlock } from './select-block.js';
import { line, type SqlLine } from './sql-text.js';

/** Names of the inputs in the printed query: a user's WITH must not hide them. */
const INPUT_PREFIX = 'sluice_partition_';

/** Prints SQL of its own over its inputs: each becomes a CTE, read under its columns' own names. */
export function printPerPartition(plan: PerPartitionNode, inputs: readonly SelectBlock[], context: PrintContext): SelectBlock {
  const reads = plan.inputs.map((_, index) => plan.sql.filter((piece) => typeof piece !== 'string' && piece.kind === 'input' && piece.index === index).length);
  const names = inputs.map((input, index) => context.addCte(renderBlock(input), (reads[index] ?? 0) > 1, INPUT_PREFIX));
  const pieces = plan.sql.map((piece): SqlLine[number] => {
    if (typeof piece === 'string') {
      return piece;
    }
    switch (piece.kind) {
      case 'partition':
        return { kind: 'partition' };
      case 'input':
        return readInput(names[piece.index] ?? '', plan.inputNames[piece.index] ?? []);
    }
  });
  const alias = context.nextAlias();
  const columns = plan.output.map((_, index) => outputName(index));
  return selectFrom(
    [line('('), pieces, line(`) AS ${alias}(${columns.join(', ')})`)],
    columns.map((column) => `${alias}.${column}`),
  );
}

function readInput(name: string, columns: readonly string[]): string {
  const list = columns.length === 0 ? 'NULL AS c0' : columns.map((column, index) => `${outputName(index)} AS ${quoteName(column)}`).join(', ');
  return `(SELECT ${list} FROM ${name})`;
}
