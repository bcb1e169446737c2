import type { Expression } from './expressions.js';

/** A reference to an input column. */
export type RefExpression = Extract<Expression, { readonly kind: 'ref' }>;

/** The direct operands of an expression, in order. */
export function expressionChildren(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'ref':
    case 'constant':
      return [];
    case 'call':
    case 'conjunction':
    case 'operator':
      return expression.arguments;
    case 'cast':
      return [expression.input];
    case 'comparison':
      return [expression.left, expression.right];
    case 'between':
      return [expression.input, expression.lower, expression.upper];
    case 'case':
      return [...expression.branches.flatMap((branch) => [branch.condition, branch.result]), expression.otherwise];
  }
}

/** The same expression with each direct operand replaced. */
export function mapExpressionChildren(expression: Expression, change: (child: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'ref':
    case 'constant':
      return expression;
    case 'call':
    case 'conjunction':
    case 'operator':
      return { ...expression, arguments: expression.arguments.map(change) };
    case 'cast':
      return { ...expression, input: change(expression.input) };
    case 'comparison':
      return { ...expression, left: change(expression.left), right: change(expression.right) };
    case 'between':
      return {
        ...expression,
        input: change(expression.input),
        lower: change(expression.lower),
        upper: change(expression.upper),
      };
    case 'case':
      return {
        ...expression,
        branches: expression.branches.map((branch) => ({
          condition: change(branch.condition),
          result: change(branch.result),
        })),
        otherwise: change(expression.otherwise),
      };
  }
}

/** Replaces every reference. */
export function mapRefs(expression: Expression, change: (reference: RefExpression) => Expression): Expression {
  return expression.kind === 'ref' ? change(expression) : mapExpressionChildren(expression, (child) => mapRefs(child, change));
}

/** Moves every reference by `offset` columns. */
export function shiftRefs(expression: Expression, offset: number): Expression {
  return offset === 0 ? expression : mapRefs(expression, (reference) => ({ ...reference, index: reference.index + offset }));
}

/** Replaces the reference to column i by `columns[i]`: the expression over a projection becomes one over its input. */
export function substituteRefs(expression: Expression, columns: readonly Expression[]): Expression {
  return mapRefs(expression, (reference) => {
    const column = columns[reference.index];
    if (column === undefined) {
      throw new Error(`reference to column ${reference.index} of ${columns.length}`);
    }
    return column;
  });
}

/** The columns an expression reads, each once, ascending. */
export function referencedColumns(expression: Expression): readonly number[] {
  const found = new Set<number>();
  collectRefs(expression, found);
  return [...found].toSorted((a, b) => a - b);
}

function collectRefs(expression: Expression, found: Set<number>): void {
  if (expression.kind === 'ref') {
    found.add(expression.index);
  }
  for (const child of expressionChildren(expression)) {
    collectRefs(child, found);
  }
}

/** True when the two are the same data. */
export function sameExpression(a: Expression, b: Expression): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
