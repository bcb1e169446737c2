import { SQLSTATE } from '../sqlstate.js';
import type { Indirection, Node } from '../parse/syntax-tree.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import { OID, postgresTypeByOid } from '../types/postgres-type.js';
import { printDataType } from '../types/data-type.js';
import { dataTypeOf } from '../types/postgres-type.js';
import { coerce, commonType, settle } from './coercion.js';
import { translateCondition, translateExpression } from './recursion.js';
import { alignNumerics } from './numeric-scales.js';
import { comparablePair } from './operators.js';
import type { Scope } from './scope.js';
import type { Translation } from './translation.js';
import { errorAt, unsupported } from './translation.js';
import type { Typed } from './typed.js';
import { categoryOf, oidOf, opaque, typed, typeOf } from './typed.js';

const NULL_NUMERIC: Typed = { sql: 'NULL', type: typeOf(OID.numeric), scale: 0, width: 1 };

/** What is known of a numeric result's digits. */
type NumericDigits = Pick<Typed, 'scale' | 'width'>;

/** Expressions side by side in their common type; numerics keep a scale when all have one. */
function unified(
  translation: Translation,
  expressions: readonly Typed[],
  construct: string,
  location: number | undefined,
): {
  readonly items: readonly Typed[];
  readonly type: PostgresColumnType | null;
  readonly digits: NumericDigits;
} {
  const type = commonType(translation, expressions, construct, location);
  if (type === null) {
    return { items: expressions.map((expression) => settle(translation, expression)), type, digits: {} };
  }
  const items = expressions.map((expression) =>
    // A bare NULL takes any DECIMAL; with one of its own it would widen the others'.
    expression.literal === null && type.oid === OID.numeric ? NULL_NUMERIC : coerce(translation, expression, typeOf(type.oid), 'implicit', location),
  );
  if (type.oid !== OID.numeric) {
    return { items, type, digits: {} };
  }
  const { items: aligned, ...digits } = alignNumerics(items);
  return { items: aligned, type, digits };
}

/** CASE in both forms. */
export function translateCase(translation: Translation, scope: Scope, expression: Extract<Node, { CaseExpr: unknown }>['CaseExpr']): Typed {
  const subject = expression.arg === undefined ? null : translateExpression(translation, scope, expression.arg);
  const conditions: string[] = [];
  const results: Typed[] = [];
  for (const branch of expression.args ?? []) {
    if (!('CaseWhen' in branch) || branch.CaseWhen.expr === undefined || branch.CaseWhen.result === undefined) {
      continue;
    }
    if (subject === null) {
      conditions.push(translateCondition(translation, scope, branch.CaseWhen.expr, 'CASE/WHEN'));
    } else {
      const value = translateExpression(translation, scope, branch.CaseWhen.expr);
      const [a, b] = comparablePair(translation, '=', subject, value, branch.CaseWhen.location);
      conditions.push(`${a.sql} = ${b.sql}`);
    }
    results.push(translateExpression(translation, scope, branch.CaseWhen.result));
  }
  const fallback: Typed =
    expression.defresult === undefined
      ? { sql: 'NULL', type: typeOf(OID.unknown), literal: null }
      : translateExpression(translation, scope, expression.defresult);
  // Postgres looks at ELSE first when it picks the common type.
  const { items, type, digits } = unified(translation, [fallback, ...results], 'CASE', expression.location);
  const first = expression.args?.[0];
  const chosen = items[1];
  if (subject === null && chosen !== undefined && first !== undefined && 'CaseWhen' in first && isTrue(first.CaseWhen.expr)) {
    // A numeric keeps its own digits: Postgres too takes this branch before anything runs.
    return type?.oid === OID.numeric ? chosen : { sql: chosen.sql, type, ...digits };
  }
  const branches = conditions.map((condition, index) => `WHEN ${condition} THEN ${items[index + 1]?.sql ?? 'NULL'}`);
  return { sql: `CASE ${branches.join(' ')} ELSE ${items[0]?.sql ?? 'NULL'} END`, type, ...digits };
}

function isTrue(node: Node | undefined): boolean {
  return node !== undefined && 'A_Const' in node && node.A_Const.boolval?.boolval === true;
}

/** COALESCE. */
export function translateCoalesce(translation: Translation, scope: Scope, args: readonly Node[], location: number | undefined): Typed {
  const { items, type, digits } = unified(
    translation,
    args.map((argument) => translateExpression(translation, scope, argument)),
    'COALESCE',
    location,
  );
  return { sql: `coalesce(${items.map((item) => item.sql).join(', ')})`, type, ...digits };
}

/** GREATEST and LEAST: both ignore NULLs, in DuckDB too. */
export function translateMinMax(
  translation: Translation,
  scope: Scope,
  name: 'greatest' | 'least',
  args: readonly Node[],
  location: number | undefined,
): Typed {
  const { items, type, digits } = unified(
    translation,
    args.map((argument) => translateExpression(translation, scope, argument)),
    name.toUpperCase(),
    location,
  );
  return { sql: `${name}(${items.map((item) => item.sql).join(', ')})`, type, ...digits };
}

