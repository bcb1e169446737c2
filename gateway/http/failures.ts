import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ApiError } from './api-types.js';
import { failureOf } from '../activity/active-run.js';

/** What was asked for is not there. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** An error as the API says it: Postgres's errors with the status that fits, others without their text. */
export function failureResponse(error: unknown): { readonly status: ContentfulStatusCode; readonly body: ApiError } {
  if (error instanceof NotFound) {
    return { status: 404, body: { error: { sqlstate: SQLSTATE.undefined_object, message: error.message } } };
  }
  return { status: error instanceof SqlError ? (STATUSES.get(error.sqlstate) ?? 400) : 500, body: { error: failureOf(error) } };
}

const STATUSES: ReadonlyMap<string, ContentfulStatusCode> = new Map([
  [SQLSTATE.invalid_password, 401],
  [SQLSTATE.invalid_authorization_specification, 403],
  [SQLSTATE.insufficient_privilege, 403],
  [SQLSTATE.undefined_table, 404],
  [SQLSTATE.undefined_object, 404],
  [SQLSTATE.too_many_connections, 503],
  [SQLSTATE.insufficient_resources, 503],
  [SQLSTATE.admin_shutdown, 503],
  [SQLSTATE.internal_error, 500],
]);
