import type { DataType } from '../types/data-type.js';

/** DECIMAL(width, scale). */
export type DecimalType = Extract<DataType, { readonly kind: 'decimal' }>;

/** True for DECIMAL types. */
export function isDecimal(type: DataType): type is DecimalType {
  return type.kind === 'decimal';
}

/** Widths DuckDB keeps in 64 and in 128 bits. */
const WIDTH_MAX_64 = 18;
const WIDTH_MAX_128 = 38;

/**
 * The type DuckDB 1.5.6 gives to decimal arithmetic. A result that would need 128 bits from operands of 64 stays in 64
 * (and is checked for overflow). Null where DuckDB refuses.
 */
export function decimalResult(operator: '+' | '-' | '*', left: DecimalType, right: DecimalType): DecimalType | null {
  const widest = Math.max(left.width, right.width);
  if (operator === '*') {
    const scale = left.scale + right.scale;
    if (scale > WIDTH_MAX_128) {
      return null;
    }
    const width = left.width + right.width;
    return capped(width, scale, widest <= WIDTH_MAX_64 && scale < WIDTH_MAX_64);
  }
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.width - left.scale, right.width - right.scale);
  return capped(Math.max(scale + whole, widest) + 1, scale, widest <= WIDTH_MAX_64);
}

function capped(width: number, scale: number, staysIn64: boolean): DecimalType {
  const most = width > WIDTH_MAX_64 && staysIn64 ? WIDTH_MAX_64 : WIDTH_MAX_128;
  return { kind: 'decimal', width: Math.min(width, most), scale };
}
