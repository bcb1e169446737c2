import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { HttpContext } from './http-context.js';

/** The body of a request as a JSON object. Throws SqlError 22023. */
export async function readBody(context: HttpContext): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body: unknown = await context.req.json();
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
      return { ...body };
    }
  } catch {
    // No JSON: the same as another kind of JSON.
  }
  throw new SqlError(SQLSTATE.invalid_parameter_value, 'the body must be a JSON object');
}

/** A text of it. Throws SqlError 22023 where there is none. */
export function textField(body: Readonly<Record<string, unknown>>, name: string, absent?: string): string {
  const value = body[name] ?? absent;
  if (typeof value !== 'string') {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `the body's "${name}" must be a text`);
  }
  return value;
}
