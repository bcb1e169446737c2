import type { Expression } from '../plan/expressions.js';
import type { DataType } from '../types/data-type.js';
import type { ExchangeKey } from './exchange.js';
import { columnRange, keepColumns, onEachTask, type Placed } from './placed.js';

/**
 * True where values that are equal in SQL also have equal hashes, in every file the rows may pass through: all of DuckDB's
 * types but the type of a bare NULL, whose one value no cast names. Structs without field names cannot be cast to either.
 */
export function isHashable(type: DataType): boolean {
  switch (type.kind) {
    case 'scalar':
      return type.name !== 'NULL';
    case 'decimal':
    case 'enum':
      return true;
    case 'list':
    case 'array':
      return isHashable(type.element);
    case 'struct':
      return type.fields.every((field) => field.name !== '' && isHashable(field.type));
    case 'union':
      return type.members.every((member) => isHashable(member.type));
    case 'map':
      return isHashable(type.key) && isHashable(type.value);
  }
}

/** A placed plan with expressions computed as columns at its end, where they were not columns already. */
export interface WithKeys {
  readonly placed: Placed;
  /** One for each expression. */
  readonly keys: readonly ExchangeKey[];
  /** Number of columns added. */
  readonly addedCount: number;
}

/** Makes every expression readable as a column, so that an exchange can hash by it. A column under a cast is hashed as the cast's type. */
export function withKeyColumns(placed: Placed, expressions: readonly Expression[]): WithKeys {
  const width = placed.plan.output.length;
  const added: Expression[] = [];
  const keys = expressions.map((expression): ExchangeKey => {
    const column = plainColumn(expression);
    if (column !== null) {
      return { column, type: expression.type };
    }
    added.push(expression);
    return { column: width + added.length - 1, type: expression.type };
  });
  return { placed: added.length === 0 ? placed : onEachTask(placed, (piece) => append(piece, added)), keys, addedCount: added.length };
}

/** The column an expression is, or is only a cast of. */
export function plainColumn(expression: Expression): number | null {
  if (expression.kind === 'ref') {
    return expression.index;
  }
  return expression.kind === 'cast' && !expression.isTry && expression.input.kind === 'ref' ? expression.input.index : null;
}

function append(placed: Placed, added: readonly Expression[]): Placed {
  const { output } = placed.plan;
  const expressions = [...refs(output), ...added];
  return {
    plan: { kind: 'projection', input: placed.plan, expressions, names: expressions.map(() => null), output: expressions.map((expression) => expression.type) },
    layout: keepColumns(placed.layout, [...columnRange(0, output.length), ...added.map(() => null)]),
    estimate: placed.estimate,
  };
}

/** References to all columns of an input. */
export function refs(output: readonly DataType[], first = 0): readonly Expression[] {
  return output.map((type, index): Expression => ({ kind: 'ref', index: first + index, type }));
}

/** Keeps only some columns of a placed plan, by a projection. */
export function pickColumns(placed: Placed, columns: readonly number[]): Placed {
  const all = refs(placed.plan.output);
  const expressions = columns.flatMap((column) => all[column] ?? []);
  return onEachTask(placed, (piece) => ({
    plan: { kind: 'projection', input: piece.plan, expressions, names: expressions.map(() => null), output: expressions.map((expression) => expression.type) },
    layout: keepColumns(piece.layout, columns),
    estimate: piece.estimate,
  }));
}
