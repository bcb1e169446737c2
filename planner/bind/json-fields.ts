import { NumberText, type Json, type JsonObject } from './json-text.js';

/** The plan holds something this reader does not know; the message is the reason a user reads in EXPLAIN. */
export class UnknownPlanError extends Error {}

/** Ends reading: whatever is not known for certain is not guessed. */
export function unknown(reason: string): never {
  throw new UnknownPlanError(reason);
}

/** The field's object. */
export function objectField(object: JsonObject, field: string): JsonObject {
  return asObject(object[field], field);
}

/** The field's array; an absent field is an empty one, as when DuckDB skips empty fields. */
export function arrayField(object: JsonObject, field: string): readonly Json[] {
  const value = object[field];
  if (value === undefined) {
    return [];
  }
  return Array.isArray(value) ? value : unknown(`field ${field} of the plan is not a list`);
}

/** The field's objects. */
export function objectsField(object: JsonObject, field: string): readonly JsonObject[] {
  return arrayField(object, field).map((item) => asObject(item, field));
}

/** The field's text; an absent field is the empty text. */
export function textField(object: JsonObject, field: string): string {
  const value = object[field];
  if (value === undefined) {
    return '';
  }
  return typeof value === 'string' ? value : unknown(`field ${field} of the plan is not a text`);
}

/** The field's truth value; an absent field is false. */
export function booleanField(object: JsonObject, field: string): boolean {
  const value = object[field];
  if (value === undefined) {
    return false;
  }
  return typeof value === 'boolean' ? value : unknown(`field ${field} of the plan is not a truth value`);
}

/** The field's number, small enough to index with. */
export function indexField(object: JsonObject, field: string): number {
  return asIndex(object[field], field);
}

/** The field's numbers, small enough to index with. */
export function indexesField(object: JsonObject, field: string): readonly number[] {
  return arrayField(object, field).map((item) => asIndex(item, field));
}

/** The value as an index. */
export function asIndex(value: Json | undefined, field: string): number {
  return typeof value === 'number' && value >= 0 ? value : unknown(`field ${field} of the plan is not an index`);
}

/** The value as an object. */
export function asObject(value: Json | undefined, field: string): JsonObject {
  return isObject(value) ? value : unknown(`field ${field} of the plan is not an object`);
}

/** True for objects, false for lists, numbers and the rest. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

/** DuckDB's mark for "no index": the largest 64-bit number. */
const NO_INDEX = 18446744073709551615n;

/** True when the field is absent or holds DuckDB's "no index". */
export function isNoIndex(object: JsonObject, field: string): boolean {
  const value = object[field];
  return value === undefined || value === NO_INDEX;
}

/** The names of a blank-separated list. */
export function nameSet(names: string): ReadonlySet<string> {
  return new Set(names.split(' '));
}

/** Refuses an object with a field outside the list: a field this reader was not written for may change the meaning. */
export function expectFields(object: JsonObject, what: string, fields: ReadonlySet<string>): void {
  for (const field in object) {
    if (!fields.has(field)) {
      unknown(`${what} has the field ${field}, which this version does not know`);
    }
  }
}
