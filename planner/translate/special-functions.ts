import { SQLSTATE } from '../sqlstate.js';
import type { FuncCall, Node } from '../parse/syntax-tree.js';
import { quoteText } from '../types/data-type.js';
import { formatPostgresType, OID } from '../types/postgres-type.js';
import { coerce } from './coercion.js';
import { translateExpression } from './recursion.js';
import { makeInterval } from './make-interval.js';
import { numericFormat, timeFormat, timeParseFormat } from './format-patterns.js';
import type { Scope } from './scope.js';
import type { Translation } from './translation.js';
import { errorAt, unsupported } from './translation.js';
import type { Typed } from './typed.js';
import { categoryOf, isUntyped, numeric, oidOf, typed, typeOf } from './typed.js';

/** Functions whose SQL depends on a constant argument; null for others. */
export function specialFunction(translation: Translation, scope: Scope, name: string, call: FuncCall): Typed | null {
  const nodes = call.args ?? [];
  const argument = (index: number): Typed => {
    const node = nodes[index];
    if (node === undefined) {
      throw errorAt(translation, SQLSTATE.undefined_function, call.location, `function ${name} needs more arguments`);
    }
    return translateExpression(translation, scope, node);
  };
  switch (name) {
    case 'extract':
    case 'date_part':
      return nodes.length === 2 ? datePart(translation, name, argument(0), argument(1), call.location) : null;
    case 'pg_typeof': {
      const value = argument(0);
      return typed(`pg_regtype_in(${quoteText(value.type === null ? 'record' : formatPostgresType(typeOf(value.type.oid)))})`, OID.regtype);
    }
    case 'to_char':
      return nodes.length === 2 ? toChar(translation, argument(0), argument(1), call.location) : null;
    case 'to_date':
    case 'to_timestamp':
      return nodes.length === 2 ? toMoment(translation, name, argument(0), argument(1), call.location) : null;
    case 'to_number':
      return numeric(
        `CAST(regexp_replace(${coerce(translation, argument(0), typeOf(OID.text), 'implicit').sql}, '[^0-9.eE+-]', '', 'g') AS DECIMAL(38, 16))`,
        16,
      );
    case 'age':
      if (nodes.length === 1) {
        const value = coerce(translation, argument(0), typeOf(OID.timestamp), 'implicit', call.location);
        return typed(
          `age(CAST(make_timestamptz(${translation.environment.transactionTimestampMicros}) AS DATE), CAST(${value.sql} AS TIMESTAMP))`,
          OID.interval,
        );
      }
      return null;
    case 'round':
    case 'trunc':
      return nodes.length === 2 ? rounded(translation, name, argument(0), argument(1), nodes[1], call.location) : null;
    case 'format':
      return formatted(
        translation,
        nodes.map((_, index) => argument(index)),
        call.location,
      );
    case 'set_config': {
      const value = argument(1);
      return typed(coerce(translation, value, typeOf(OID.text), 'implicit').sql, OID.text);
    }
    case 'make_interval':
      return makeInterval(translation, scope, nodes, call.location);
    case 'xmlparse':
      throw unsupported(translation, 'XML', call.location);
    default:
      return null;
  }
}

function datePart(translation: Translation, name: string, field: Typed, source: Typed, location: number | undefined): Typed {
  const part = typeof field.literal === 'string' ? field.literal.toLowerCase() : null;
  if (part === null) {
    const text = coerce(translation, field, typeOf(OID.text), 'implicit', location);
    return typed(`CAST(date_part(${text.sql}, ${coerceMoment(translation, source, location).sql}) AS DOUBLE)`, OID.float8);
  }
  const value = coerceMoment(translation, source, location);
  const sql = partSql(translation, part, value, location);
  if (name === 'date_part') {
    return typed(`CAST(${sql.text} AS DOUBLE)`, OID.float8);
  }
  return numeric(sql.scale === 0 ? `CAST(${sql.text} AS DECIMAL(18, 0))` : sql.text, sql.scale);
}

function coerceMoment(translation: Translation, source: Typed, location: number | undefined): Typed {
  return isUntyped(source) ? coerce(translation, source, typeOf(OID.timestamp), 'implicit', location) : source;
}

/** A date part as an exact number with its digits after the point: seconds and epochs have six in Postgres. */
function partSql(translation: Translation, part: string, value: Typed, location: number | undefined): { readonly text: string; readonly scale: number } {
  const sql = value.sql;
  const isDate = oidOf(value) === OID.date;
  switch (part) {
    case 'second':
    case 'seconds':
      return {
        text: `CAST(CAST(date_part('microsecond', ${isDate ? `CAST(${sql} AS TIMESTAMP)` : sql}) AS DECIMAL(18, 0)) * 0.000001 AS DECIMAL(18, 6))`,
        scale: 6,
      };
    case 'millisecond':
    case 'milliseconds':
      return {
        text: `CAST(CAST(date_part('microsecond', ${sql}) AS DECIMAL(18, 0)) * 0.001 AS DECIMAL(18, 3))`,
        scale: 3,
      };
    case 'epoch':
      if (isDate) {
        return { text: `CAST(epoch(${sql}) AS BIGINT)`, scale: 0 };
      }
      return oidOf(value) === OID.interval
        ? { text: `CAST(date_part('epoch', ${sql}) AS DECIMAL(28, 6))`, scale: 6 }
        : {
            text: `CAST(CAST(epoch_us(${sql}) AS DECIMAL(20, 0)) * 0.000001 AS DECIMAL(28, 6))`,
            scale: 6,
          };
    case 'dow':
    case 'isodow':
    case 'doy':
    case 'week':
    case 'year':
    case 'isoyear':
    case 'month':
    case 'day':
    case 'hour':
    case 'minute':
    case 'quarter':
    case 'decade':
    case 'century':
    case 'millennium':
    case 'timezone':
    case 'timezone_hour':
    case 'timezone_minute':
      return { text: `date_part('${part}', ${sql})`, scale: 0 };
    case 'microsecond':
    case 'microseconds':
      return { text: `date_part('microsecond', ${sql})`, scale: 0 };
    case 'julian':
      return { text: `date_part('julian', ${sql})`, scale: 0 };
    default:
      throw errorAt(
        translation,
        SQLSTATE.invalid_parameter_value,
        location,
        `unit "${part}" not recognized for type ${value.type === null ? 'timestamp' : formatPostgresType(typeOf(value.type.oid))}`,
      );
  }
}