/** ARRAY[...], nested for more dimensions; `target` is the type of a cast right around it. */
export function translateArray(
  translation: Translation,
  scope: Scope,
  elements: readonly Node[],
  location: number | undefined,
  target: PostgresColumnType | null,
): Typed {
  const nested = elements.some((element) => 'A_ArrayExpr' in element);
  const elementOid = target === null ? 0 : (postgresTypeByOid(target.oid)?.elementOid ?? 0);
  if (elements.length === 0 && elementOid === 0) {
    throw errorAt(translation, SQLSTATE.indeterminate_datatype, location, 'cannot determine type of empty array', {
      hint: 'Explicitly cast to the desired type, for example ARRAY[]::integer[].',
    });
  }
  if (nested) {
    const items = elements.map((element) =>
      'A_ArrayExpr' in element
        ? translateArray(translation, scope, element.A_ArrayExpr.elements ?? [], location, target)
        : translateExpression(translation, scope, element),
    );
    return {
      sql: `[${items.map((item) => item.sql).join(', ')}]`,
      type: target ?? items[0]?.type ?? null,
    };
  }
  const values = elements.map((element) => translateExpression(translation, scope, element));
  if (target !== null && elementOid !== 0) {
    const element: PostgresColumnType = { oid: elementOid, modifier: target.modifier };
    const items = values.map((value) => coerce(translation, value, element, 'explicit', location).sql);
    const duckdb = dataTypeOf(target);
    return {
      sql: duckdb === undefined || elementOid === OID.numeric ? `[${items.join(', ')}]` : `CAST([${items.join(', ')}] AS ${printDataType(duckdb)})`,
      type: target,
    };
  }
  const { items, type } = unified(translation, values, 'ARRAY', location);
  const sql = `[${items.map((item) => item.sql).join(', ')}]`;
  const array = type === null ? 0 : (postgresTypeByOid(type.oid)?.arrayOid ?? 0);
  // Elements that are arrays themselves make one more dimension of the same type.
  const isArray = type !== null && categoryOf(type.oid) === 'A';
  return isArray ? { sql, type } : array === 0 ? opaque(sql) : { sql, type: typeOf(array) };
}

/** ROW(...) and (a, b). */
export function translateRow(translation: Translation, scope: Scope, args: readonly Node[]): Typed {
  const fields = args.map((argument) => settle(translation, translateExpression(translation, scope, argument)));
  return { sql: `row(${fields.map((field) => field.sql).join(', ')})`, type: null, fields };
}

/** a[1], a[1:2], (row).field. */
export function translateIndirection(translation: Translation, scope: Scope, node: Indirection): Typed {
  if (node.arg === undefined) {
    throw unsupported(translation, 'this subscript');
  }
  let value = translateExpression(translation, scope, node.arg);
  for (const step of node.indirection ?? []) {
    if ('String' in step) {
      const name = step.String.sval ?? '';
      value = opaque(`(${value.sql})."${name.replaceAll('"', '""')}"`);
      continue;
    }
    if (!('A_Indices' in step)) {
      throw unsupported(translation, 'row expansion');
    }
    value = subscript(translation, scope, value, step.A_Indices);
  }
  return value;
}

function subscript(translation: Translation, scope: Scope, value: Typed, indices: Extract<Node, { A_Indices: unknown }>['A_Indices']): Typed {
  const bound = (node: Node | undefined): string => {
    if (node === undefined) {
      return '';
    }
    const index = translateExpression(translation, scope, node);
    const isText = oidOf(value) === 0 && oidOf(index) === OID.unknown;
    return isText ? settle(translation, index).sql : coerce(translation, index, typeOf(OID.int4), 'implicit').sql;
  };
  if (indices.is_slice === true) {
    // DuckDB counts negative bounds from the end; Postgres's lie before the first element.
    const lower = indices.lidx === undefined ? '1' : `greatest(${bound(indices.lidx)}, 1)`;
    const upper = indices.uidx === undefined ? `len(${value.sql})` : `greatest(${bound(indices.uidx)}, 0)`;
    return { sql: `list_slice(${value.sql}, ${lower}, ${upper})`, type: value.type };
  }
  const index = bound(indices.uidx);
  const element = postgresTypeByOid(oidOf(value))?.elementOid ?? 0;
  if (oidOf(value) === OID.name) {
    // pg_dump looks at the first character of types' names.
    return typed(`substr(${value.sql}, ${index} + 1, 1)`, OID.char);
  }
  const vector = oidOf(value) === 22 || oidOf(value) === 30;
  if (value.type !== null && element === 0 && oidOf(value) !== OID.jsonb) {
    throw errorAt(
      translation,
      SQLSTATE.datatype_mismatch,
      -1,
      `cannot subscript type ${postgresTypeByOid(oidOf(value))?.sqlName ?? '?'} because it does not support subscripting`,
    );
  }
  if (element === 0) {
    return opaque(`${wrapped(value.sql)}[${index}]`);
  }
  const isConstant = /^\d+$/.test(index) && index !== '0';
  // int2vector and oidvector count from 0.
  const place = vector ? `(${index} + 1)` : isConstant ? index : `CASE WHEN ${index} > 0 THEN ${index} END`;
  return { sql: `list_extract(${value.sql}, ${place})`, type: typeOf(element) };
}

function wrapped(sql: string): string {
  return `(${sql})`;
}
