import { quoteText } from '../../types/data-type.js';
import type { Json, JsonObject } from './tree.js';
import { isLongNumber, isObject, listOf, textOf } from './tree.js';

/** Paths and named options of a file-reading table function; null when an argument is no constant. */
export function fileArguments(call: JsonObject): { readonly paths: readonly string[]; readonly options: Readonly<Record<string, string>> } | null {
  const paths: string[] = [];
  const options: Record<string, string> = {};
  for (const argument of listOf(call, 'children')) {
    const named = namedArgument(argument);
    if (named !== null) {
      const literal = literalOf(named.value);
      if (literal === null) {
        return null;
      }
      options[named.name.toLowerCase()] = literal;
      continue;
    }
    for (const item of isCallOf(argument, 'list_value') ? listOf(argument, 'children') : [argument]) {
      const value = constantOf(item);
      if (typeof value !== 'string') {
        return null;
      }
      paths.push(value);
    }
  }
  return { paths, options };
}

/** `name = value` is a comparison in DuckDB's tree, `name := value` and `name => value` an alias. */
function namedArgument(argument: Json): { readonly name: string; readonly value: Json } | null {
  if (!isObject(argument)) {
    return null;
  }
  const { left, right } = argument;
  if (textOf(argument, 'type') === 'COMPARE_EQUAL' && isObject(left) && right !== undefined) {
    const [name, ...others] = listOf(left, 'column_names');
    return typeof name === 'string' && others.length === 0 ? { name, value: right } : null;
  }
  const alias = textOf(argument, 'alias');
  return alias === '' ? null : { name: alias, value: argument };
}

/** A constant, a list or a struct of constants as a SQL literal; null for anything else. */
function literalOf(value: Json): string | null {
  if (!isObject(value)) {
    return null;
  }
  const { child } = value;
  if (textOf(value, 'class') === 'CAST' && child !== undefined && isObject(value['cast_type']) && textOf(value['cast_type'], 'id') === 'BOOLEAN') {
    const text = constantOf(child);
    return text === 't' || text === 'true' ? 'true' : text === 'f' || text === 'false' ? 'false' : null;
  }
  if (isCallOf(value, 'list_value')) {
    const items = listOf(value, 'children').map(literalOf);
    return items.includes(null) ? null : `[${items.join(', ')}]`;
  }
  if (isCallOf(value, 'struct_pack')) {
    const fields = listOf(value, 'children').map((field) => {
      const literal = literalOf(field);
      return literal === null || !isObject(field) ? null : `${quoteText(textOf(field, 'alias'))}: ${literal}`;
    });
    return fields.includes(null) ? null : `{${fields.join(', ')}}`;
  }
  const constant = constantOf(value);
  return constant === null ? null : typeof constant === 'string' ? quoteText(constant) : String(constant);
}

function isCallOf(value: Json, name: string): value is JsonObject {
  return isObject(value) && textOf(value, 'class') === 'FUNCTION' && textOf(value, 'function_name') === name;
}

function constantOf(value: Json): string | number | boolean | null {
  if (!isObject(value) || textOf(value, 'class') !== 'CONSTANT' || !isObject(value['value'])) {
    return null;
  }
  const constant = value['value']['value'];
  if (constant === undefined || isLongNumber(constant)) {
    return null;
  }
  return typeof constant === 'string' || typeof constant === 'number' || typeof constant === 'boolean' ? constant : null;
}
