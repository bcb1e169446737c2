import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { parseByteSize, parseDuration, parseFlag, parseWholeNumber } from './values.js';
import { canonicalDateStyle, canonicalTimeZone } from './date-settings.js';

/** A setting as `SET`, `SHOW` and `pg_settings` know it. */
export interface SettingDefinition {
  readonly name: string;
  readonly defaultValue: string;
  readonly description: string;
  readonly category: 'session' | 'preset' | 'sluice';
  readonly type: 'bool' | 'integer' | 'string' | 'enum' | 'real';
  readonly unit?: string;
  readonly enumValues?: readonly string[];
  /** Sent to the client as ParameterStatus when it changes. */
  readonly reported: boolean;
  /** False for values users can read only. */
  readonly settable: boolean;
  /** The value as it is kept and shown, or SqlError 22023. `current` is the value before, for settings that change in part. */
  readonly canonical: (value: string, current: string) => string;
}

/** The Postgres release whose behaviour and catalogs Sluice follows. */
export const POSTGRES_VERSION = '15.20';

/** `server_version_num` for POSTGRES_VERSION. */
export const POSTGRES_VERSION_NUMBER = '150020';

/** Sluice's own release. */
export const SLUICE_VERSION = '0.1.0';

const keep = (value: string): string => value;

function flag(name: string, defaultValue: 'on' | 'off', description: string, category: SettingDefinition['category'] = 'session'): SettingDefinition {
  return { name, defaultValue, description, category, type: 'bool', reported: false, settable: true, canonical: (value) => parseFlag(name, value) };
}

