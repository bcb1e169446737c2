import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** What reading a value depends on besides its type. */
export interface InputSettings {
  readonly timeZone: string;
  readonly dateStyle: string;
}

/** Reads one type's two wire forms and writes the value as a DuckDB constant expression. */
export interface ParameterCodec {
  readonly text: (text: string, settings: InputSettings) => string;
  readonly binary: (bytes: Buffer, settings: InputSettings) => string;
}

/** 22P02: text that is no value of the type, in Postgres's words. */
export function invalidText(typeName: string, text: string, detail?: string): SqlError {
  return new SqlError(SQLSTATE.invalid_text_representation, `invalid input syntax for type ${typeName}: "${text}"`, detail === undefined ? {} : { detail });
}

/** 22003: a number the type does not hold. */
export function outOfRange(typeName: string, text: string): SqlError {
  return new SqlError(SQLSTATE.numeric_value_out_of_range, `value "${text}" is out of range for type ${typeName}`);
}

/** 22P03: bytes that are no binary form of the type. */
export function invalidBinary(typeName: string): SqlError {
  return new SqlError(SQLSTATE.invalid_binary_representation, `incorrect binary data format for type ${typeName}`);
}

/** Checks the length of a binary form that has only one. */
export function requireBytes(bytes: Buffer, count: number, typeName: string): void {
  if (bytes.length !== count) {
    throw invalidBinary(typeName);
  }
}
