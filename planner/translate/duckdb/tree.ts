/** A value of DuckDB's serialized statements. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object of DuckDB's serialized statements. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for an object, not a list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field's text, '' where it has none. */
export function textOf(node: JsonObject, key: string): string {
  const value = node[key];
  return typeof value === 'string' ? value : '';
}

/** A field's list, empty where it has none. */
export function listOf(node: JsonObject, key: string): readonly Json[] {
  const value = node[key];
  return isList(value) ? value : [];
}

/** True for a list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A node's place in the text in bytes; undefined where DuckDB gives none. */
export function locationIn(node: JsonObject): number | undefined {
  const location = node['query_location'];
  return typeof location === 'number' && location < Number.MAX_SAFE_INTEGER ? location : undefined;
}

// JavaScript's numbers hold 15 digits for certain. Longer ones pass through as strings that start with an unpaired surrogate,
// which no text decoded from UTF-8 holds (the parser refuses others).
const NUMBER_MARK = '\uDC03';
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]{15,}/g;
const MARKED_NUMBER = /"\\udc03([^"]+)"/g;

/** Reads DuckDB's JSON with every digit of its numbers. */
export function parseTree(text: string): Json {
  return JSON.parse(text.replace(TOKENS, (token) => (token.startsWith('"') ? token : `"${NUMBER_MARK}${token}"`)));
}

/** Writes a tree that parseTree read. */
export function printTree(tree: Json): string {
  return JSON.stringify(tree).replace(MARKED_NUMBER, '$1');
}

/** True for a number that parseTree could not read as one. */
export function isLongNumber(value: Json): boolean {
  return typeof value === 'string' && value.startsWith(NUMBER_MARK);
}
