import type { Expression } from '../plan/expressions.js';
import { decimal, quoteName, sameDataType } from '../types/data-type.js';
import { decimalResult, isDecimal, type DecimalType } from './decimal-arithmetic.js';
import { castTo } from './print-constant.js';

type Call = Extract<Expression, { readonly kind: 'call' }>;

/** How operands print; the caller knows the column names. */
export type PrintOperand = (expression: Expression) => string;

/** Operators written between their operands. */
const BINARY_OPERATORS: ReadonlySet<string> = new Set('+ - * / // % ^ ** & | << >> || ~~ !~~ ~~* !~~* ~~~ -> ->> @> <@ && <-> <=> ^@'.split(' '));
const PREFIX_OPERATORS = new Set(['+', '-', '~']);

/** Names that are safe to call unquoted: none of them is special syntax in DuckDB's grammar. */
const PLAIN_NAME = /^[a-z_][a-z0-9_]*$/;
const SYNTAX_NAMES: ReadonlySet<string> = new Set(
  'position substring trim overlay extract row coalesce nullif grouping treat map struct values exists try_cast cast interval time timestamp date char character varchar bit decimal numeric float real int integer bigint smallint boolean array list union in not and or case when end select from where columns unpack lambda glob like ilike similar left right setof national nchar none out inout xmlelement'.split(
    ' ',
  ),
);

/** A function's name as SQL calls it. */
export function printFunctionName(name: string): string {
  return PLAIN_NAME.test(name) && !SYNTAX_NAMES.has(name) ? name : quoteName(name);
}

/** Decimal functions whose result type follows from the operands' types alone, as DuckDB will find it again. */
const SAME_DECIMAL: ReadonlySet<string> = new Set('abs greatest least error if ifnull'.split(' '));

/** Prints a function or operator call so that DuckDB binds it to the same function with the same result type. */
export function printCall(call: Call, print: PrintOperand): string {
  const { type } = call;
  if (!isDecimal(type)) {
    return printPlainCall(call, call.arguments.map(print));
  }
  const [left, right] = call.arguments;
  if (left !== undefined && right !== undefined && (call.name === '+' || call.name === '-' || call.name === '*')) {
    return printDecimalArithmetic(call, call.name, left, right, type, print);
  }
  const text = printPlainCall(call, call.arguments.map(print));
  const keepsType = SAME_DECIMAL.has(call.name) || (call.arguments.length === 1 && left !== undefined && sameDataType(left.type, type) && call.name === '-');
  return keepsType ? text : castTo(text, type);
}

function printPlainCall(call: Call, operands: readonly string[]): string {
  const [first, second] = operands;
  if (call.isOperator && second !== undefined && operands.length === 2 && BINARY_OPERATORS.has(call.name)) {
    return `(${first} ${call.name} ${second})`;
  }
  if (call.isOperator && operands.length === 1 && PREFIX_OPERATORS.has(call.name)) {
    return `(${call.name}${first})`;
  }
  if (call.name === 'array_slice' || call.name === 'list_slice') {
    return printSlice(call, operands);
  }
  if ((call.name === 'struct_pack' || call.name === 'struct_insert') && call.type.kind === 'struct') {
    return printStructCall(call, call.type.fields, operands);
  }
  return `${printFunctionName(call.name)}(${operands.join(', ')})`;
}

/** A bound left open is an empty list in DuckDB's plan, which only the subscript form can say. */
function printSlice(call: Call, operands: readonly string[]): string {
  const isOpen = (index: number): boolean => {
    const bound = call.arguments[index];
    return bound !== undefined && bound.kind === 'constant' && bound.type.kind === 'list';
  };
  if (!isOpen(1) && !isOpen(2)) {
    return `${call.name}(${operands.join(', ')})`;
  }
  const [input = '', lower = '', upper = '', step] = operands;
  const end = isOpen(2) ? (step === undefined ? '' : '-') : upper;
  return `(${input})[${isOpen(1) ? '' : lower}:${end}${step === undefined ? '' : `:${step}`}]`;
}

/** The names of the fields stand in the type only; struct_insert's first operand is the struct that is widened. */
function printStructCall(call: Call, fields: readonly { readonly name: string }[], operands: readonly string[]): string {
  const unnamed = call.name === 'struct_insert' ? 1 : 0;
  const named = operands.slice(unnamed);
  const names = fields.slice(fields.length - named.length);
  const printed = named.map((operand, index) => `${quoteName(names[index]?.name ?? '')} := ${operand}`);
  return `${call.name}(${[...operands.slice(0, unnamed), ...printed].join(', ')})`;
}

/**
 * DuckDB derives a decimal result's width from the operands' widths, and its plan shows operands already widened to
 * the result: printed as they stand they would widen again. Narrower operands that give the very same result type
 * are looked for first; a cast of the result is what is left.
 */
function printDecimalArithmetic(call: Call, operator: '+' | '-' | '*', left: Expression, right: Expression, type: DecimalType, print: PrintOperand): string {
  for (const narrowLeft of narrowings(left, type)) {
    for (const narrowRight of narrowings(right, type)) {
      if (isDecimal(narrowLeft.type) && isDecimal(narrowRight.type)) {
        const derived = decimalResult(operator, narrowLeft.type, narrowRight.type);
        if (derived !== null && derived.width === type.width && derived.scale === type.scale) {
          return printPlainCall(call, [print(narrowLeft), print(narrowRight)]);
        }
      }
    }
  }
  return castTo(printPlainCall(call, [print(left), print(right)]), type);
}

function narrowings(operand: Expression, result: DecimalType): readonly Expression[] {
  if (
    operand.kind === 'cast' &&
    !operand.isTry &&
    isDecimal(operand.input.type) &&
    isDecimal(operand.type) &&
    operand.input.type.scale === operand.type.scale
  ) {
    return [operand, operand.input];
  }
  if (operand.kind === 'constant' && operand.value.kind === 'text' && isDecimal(operand.type)) {
    const narrower = decimal(Math.max(digitsOf(operand.value.text), result.width - 1, operand.type.scale), operand.type.scale);
    return [operand, { ...operand, type: narrower }];
  }
  return [operand];
}

function digitsOf(text: string): number {
  return text.replace(/[-.]/g, '').replace(/^0+/, '').length;
}
