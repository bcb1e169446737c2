import type { ConstantValue } from '../plan/expressions.js';
import { printDataType, quoteText, type DataType } from '../types/data-type.js';

/**
 * Prints a constant with exactly its type. Bare forms are kept to the three whose literals already have it (INTEGER,
 * VARCHAR, BOOLEAN); everything else is a cast of text, which loses nothing.
 */
export function printConstant(type: DataType, value: ConstantValue): string {
  switch (value.kind) {
    case 'null':
      return type.kind === 'scalar' && type.name === 'NULL' ? 'NULL' : castTo('NULL', type);
    case 'text':
      return printScalar(type, value.text);
    case 'list':
      return printList(type, value.items);
    case 'struct':
      return printStruct(type, value.fields);
  }
}

/** Prints `CAST(text AS type)`. */
export function castTo(text: string, type: DataType): string {
  return `CAST(${text} AS ${printDataType(type)})`;
}

/** A string literal; SQL text cannot hold the character NUL, so that one is spelled as a call. */
export function printText(text: string): string {
  if (!text.includes('\0')) {
    return quoteText(text);
  }
  return `(${text.split('\0').map(quoteText).join(' || chr(0) || ')})`;
}

const BARE_INTEGER = /^\d{1,9}$/;

function printScalar(type: DataType, text: string): string {
  if (type.kind === 'scalar') {
    if (type.name === 'VARCHAR') {
      return printText(text);
    }
    if (type.name === 'BOOLEAN' || (type.name === 'INTEGER' && BARE_INTEGER.test(text))) {
      return text;
    }
  }
  return castTo(printText(text), type);
}

interface TypedValue {
  readonly type: DataType;
  readonly value: ConstantValue;
}

function printList(type: DataType, items: readonly TypedValue[]): string {
  if (type.kind === 'map') {
    return castTo(`map_from_entries([${items.map(printEntry).join(', ')}])`, type);
  }
  return castTo(`[${items.map((item) => printConstant(item.type, item.value)).join(', ')}]`, type);
}

function printEntry(entry: TypedValue): string {
  return entry.value.kind === 'struct' ? `(${entry.value.fields.map((field) => printConstant(field.type, field.value)).join(', ')})` : 'NULL';
}

function printStruct(type: DataType, fields: readonly (TypedValue & { readonly name: string })[]): string {
  const values = fields.map((field) => printConstant(field.type, field.value));
  if (type.kind === 'union') {
    return castTo(`union_value(${fieldName(fields[0]?.name ?? '')} := ${values.join(', ')})`, type);
  }
  if (fields.some((field) => field.name === '')) {
    return `row(${values.join(', ')})`;
  }
  return castTo(`{${fields.map((field, index) => `${quoteText(field.name)}: ${values[index] ?? ''}`).join(', ')}}`, type);
}

function fieldName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
