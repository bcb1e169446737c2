import type { ReadPlanResult } from '../plan/nodes.js';
import { asObject, isObject, objectsField, textField, UnknownPlanError } from './json-fields.js';
import { JsonTextError, parseJsonText, type Json } from './json-text.js';
import { readOperator } from './read-operator.js';

/** Reads what `json_serialize_plan(sql, optimize := true, skip_null := true)` of DuckDB 1.5.6 gives over stubs. Never guesses: what is not known gives the reason. */
export function readPlan(json: string): ReadPlanResult {
  try {
    return readDocument(parseJsonText(json));
  } catch (error) {
    if (error instanceof UnknownPlanError) {
      return { kind: 'unknown', reason: error.message };
    }
    if (error instanceof JsonTextError) {
      return { kind: 'unknown', reason: `DuckDB's plan cannot be read (${error.message})` };
    }
    throw error;
  }
}

function readDocument(json: Json): ReadPlanResult {
  const document = asObject(json, 'plan');
  if (document['error'] !== false) {
    return {
      kind: 'unknown',
      reason: `DuckDB cannot write this statement's plan: ${textField(document, 'error_message')}`,
    };
  }
  const [operator, ...more] = objectsField(document, 'plans');
  if (operator === undefined || more.length > 0 || !isObject(operator)) {
    return { kind: 'unknown', reason: 'not exactly one plan' };
  }
  return { kind: 'plan', plan: readOperator(operator) };
}
