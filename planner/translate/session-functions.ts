import { SQLSTATE } from '../sqlstate.js';
import { quoteText } from '../types/data-type.js';
import { OID } from '../types/postgres-type.js';
import type { TranslationEnvironment } from './environment.js';
import { timestampParts } from './moment.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';
import type { Typed } from './typed.js';
import { typed, typeOf } from './typed.js';

/** A value that is fixed for the transaction: its Postgres type and text, null for NULL. */
export interface SessionValue {
  readonly oid: number;
  readonly text: string | null;
}

/** What version() says: the PostgreSQL version whose behaviour Sluice follows comes first, since clients read it. */
export const VERSION_TEXT: string = 'PostgreSQL 15.20 (Sluice 0.1.0, DuckDB)';

/** Functions without arguments (and current_setting) answered from the session; undefined for others. */
export function sessionFunction(environment: TranslationEnvironment, name: string, argumentTexts: readonly (string | null)[]): SessionValue | undefined {
  const argument = argumentTexts[0];
  switch (name) {
    case 'version':
      return { oid: OID.text, text: VERSION_TEXT };
    case 'current_database':
    case 'current_catalog':
      return { oid: OID.name, text: environment.currentDatabase };
    case 'current_schema':
      return {
        oid: OID.name,
        text: environment.searchPath.find((schema) => schema !== 'pg_catalog' && !schema.startsWith('pg_temp')) ?? null,
      };
    case 'current_schemas': {
      const all = argument === 'true' || argument === 't';
      // pg_temp is this session's name for the schema that listings show as pg_temp_1.
      const schemas = all
        ? environment.searchPath.map((schema) => (schema === 'pg_temp' ? 'pg_temp_1' : schema))
        : environment.searchPath.filter((schema) => schema !== 'pg_catalog' && !schema.startsWith('pg_temp'));
      return {
        oid: 1003,
        text: `{${schemas.map((schema) => (/^\w+$/.test(schema) ? schema : `"${schema.replaceAll('"', '\\"')}"`)).join(',')}}`,
      };
    }
    case 'current_user':
    case 'user':
    case 'current_role':
      return { oid: OID.name, text: environment.currentUser };
    case 'session_user':
      return { oid: OID.name, text: environment.sessionUser };
    case 'now':
    case 'current_timestamp':
    case 'transaction_timestamp':
    case 'statement_timestamp':
    case 'clock_timestamp':
      return { oid: OID.timestamptz, text: momentText(environment, OID.timestamptz) };
    case 'current_date':
    case 'today':
      return { oid: OID.date, text: momentText(environment, OID.date) };
    case 'localtimestamp':
      return { oid: OID.timestamp, text: momentText(environment, OID.timestamp) };
    case 'localtime':
      return { oid: OID.time, text: momentText(environment, OID.time) };
    case 'current_time':
      return { oid: OID.timetz, text: momentText(environment, OID.timetz) };
    case 'pg_backend_pid': {
      const processId = environment.setting('pg_backend_pid');
      return { oid: OID.int4, text: processId ?? '0' };
    }
    case 'current_setting':
      return argument === undefined || argument === null ? undefined : settingValue(environment, argument, argumentTexts[1]);
    default:
      return undefined;
  }
}

function settingValue(environment: TranslationEnvironment, name: string, missingOk: string | null | undefined): SessionValue | undefined {
  const text = environment.setting(name.toLowerCase());
  if (text === undefined) {
    return missingOk === 'true' || missingOk === 't' ? { oid: OID.text, text: null } : undefined;
  }
  return { oid: OID.text, text };
}

/** The transaction's start as text of a date or time type, in the session's zone. */
export function momentText(environment: TranslationEnvironment, oid: number): string {
  const parts = timestampParts(environment.transactionTimestampMicros, environment.timeZone);
  switch (oid) {
    case OID.date:
      return parts.date;
    case OID.time:
      return parts.time;
    case OID.timetz:
      return `${parts.time}${parts.offset}`;
    case OID.timestamp:
      return `${parts.date} ${parts.time}`;
    default:
      return `${parts.date} ${parts.time}${parts.offset}`;
  }
}

/** A session function's value as a constant expression; undefined for other functions. */
export function sessionExpression(
  translation: Translation,
  name: string,
  argumentTexts: readonly (string | null)[],
  location: number | undefined,
): Typed | undefined {
  const value = sessionFunction(translation.environment, name, argumentTexts);
  if (value === undefined) {
    if (name === 'current_setting' && typeof argumentTexts[0] === 'string') {
      throw errorAt(translation, SQLSTATE.undefined_object, location, `unrecognized configuration parameter "${argumentTexts[0]}"`);
    }
    return undefined;
  }
  return { ...sessionConstant(translation, value), text: value.text };
}

function sessionConstant(translation: Translation, value: SessionValue): Typed {
  if (value.text === null) {
    return { sql: 'CAST(NULL AS VARCHAR)', type: typeOf(value.oid) };
  }
  switch (value.oid) {
    case OID.timestamptz:
      return typed(`make_timestamptz(${translation.environment.transactionTimestampMicros})`, OID.timestamptz);
    case OID.date:
      return typed(`CAST(${quoteText(value.text)} AS DATE)`, OID.date);
    case OID.timestamp:
      return typed(`CAST(${quoteText(value.text)} AS TIMESTAMP)`, OID.timestamp);
    case OID.time:
      return typed(`CAST(${quoteText(value.text)} AS TIME)`, OID.time);
    case OID.timetz:
      return typed(`CAST(${quoteText(value.text)} AS TIME WITH TIME ZONE)`, OID.timetz);
    case OID.int4:
      return typed(value.text, OID.int4);
    case 1003:
      return typed(
        `[${value.text
          .slice(1, -1)
          .split(',')
          .filter((item) => item !== '')
          .map(quoteText)
          .join(', ')}]`,
        1003,
      );
    default:
      return typed(quoteText(value.text), value.oid);
  }
}
