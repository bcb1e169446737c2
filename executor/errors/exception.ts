/** What DuckDB says of an error under `errors_as_json`: its type, and for some types more. */
export interface DuckdbException {
  /** DuckDB's exception type as it prints it (`Catalog`, `Out of Range`, `INTERNAL`); empty when there is none. */
  readonly type: string;
  readonly message: string;
  /** `MISSING_ENTRY`, `COLUMN_NOT_FOUND` and the like; empty when there is none. */
  readonly subtype: string;
  /** Kind of the catalog entry that is missing or there already (`Table`, `Scalar Function`). */
  readonly entryType: string;
  readonly name: string;
  /** The call that no function matches (`+(INTEGER, VARCHAR)`). */
  readonly call: string;
  /** errno of a failed system call; undefined when the error is no system error. */
  readonly errno: number | undefined;
}

// Errors raised outside a running statement (binding of parameters, opening) come as `Some Type Error: message`.
const PLAIN_ERROR = /^([A-Za-z][A-Za-z ]*?) Error: (.*)$/s;

/** Reads the text of an Error thrown by the DuckDB binding. */
export function readException(text: string): DuckdbException {
  const start = text.indexOf('{"exception_type"');
  if (start >= 0) {
    const fields = parseFields(text.slice(start));
    if (fields !== undefined) {
      return fields;
    }
  }
  const plain = PLAIN_ERROR.exec(text);
  return {
    type: plain?.[1] ?? '',
    message: plain?.[2] ?? text,
    subtype: '',
    entryType: '',
    name: '',
    call: '',
    errno: undefined,
  };
}

function parseFields(json: string): DuckdbException | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined; // a message that only looks like JSON is used as plain text
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  const text = (name: string): string => {
    const field = fields.get(name);
    return typeof field === 'string' ? field : '';
  };
  const errno = Number.parseInt(text('errno'), 10);
  return {
    type: text('exception_type'),
    message: text('exception_message'),
    subtype: text('error_subtype'),
    entryType: text('type'),
    name: text('name'),
    call: text('call'),
    errno: Number.isNaN(errno) ? undefined : errno,
  };
}

/** What `json_serialize_plan` answers when it fails: the same fields, with a type in lower case. */
export function readPlanException(json: string): DuckdbException | undefined {
  if (!json.startsWith('{"error":true')) {
    return undefined;
  }
  const renamed = json.replace('"error_type":', '"exception_type":').replace('"error_message":', '"exception_message":');
  const exception = parseFields(renamed);
  return exception === undefined ? undefined : { ...exception, type: TYPE_BY_LOWER_CASE.get(exception.type) ?? exception.type };
}

const TYPE_BY_LOWER_CASE: ReadonlyMap<string, string> = new Map(
  [
    'Catalog',
    'Binder',
    'Parser',
    'Syntax',
    'Conversion',
    'Out of Range',
    'Invalid Input',
    'Not implemented',
    'IO',
    'INTERRUPT',
    'INTERNAL',
    'FATAL',
    'Permission',
    'Out of Memory',
    'Divide by Zero',
    'Serialization',
    'Mismatch Type',
    'Parameter Not Resolved',
    'Constraint',
    'Decimal',
  ].map((type) => [type.toLowerCase(), type]),
);
