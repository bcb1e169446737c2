/** A value of a driver or a thrown thing as text, for comparison and messages. */
export function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'undefined':
    case 'symbol':
    case 'function':
      return String(value);
    case 'object':
      if (value instanceof Error) {
        return value.cause === undefined ? value.message : `${value.message} (${textOf(value.cause)})`;
      }
      return JSON.stringify(value);
  }
}
