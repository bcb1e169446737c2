import type { FrameBound, WindowCall, WindowFrame } from '../plan/expressions.js';
import { printFunctionName } from './print-call.js';
import { printCondition, printExpression, printKey, printSortKey, type ColumnNames } from './print-expression.js';

/** Prints a window function call. */
export function printWindowCall(call: WindowCall, names: ColumnNames): string {
  const operands = call.arguments.map((operand) => printExpression(operand, names)).join(', ');
  const isCountStar = call.name === 'count' && operands === '';
  const distinct = call.distinct ? 'DISTINCT ' : '';
  const order = call.argumentOrder.length === 0 ? '' : ` ORDER BY ${call.argumentOrder.map((key) => printSortKey(key, names)).join(', ')}`;
  const nulls = call.ignoreNulls ? ' IGNORE NULLS' : '';
  const filter = call.filter === null ? '' : ` FILTER (WHERE ${printCondition(call.filter, names)})`;
  return `${printFunctionName(call.name)}(${isCountStar ? '*' : `${distinct}${operands}`}${order}${nulls})${filter} OVER (${printWindow(call, names)})`;
}

function printWindow(call: WindowCall, names: ColumnNames): string {
  const parts: string[] = [];
  if (call.partitionBy.length > 0) {
    parts.push(`PARTITION BY ${call.partitionBy.map((key) => printKey(key, names)).join(', ')}`);
  }
  if (call.orderBy.length > 0) {
    parts.push(`ORDER BY ${call.orderBy.map((key) => printSortKey(key, names)).join(', ')}`);
  }
  if (!isDefaultFrame(call.frame)) {
    parts.push(printFrame(call.frame, names));
  }
  return parts.join(' ');
}

function isDefaultFrame(frame: WindowFrame): boolean {
  return frame.unit === 'RANGE' && frame.start.kind === 'unbounded_preceding' && frame.end.kind === 'current_row' && frame.exclude === 'NO OTHERS';
}

function printFrame(frame: WindowFrame, names: ColumnNames): string {
  const exclude = frame.exclude === 'NO OTHERS' ? '' : ` EXCLUDE ${frame.exclude}`;
  return `${frame.unit} BETWEEN ${printBound(frame.start, names)} AND ${printBound(frame.end, names)}${exclude}`;
}

function printBound(bound: FrameBound, names: ColumnNames): string {
  switch (bound.kind) {
    case 'unbounded_preceding':
      return 'UNBOUNDED PRECEDING';
    case 'unbounded_following':
      return 'UNBOUNDED FOLLOWING';
    case 'current_row':
      return 'CURRENT ROW';
    case 'preceding':
      return `${printExpression(bound.offset, names)} PRECEDING`;
    case 'following':
      return `${printExpression(bound.offset, names)} FOLLOWING`;
  }
}
