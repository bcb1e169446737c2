import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { InputSettings } from '../parameters/codec.js';
import { parameterLiteral } from '../parameters/parameter-literal.js';
import type { ParameterConstants } from '../query/whole-query.js';
import type { ExecuteOptions } from '../session/backend.js';

/** The values of an execution as DuckDB constants, read in the session's time zone and date order. */
export function bindParameters(types: readonly number[], options: ExecuteOptions, settings: InputSettings): ParameterConstants {
  if (types.length !== options.parameters.length) {
    throw new SqlError(
      SQLSTATE.protocol_violation,
      `bind message supplies ${options.parameters.length} parameters, but prepared statement requires ${types.length}`,
    );
  }
  return options.parameters.map((value, index) => parameterLiteral(value, types[index] ?? 0, settings));
}
