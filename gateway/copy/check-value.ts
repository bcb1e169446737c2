import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { OID } from '../../planner/types/postgres-type.js';
import type { ColumnForm } from './plain-values.js';

/** Checks what a type's modifier asks of a value that was read: the length of texts, the digits of numbers. */
export function checkModifier(form: ColumnForm, stored: string): void {
  if (form.isArray) {
    return;
  }
  if (form.column.type.kind === 'decimal') {
    checkDigits(stored, form.modifier >= 4, form.column.type.width, form.column.type.scale);
  } else if (form.modifier >= 4 && (form.oid === OID.varchar || form.oid === OID.bpchar)) {
    const length = form.modifier - 4;
    if (stored.length > length && Array.from(stored.replace(/ +$/, '')).length > length) {
      const type = form.oid === OID.varchar ? 'character varying' : 'character';
      throw new SqlError(SQLSTATE.string_data_right_truncation, `value too long for type ${type}(${length})`);
    }
  }
}

function checkDigits(text: string, isDeclared: boolean, precision: number, scale: number): void {
  const match = /^[+-]?(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null) {
    throw new SqlError(SQLSTATE.numeric_value_out_of_range, `numeric value ${text} cannot be stored`, {
      detail: 'Numbers of fixed width have no NaN and no infinity.',
    });
  }
  const [, whole = '', fraction = ''] = match;
  if (!isDeclared && fraction.replace(/0+$/, '').length > scale) {
    throw new SqlError(SQLSTATE.numeric_value_out_of_range, 'value overflows numeric format', {
      detail: `A column of type numeric without a scale keeps ${scale} decimals.`,
      hint: 'Declare the column as numeric(precision, scale).',
    });
  }
  const digits = BigInt(`0${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`) + ((fraction[scale] ?? '0') >= '5' ? 1n : 0n);
  if (digits >= 10n ** BigInt(precision)) {
    throw new SqlError(SQLSTATE.numeric_value_out_of_range, 'numeric field overflow', {
      detail: `A field with precision ${precision}, scale ${scale} must round to an absolute value less than ${precision === scale ? '1' : `10^${precision - scale}`}.`,
    });
  }
}