function choice(
  name: string,
  defaultValue: string,
  enumValues: readonly string[],
  description: string,
  category: SettingDefinition['category'] = 'session',
): SettingDefinition {
  return {
    name,
    defaultValue,
    description,
    category,
    type: 'enum',
    enumValues,
    reported: false,
    settable: true,
    canonical: (value) => {
      const found = enumValues.find((item) => item === value.toLowerCase());
      if (found === undefined) {
        throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid value for parameter "${name}": "${value}"`, {
          hint: `Available values: ${enumValues.join(', ')}.`,
        });
      }
      return found;
    },
  };
}

function preset(name: string, defaultValue: string, description: string, reported = false): SettingDefinition {
  return { name, defaultValue, description, category: 'preset', type: 'string', reported, settable: false, canonical: keep };
}

function text(name: string, defaultValue: string, description: string, canonical: SettingDefinition['canonical'] = keep): SettingDefinition {
  return { name, defaultValue, description, category: 'session', type: 'string', reported: false, settable: true, canonical };
}

function whole(
  name: string,
  defaultValue: string,
  minimum: number,
  maximum: number,
  description: string,
  category: SettingDefinition['category'] = 'session',
): SettingDefinition {
  return {
    name,
    defaultValue,
    description,
    category,
    type: 'integer',
    reported: false,
    settable: true,
    canonical: (value) => parseWholeNumber(name, value, minimum, maximum),
  };
}

function duration(name: string, description: string): SettingDefinition {
  return {
    name,
    defaultValue: '0',
    description,
    category: 'session',
    type: 'integer',
    unit: 'ms',
    reported: false,
    settable: true,
    canonical: (value) => parseDuration(name, value),
  };
}

function bytes(name: string, defaultValue: string, description: string): SettingDefinition {
  return {
    name,
    defaultValue,
    description,
    category: 'sluice',
    type: 'integer',
    unit: 'B',
    reported: false,
    settable: true,
    canonical: (value) => parseByteSize(name, value),
  };
}

function asReported(definition: SettingDefinition): SettingDefinition {
  return { ...definition, reported: true };
}

function canonicalEncoding(value: string): string {
  const name = value.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  if (name === 'UTF8' || name === 'UNICODE') {
    return 'UTF8';
  }
  throw new SqlError(SQLSTATE.feature_not_supported, `client_encoding "${value}" is not supported`, { hint: 'Sluice speaks UTF8 only.' });
}

function isolation(name: string): SettingDefinition {
  return choice(
    name,
    'read committed',
    ['read committed', 'read uncommitted', 'repeatable read', 'serializable'],
    'Isolation level of transactions; every statement reads one consistent state whatever it says.',
  );
}

/** Most partitions a shuffle may be given by hand: beyond it, files per shuffle grow past what file systems like (see docs/settings.md). */
export const PARTITION_COUNT_MAX = 4096;

/** Every setting, in the order SHOW ALL prints them. */
export const SETTING_DEFINITIONS: readonly SettingDefinition[] = [
  asReported(text('application_name', '', 'Name the client gives itself.')),
  choice('bytea_output', 'hex', ['hex', 'escape'], 'Text form of bytea values.'),
  flag('check_function_bodies', 'on', 'Accepted for compatibility.'),
  asReported(text('client_encoding', 'UTF8', 'Encoding of all text on the connection.', canonicalEncoding)),
  choice(
    'client_min_messages',
    'notice',
    ['debug5', 'debug4', 'debug3', 'debug2', 'debug1', 'debug', 'log', 'notice', 'warning', 'error'],
    'Least severe messages sent to the client.',
  ),
  asReported(text('DateStyle', 'ISO, MDY', 'Text form of dates and order of day and month on input.', canonicalDateStyle)),
  preset('default_table_access_method', 'heap', 'Accepted for compatibility.'),
  text('default_tablespace', '', 'Accepted for compatibility.'),
  flag('default_transaction_deferrable', 'off', 'Accepted for compatibility: a snapshot never waits.'),
  isolation('default_transaction_isolation'),
  asReported(flag('default_transaction_read_only', 'off', 'Transactions are read only unless they say otherwise.')),
  whole('extra_float_digits', '1', -15, 3, 'Digits of floating-point output: above 0 shortest exact, else that many fewer.'),
  duration('idle_in_transaction_session_timeout', 'Longest idle time inside a transaction before the session is ended; 0 for none.'),
  duration('idle_session_timeout', 'Longest idle time outside of a transaction before the session is ended; 0 for none.'),
  asReported(preset('in_hot_standby', 'off', 'Always off.')),
  asReported(preset('integer_datetimes', 'on', 'Dates and times are 64-bit integers in binary form.')),
  asReported(choice('IntervalStyle', 'postgres', ['postgres', 'postgres_verbose', 'sql_standard', 'iso_8601'], 'Text form of intervals.')),
  asReported(preset('is_superuser', 'on', 'Whether the current role is a superuser.')),
  preset('lc_collate', 'C', 'Order of text: by code point.'),
  preset('lc_ctype', 'C', 'Character classes.'),
  text('lc_messages', 'C', 'Language of messages.'),
  text('lc_monetary', 'C', 'Accepted for compatibility.'),
  text('lc_numeric', 'C', 'Accepted for compatibility.'),
  text('lc_time', 'C', 'Accepted for compatibility.'),
  duration('lock_timeout', 'Longest wait for a lock. Nothing waits for one: of two changes of the same rows one fails when it commits.'),
  preset('max_connections', '1000', 'Connections the server takes at once.'),
  preset('max_identifier_length', '63', 'Bytes a name may have.'),
  preset('max_index_keys', '32', 'Accepted for compatibility.'),
  preset('role', 'none', 'The role whose rights the session has taken on.'),
  flag('row_security', 'on', 'Accepted for compatibility.'),
  text('search_path', '"$user", public', 'Schemas searched for names without one.'),
  asReported(preset('server_encoding', 'UTF8', 'Encoding of all stored text.')),
  asReported(preset('server_version', `${POSTGRES_VERSION} (Sluice ${SLUICE_VERSION})`, 'Version of Postgres that Sluice follows.')),
  preset('server_version_num', POSTGRES_VERSION_NUMBER, 'The same as a number.'),
  asReported(preset('session_authorization', '', 'The session user.')),
  whole(
    'sluice.broadcast_limit',
    String(100 * 1024 * 1024),
    0,
    Number.MAX_SAFE_INTEGER,
    'Bytes up to which a side of a join may be sent to every task.',
    'sluice',
  ),
  choice(
    'sluice.distribute',
    'auto',
    ['auto', 'on', 'off'],
    'Whether queries run in several stages: auto by the size of their data, on wherever possible, off never. Hints win.',
    'sluice',
  ),
  bytes('sluice.distribute_threshold', String(64 * 1024 ** 3), 'Bytes of scanned files from which a query is distributed under sluice.distribute = auto.'),
  text('sluice.disabled_rules', '', 'Names of distribution rules not to use, separated by commas; for finding faults.'),
  whole('sluice.partitions', '0', 0, PARTITION_COUNT_MAX, 'Partitions of every shuffle; 0 lets the planner choose.', 'sluice'),
  flag('sluice.progress', 'off', 'Whether clients are told by notices, once a second, how far a statement is.', 'sluice'),
  choice(
    'sluice.speculation',
    'on',
    ['off', 'on', 'aggressive'],
    'Whether tasks in a cluster that take much longer than the others get a copy, of which the first that is done counts.',
    'sluice',
  ),
  whole('sluice.task_retries', '-1', -1, 100, 'Times a task is tried again that failed of what passes; -1: 3 in a cluster, 1 on one machine.', 'sluice'),
  choice('standard_conforming_strings', 'on', ['on'], 'Backslashes in plain string literals are plain characters.'),
  duration('statement_timeout', 'Longest time a statement may run; 0 is no limit.'),
  flag('synchronize_seqscans', 'on', 'Accepted for compatibility.'),
  asReported(text('TimeZone', 'UTC', 'Time zone of timestamptz input and output.', canonicalTimeZone)),
  flag('transaction_deferrable', 'off', 'Accepted for compatibility: a snapshot never waits.'),
  isolation('transaction_isolation'),
  flag('transaction_read_only', 'off', 'The current transaction is read only.'),
  choice('xmloption', 'content', ['content', 'document'], 'Accepted for compatibility: pg_dump sets it.'),
].map((definition) => (definition.name === 'standard_conforming_strings' ? asReported(definition) : definition));