function toChar(translation: Translation, value: Typed, format: Typed, location: number | undefined): Typed {
  if (typeof format.literal !== 'string') {
    throw unsupported(translation, 'to_char with a format that is no constant', location);
  }
  const oid = oidOf(value);
  if (categoryOf(oid) === 'N') {
    const sql = numericFormat(value.sql, format.literal);
    if (sql === null) {
      throw unsupported(translation, `to_char format "${format.literal}"`, location);
    }
    return typed(sql, OID.text);
  }
  const moment = isUntyped(value) ? coerce(translation, value, typeOf(OID.timestamptz), 'implicit', location) : value;
  const sql = timeFormat(oid === OID.date ? `CAST(${moment.sql} AS TIMESTAMP)` : moment.sql, format.literal);
  if (sql === null) {
    throw unsupported(translation, `to_char format "${format.literal}"`, location);
  }
  return typed(sql, OID.text);
}

function toMoment(translation: Translation, name: string, value: Typed, format: Typed, location: number | undefined): Typed {
  const pattern = typeof format.literal === 'string' ? timeParseFormat(format.literal) : null;
  if (pattern === null) {
    throw unsupported(translation, `${name} with this format`, location);
  }
  const text = coerce(translation, value, typeOf(OID.text), 'implicit', location);
  const parsed = `strptime(${text.sql}, ${quoteText(pattern)})`;
  return name === 'to_date' ? typed(`CAST(${parsed} AS DATE)`, OID.date) : typed(`CAST(${parsed} AS TIMESTAMP WITH TIME ZONE)`, OID.timestamptz);
}

function rounded(translation: Translation, name: string, value: Typed, digits: Typed, node: Node | undefined, location: number | undefined): Typed {
  const oid = oidOf(value);
  if (oid === OID.float8 || oid === OID.float4) {
    throw errorAt(translation, SQLSTATE.undefined_function, location, `function ${name}(${formatPostgresType(typeOf(oid))}, integer) does not exist`, {
      hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
    });
  }
  const exact = coerce(translation, value, typeOf(OID.numeric), 'implicit', location);
  const count = coerce(translation, digits, typeOf(OID.int4), 'implicit', location);
  const constant = node !== undefined && 'A_Const' in node ? (node.A_Const.ival?.ival ?? 0) : undefined;
  if (constant === undefined || constant < 0) {
    const places = `power(10, ${count.sql})`;
    return numeric(`CAST(${name}(CAST(${exact.sql} AS DOUBLE) * ${places}) / ${places} AS DECIMAL(38, 16))`, 16);
  }
  const scale = Math.min(constant, 37);
  // No wider than it has to be: what stands beside the result keeps its digits after the point.
  const wide = exact.width === undefined || exact.scale === undefined ? 38 : Math.min(exact.width - exact.scale + 1 + scale, 38);
  const type = `DECIMAL(${wide}, ${scale})`;
  if ((exact.scale !== undefined && exact.scale <= scale) || name === 'round') {
    // Nothing to round when there are no more digits; Postgres pads with zeros.
    return numeric(`CAST(${exact.sql} AS ${type})`, scale, wide);
  }
  const power = `1${'0'.repeat(scale)}`;
  return numeric(scale === 0 ? `trunc(${exact.sql})` : `CAST(trunc(${exact.sql} * ${power}) * 0.${'0'.repeat(scale - 1)}1 AS ${type})`, scale, wide);
}

/** format() with %s, %I, %L and a constant template. */
function formatted(translation: Translation, args: readonly Typed[], location: number | undefined): Typed {
  const template = args[0];
  if (template === undefined || typeof template.literal !== 'string') {
    throw unsupported(translation, 'format with a template that is no constant', location);
  }
  const parts: string[] = [];
  let next = 1;
  for (const piece of template.literal.split(/(%(?:\d+\$)?[sIL%])/)) {
    const directive = /^%(?:(\d+)\$)?([sIL%])$/.exec(piece);
    if (directive === null) {
      parts.push(quoteText(piece));
      continue;
    }
    if (directive[2] === '%') {
      parts.push("'%'");
      continue;
    }
    const index = directive[1] === undefined ? next++ : Number(directive[1]);
    const value = args[index];
    if (value === undefined) {
      throw errorAt(translation, SQLSTATE.invalid_parameter_value, location, 'too few arguments for format()');
    }
    const text = isUntyped(value) ? coerce(translation, value, typeOf(OID.text), 'implicit').sql : coerce(translation, value, typeOf(OID.text), 'explicit').sql;
    parts.push(
      directive[2] === 's'
        ? `coalesce(${text}, '')`
        : directive[2] === 'I'
          ? `CASE WHEN regexp_full_match(${text}, '[a-z_][a-z0-9_$]*') THEN ${text} ELSE concat('"', replace(${text}, '"', '""'), '"') END`
          : `coalesce('''' || replace(${text}, '''', '''''') || '''', 'NULL')`,
    );
  }
  return typed(`concat(${parts.join(', ')})`, OID.text);
}
