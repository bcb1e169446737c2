import { SqlError } from '../../../planner/sql-error.js';
import { SQLSTATE } from '../../../planner/sqlstate.js';
import type { BodyReader } from '../body-reader.js';

/** 128 MiB of parameters: a large bytea or array, held in memory once per connection that sends one. */
export const BIND_BODY_LENGTH_MAX: number = 128 * 1024 * 1024;

/** How a value is written: Postgres's format codes 0 and 1. */
export type ValueFormat = 'text' | 'binary';

/** Makes a portal: a prepared statement with its parameters' values. */
export interface BindMessage {
  readonly kind: 'bind';
  readonly portal: string;
  readonly statement: string;
  /** None (all text), one for all, or one a parameter. */
  readonly parameterFormats: readonly ValueFormat[];
  /** As sent; null for SQL NULL. */
  readonly values: readonly (Buffer | null)[];
  /** None (all text), one for all, or one a result column. */
  readonly resultFormats: readonly ValueFormat[];
}

/** Decodes the body of a Bind. */
export function decodeBind(body: BodyReader): BindMessage {
  const portal = body.text();
  const statement = body.text();
  const parameterFormats = decodeFormats(body);
  const count = body.uint16();
  const values: (Buffer | null)[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = body.int32();
    values.push(length === -1 ? null : body.take(length));
  }
  const resultFormats = decodeFormats(body);
  body.end();
  return { kind: 'bind', portal, statement, parameterFormats, values, resultFormats };
}

function decodeFormats(body: BodyReader): readonly ValueFormat[] {
  const count = body.uint16();
  const formats: ValueFormat[] = [];
  for (let index = 0; index < count; index += 1) {
    formats.push(formatOf(body.int16()));
  }
  return formats;
}

function formatOf(code: number): ValueFormat {
  if (code === 0) {
    return 'text';
  }
  if (code === 1) {
    return 'binary';
  }
  throw new SqlError(SQLSTATE.invalid_parameter_value, `unsupported format code: ${code}`);
}
