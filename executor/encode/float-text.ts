/** Largest exponent (of ten) printed without one: Postgres's shortest forms follow %.15g and %.6g there. */
const DOUBLE_FIXED_EXPONENT_MAX = 15;
const FLOAT_FIXED_EXPONENT_MAX = 6;
/** Below it a float4 has fewer digits than 6. */
const SMALLEST_NORMAL_FLOAT = 2 ** -126;
/** Precisions of %g when extra_float_digits is 0. */
const DOUBLE_DIGITS = 15;
const FLOAT_DIGITS = 6;

/** float8 in text: the shortest digits that read back the same, or %.(15 + extra)g when extra_float_digits is 0 or less. */
export function doubleText(value: number, extraFloatDigits: number): string {
  if (!Number.isFinite(value)) {
    return specialText(value);
  }
  if (extraFloatDigits <= 0) {
    return precisionText(value, Math.max(DOUBLE_DIGITS + extraFloatDigits, 1));
  }
  const size = value < 0 ? -value : value;
  if (size >= 1e-4 && size < 1e15) {
    // JavaScript prints the shortest digits too, and lays them out alike in the range most values are in.
    return String(value);
  }
  return laidOut(value.toExponential(), DOUBLE_FIXED_EXPONENT_MAX, Object.is(value, -0));
}

/** float4 in text, by the same rules with 6 digits. `value` must be a float4's exact value. */
export function floatText(value: number, extraFloatDigits: number): string {
  if (!Number.isFinite(value)) {
    return specialText(value);
  }
  if (extraFloatDigits <= 0) {
    return precisionText(value, Math.max(FLOAT_DIGITS + extraFloatDigits, 1));
  }
  return laidOut(shortestFloat(value), FLOAT_FIXED_EXPONENT_MAX, Object.is(value, -0));
}

function specialText(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** The fewest digits that read back the same: 9 always do, and fewer than 6 differ from 6 only by trailing zeros, save for subnormals. */
function shortestFloat(value: number): string {
  const first = Math.abs(value) < SMALLEST_NORMAL_FLOAT ? 1 : 6;
  for (let digits = first; digits < 9; digits++) {
    const text = value.toExponential(digits - 1);
    if (Math.fround(Number(text)) === value) {
      return text;
    }
    // At a power of two the interval that reads back as the value reaches twice as far above it as below, so the next
    // decimal away from zero may be in it where the nearest one, towards zero, is not.
    const above = nextDecimal(text);
    if (Math.fround(Number(above)) === value) {
      return above;
    }
  }
  return value.toExponential(8);
}

/** The decimal one unit in the last digit further from zero. */
function nextDecimal(text: string): string {
  const [mantissa = '', exponent = ''] = text.split('e');
  const point = mantissa.indexOf('.');
  const scale = point < 0 ? 0 : mantissa.length - point - 1;
  const unscaled = BigInt(mantissa.replace('.', ''));
  const next = (unscaled < 0n ? unscaled - 1n : unscaled + 1n).toString();
  return `${next.slice(0, next.length - scale)}.${next.slice(next.length - scale)}e${exponent}`;
}

/** %.{precision}g. */
function precisionText(value: number, precision: number): string {
  return laidOut(value.toExponential(precision - 1), precision, Object.is(value, -0));
}

/** Lays out `d.ddde+x` as C's %g does: trailing zeros dropped, fixed for exponents from -4 up to the limit. */
function laidOut(exponential: string, fixedExponentMax: number, negativeZero: boolean): string {
  const split = exponential.indexOf('e');
  const exponent = Number(exponential.slice(split + 1));
  let mantissa = exponential.slice(0, split);
  const sign = mantissa.startsWith('-') || negativeZero ? '-' : '';
  mantissa = mantissa.replace('-', '');
  if (mantissa.includes('.')) {
    mantissa = mantissa.replace(/\.?0+$/, '');
  }
  const digits = mantissa.replace('.', '');
  if (exponent < -4 || exponent >= fixedExponentMax) {
    const size = Math.abs(exponent);
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
  }
  if (exponent < 0) {
    return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  }
  return digits.length <= exponent + 1 ? `${sign}${digits.padEnd(exponent + 1, '0')}` : `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
