import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ParameterCodec } from './codec.js';
import { invalidBinary, invalidText, requireBytes } from './codec.js';

/** DuckDB's widest DECIMAL. */
const DECIMAL_DIGITS_MAX = 38;
/** Bounds the work a short text such as 1e999999 can ask for; Postgres's numeric stops at 131,072 digits. */
const EXPONENT_MAX = 131_072;
const GROUP_DIGITS = 4;
const NUMBER = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/;

/** An exact decimal as DECIMAL of just its own width and scale, so that `1.50` keeps its two decimals. */
function decimalLiteral(negative: boolean, digits: string, scale: number): string {
  const whole = digits.slice(0, Math.max(digits.length - scale, 0)).replace(/^0+/, '');
  const fraction = digits.slice(Math.max(digits.length - scale, 0)).padStart(scale, '0');
  const kept = whole.length + fraction.length > DECIMAL_DIGITS_MAX ? fraction.replace(/0+$/, '') : fraction;
  if (whole.length + kept.length > DECIMAL_DIGITS_MAX) {
    throw new SqlError(SQLSTATE.numeric_value_out_of_range, 'value overflows numeric format', {
      detail: `Numeric values have up to ${DECIMAL_DIGITS_MAX} digits.`,
    });
  }
  const width = Math.max(whole.length + kept.length, 1);
  const text = `${negative ? '-' : ''}${whole === '' ? '0' : whole}${kept === '' ? '' : `.${kept}`}`;
  return `CAST('${text}' AS DECIMAL(${width}, ${kept.length}))`;
}

/** NaN and the infinities, which DECIMAL lacks, go in as DOUBLE. */
function specialNumber(text: string): string | undefined {
  switch (text.trim().toLowerCase()) {
    case 'nan':
      return 'NaN';
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return 'Infinity';
    case '-inf':
    case '-infinity':
      return '-Infinity';
    default:
      return undefined;
  }
}

function numericText(text: string): string {
  const special = specialNumber(text);
  if (special !== undefined) {
    return `CAST('${special}' AS DOUBLE)`;
  }
  const match = NUMBER.exec(text);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (match === null || whole.length + fraction.length === 0) {
    throw invalidText('numeric', text);
  }
  const exponent = Number(match[4] ?? '0');
  if (Math.abs(exponent) > EXPONENT_MAX) {
    throw new SqlError(SQLSTATE.numeric_value_out_of_range, 'value overflows numeric format');
  }
  const scale = fraction.length - exponent;
  const digits = whole + fraction;
  return scale < 0 ? decimalLiteral(match[1] === '-', digits + '0'.repeat(-scale), 0) : decimalLiteral(match[1] === '-', digits, scale);
}

function numericBinary(bytes: Buffer): string {
  if (bytes.length < 8) {
    throw invalidBinary('numeric');
  }
  const count = bytes.readUInt16BE(0);
  const weight = bytes.readInt16BE(2);
  const sign = bytes.readUInt16BE(4);
  const scale = bytes.readUInt16BE(6);
  if (bytes.length !== 8 + count * 2) {
    throw invalidBinary('numeric');
  }
  switch (sign) {
    case 0xc000:
      return "CAST('NaN' AS DOUBLE)";
    case 0xd000:
      return "CAST('Infinity' AS DOUBLE)";
    case 0xf000:
      return "CAST('-Infinity' AS DOUBLE)";
    case 0:
    case 0x4000:
      break;
    default:
      throw invalidBinary('numeric');
  }
  let whole = '';
  let fraction = '';
  for (let index = 0; index < count; index++) {
    const group = bytes.readUInt16BE(8 + index * 2);
    if (group > 9999) {
      throw invalidBinary('numeric');
    }
    const digits = String(group).padStart(GROUP_DIGITS, '0');
    if (index <= weight) {
      whole += digits;
    } else {
      fraction += digits;
    }
  }
  // Groups left out at either end are zeros.
  if (weight >= count) {
    whole += '0'.repeat((weight + 1 - count) * GROUP_DIGITS);
  }
  if (weight < -1) {
    fraction = '0'.repeat((-1 - weight) * GROUP_DIGITS) + fraction;
  }
  return decimalLiteral(sign === 0x4000, whole + fraction.slice(0, scale).padEnd(scale, '0'), scale);
}

/** numeric. */
export const numericCodec: ParameterCodec = { text: numericText, binary: numericBinary };

function floatCodec(name: string, duckdb: string, bytes: number, round: (value: number) => number, read: (bytes: Buffer) => number): ParameterCodec {
  return {
    text: (text) => {
      const special = specialNumber(text);
      if (special !== undefined) {
        return `CAST('${special}' AS ${duckdb})`;
      }
      const match = NUMBER.exec(text);
      if (match === null || (match[2] ?? '').length + (match[3] ?? '').length === 0) {
        throw invalidText(name, text);
      }
      const value = round(Number(text));
      const isZero = /^0*$/.test(`${match[2] ?? ''}${match[3] ?? ''}`);
      if (!Number.isFinite(value) || (value === 0 && !isZero)) {
        throw new SqlError(SQLSTATE.numeric_value_out_of_range, `"${text.trim()}" is out of range for type ${name}`);
      }
      return floatLiteral(value, duckdb);
    },
    binary: (value) => {
      requireBytes(value, bytes, name);
      return floatLiteral(read(value), duckdb);
    },
  };
}

/** JavaScript's shortest digits read back as the same double; for a float4 they are a double that rounds to it. */
function floatLiteral(value: number, duckdb: string): string {
  return `CAST('${Object.is(value, -0) ? '-0' : String(value)}' AS ${duckdb})`;
}

/** float4. */
export const float4Codec: ParameterCodec = floatCodec('real', 'FLOAT', 4, Math.fround, (bytes) => bytes.readFloatBE());

/** float8. */
export const float8Codec: ParameterCodec = floatCodec(
  'double precision',
  'DOUBLE',
  8,
  (value) => value,
  (bytes) => bytes.readDoubleBE(),
);
