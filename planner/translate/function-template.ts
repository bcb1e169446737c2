import { OID } from '../types/postgres-type.js';
import { coerce, settle } from './coercion.js';
import type { FunctionSignature } from './functions/signature.js';
import type { Translation } from './translation.js';
import type { Typed } from './typed.js';
import { categoryOf, oidOf, typeOf } from './typed.js';

/** A function's SQL with its arguments put in. Aggregate calls in it still stand in braces. */
export function renderTemplate(translation: Translation, signature: FunctionSignature, args: readonly Typed[]): string {
  const list = args.map((argument) => argument.sql);
  switch (signature.template) {
    case null:
      return `${signature.name}(${list.join(', ')})`;
    case 'textconcat':
      return `concat(${args.map((argument) => printable(translation, argument)).join(', ')})`;
    case 'textconcat_ws':
      return `concat_ws(${list[0] ?? "''"}, ${args
        .slice(1)
        .map((argument) => printable(translation, argument))
        .join(', ')})`;
    default:
      return signature.template.replace(/\$(\d+|\*|rest)/g, (_, which: string) =>
        which === '*' ? list.join(', ') : which === 'rest' ? list.slice(1).join(', ') : (list[Number(which) - 1] ?? 'NULL'),
      );
  }
}

/** concat() writes booleans as t and f, and everything else in its text form. */
function printable(translation: Translation, argument: Typed): string {
  if (oidOf(argument) === OID.bool) {
    return `CASE WHEN ${argument.sql} THEN 't' WHEN NOT ${argument.sql} THEN 'f' END`;
  }
  const settled = settle(translation, argument);
  return settled.type === null || categoryOf(oidOf(settled)) === 'S' ? settled.sql : coerce(translation, settled, typeOf(OID.text), 'explicit').sql;
}

/** What stands around an aggregate's arguments. */
export interface AggregateDecoration {
  readonly distinct: boolean;
  /** `ORDER BY ...` or empty. */
  readonly order: string;
  /** ` FILTER (...)` or empty. */
  readonly filter: string;
  /** ` OVER (...)` or empty. */
  readonly over: string;
}

/** Writes the decoration onto every aggregate call in braces, and drops the braces. */
export function decorateAggregate(sql: string, decoration: AggregateDecoration): string {
  let result = '';
  let index = 0;
  while (index < sql.length) {
    const open = nextBrace(sql, index, '{');
    if (open < 0) {
      return result + sql.slice(index);
    }
    const close = nextBrace(sql, open + 1, '}');
    const call = sql.slice(open + 1, close);
    const paren = call.indexOf('(');
    const inside = call.slice(paren + 1, -1);
    const distinct = decoration.distinct && inside !== '' && inside !== '*' ? 'DISTINCT ' : '';
    const order = decoration.order === '' || inside === '*' ? '' : ` ${decoration.order}`;
    result += `${sql.slice(index, open)}${call.slice(0, paren)}(${distinct}${inside}${order})${decoration.filter}${decoration.over}`;
    index = close + 1;
  }
  return result;
}

/** The next brace that is neither inside a string or a quoted name nor part of a nested pair. */
function nextBrace(sql: string, from: number, brace: '{' | '}'): number {
  let depth = 0;
  for (let index = from; index < sql.length; index++) {
    const character = sql.charAt(index);
    if (character === "'" || character === '"') {
      const end = sql.indexOf(character, index + 1);
      index = end < 0 ? sql.length : end;
    } else if (character === brace && depth === 0) {
      return index;
    } else if (character === '{') {
      depth++;
    } else if (character === '}') {
      depth--;
    }
  }
  return -1;
}
