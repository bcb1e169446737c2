import { postgresTypeByName } from '../../types/postgres-type.js';

/** A function users may call: its argument types, result, and what it is in DuckDB's SQL. */
export interface FunctionSignature {
  readonly name: string;
  /** OIDs; a polymorphic argument is `any` or the negative codes below. */
  readonly parameters: readonly ParameterType[];
  /** True when the last argument may be repeated. */
  readonly variadic: boolean;
  readonly result: ResultType;
  /** `$1`.. stand for arguments, `$*` for all of them; `{sum($1)}` marks an aggregate call that takes DISTINCT, FILTER and OVER. Null: same name and arguments. */
  readonly template: string | null;
  readonly aggregate: boolean;
}

/** An OID, or a polymorphic pseudo-type. */
export type ParameterType = number | 'any' | 'anyelement' | 'anyarray';

/** An OID; the type of the polymorphic arguments or of their array or element; `?` where only DuckDB knows; `first` the first argument's type. */
export type ResultType = number | 'anyelement' | 'anyarray' | '?';

/**
 * Reads signatures from lines such as `strpos(text, text) int4 = CAST(strpos($1, $2) AS INTEGER)`; `variadic any` as the last
 * argument repeats. Lines starting with `agg ` are aggregates.
 */
export function readSignatures(lines: string): readonly FunctionSignature[] {
  const signatures: FunctionSignature[] = [];
  for (const line of lines.split('\n')) {
    const text = line.trim();
    if (text === '') {
      continue;
    }
    const match = /^(agg )?(\w+)\(([^)]*)\) (\S+)(?: = (.*))?$/.exec(text);
    if (match === null) {
      throw new Error(`not a function signature: ${text}`);
    }
    const argumentTexts = (match[3] ?? '')
      .split(',')
      .map((argument) => argument.trim())
      .filter((argument) => argument !== '');
    const variadic = argumentTexts.at(-1)?.startsWith('variadic ') ?? false;
    signatures.push({
      name: match[2] ?? '',
      parameters: argumentTexts.map((argument) => readType(argument.replace('variadic ', ''), text)),
      variadic,
      result: readResult(match[4] ?? '', text),
      template: match[5] ?? null,
      aggregate: match[1] !== undefined,
    });
  }
  return signatures;
}

function readType(name: string, line: string): ParameterType {
  if (name === 'any' || name === 'anyelement' || name === 'anyarray') {
    return name;
  }
  const internal = name.endsWith('[]') ? `_${name.slice(0, -2)}` : name;
  const type = postgresTypeByName(internal);
  if (type === undefined) {
    throw new Error(`unknown type ${name} in the function signature: ${line}`);
  }
  return type.oid;
}

function readResult(name: string, line: string): ResultType {
  if (name === '?') {
    return name;
  }
  const type = readType(name, line);
  if (type === 'any') {
    throw new Error(`a result cannot be any: ${line}`);
  }
  return type;
}
