/** Compares two values of a column by their texts; null when their order cannot be told from the texts. */
export function compareValueTexts(type: string, a: string, b: string): number | null {
  const base = type.replace(/\(.*/, '');
  switch (base) {
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
    case 'int128':
    case 'uint8':
    case 'uint16':
    case 'uint32':
    case 'uint64':
    case 'uint128':
      return INTEGER.test(a) && INTEGER.test(b) ? order(BigInt(a), BigInt(b)) : null;
    case 'decimal':
      return DECIMAL.test(a) && DECIMAL.test(b) ? compareDecimals(a, b) : null;
    case 'float32':
    case 'float64':
      return isFiniteText(a) && isFiniteText(b) ? order(Number(a), Number(b)) : null;
    case 'date':
      return DATE.test(a) && DATE.test(b) ? order(a, b) : null;
    case 'timestamp':
    case 'timestamp_us':
    case 'timestamp_ms':
    case 'timestamp_ns':
    case 'timestamp_s':
      return TIMESTAMP.test(a) && TIMESTAMP.test(b) ? order(a, b) : null;
    case 'timestamptz':
      return TIMESTAMP_UTC.test(a) && TIMESTAMP_UTC.test(b) ? order(withoutZone(a), withoutZone(b)) : null;
    case 'time':
      return TIME.test(a) && TIME.test(b) ? order(a, b) : null;
    case 'boolean':
      return BOOLEAN.test(a) && BOOLEAN.test(b) ? order(a, b) : null;
    case 'varchar':
      return Buffer.compare(Buffer.from(a), Buffer.from(b));
    default:
      return null;
  }
}

const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;
// Years of four digits sort as text; others are left to whoever can parse them.
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?$/;
const TIMESTAMP_UTC = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?\+00$/;
const TIME = /^\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?$/;
const BOOLEAN = /^(?:true|false)$/;

function withoutZone(text: string): string {
  return text.slice(0, -'+00'.length);
}

function isFiniteText(text: string): boolean {
  return /^-?\d/.test(text) && Number.isFinite(Number(text));
}

function compareDecimals(a: string, b: string): number {
  const scale = Math.max(scaleOf(a), scaleOf(b));
  return order(unscaled(a, scale), unscaled(b, scale));
}

function scaleOf(text: string): number {
  const dot = text.indexOf('.');
  return dot < 0 ? 0 : text.length - dot - 1;
}

function unscaled(text: string, scale: number): bigint {
  return BigInt(text.replace('.', '') + '0'.repeat(scale - scaleOf(text)));
}

function order<T extends string | number | bigint>(a: T, b: T): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}
