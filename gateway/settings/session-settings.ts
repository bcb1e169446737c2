import type { OutputSettings } from '../../executor/engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { SettingDefinition } from './definitions.js';
import { SETTING_DEFINITIONS } from './definitions.js';
import { showByteSize, showDuration } from './values.js';

const byLowerName: ReadonlyMap<string, SettingDefinition> = new Map(SETTING_DEFINITIONS.map((definition) => [definition.name.toLowerCase(), definition]));

/** Settings of one transaction: whatever sets them, they end with it, and without a value of their own they have their default's. */
const DEFAULT_OF_TRANSACTION: ReadonlyMap<string, string> = new Map([
  ['transaction_deferrable', 'default_transaction_deferrable'],
  ['transaction_isolation', 'default_transaction_isolation'],
  ['transaction_read_only', 'default_transaction_read_only'],
]);

/** The definition of a setting by name in any case, or undefined. */
export function findSetting(name: string): SettingDefinition | undefined {
  return byLowerName.get(name.toLowerCase());
}

/** How long a value lasts: for the session, or until the transaction ends (SET LOCAL). */
export type SettingScope = 'session' | 'local';

/** What is set, by lower-case name. A value of the transaction hides the session's. */
export interface SettingValues {
  readonly session: ReadonlyMap<string, string>;
  readonly transaction: ReadonlyMap<string, string>;
}

/** A setting as SHOW ALL and pg_settings list it; custom ones have no definition. */
export interface SettingRow {
  readonly definition: SettingDefinition | undefined;
  readonly name: string;
  readonly value: string;
}

const NOTHING_SET: SettingValues = { session: new Map(), transaction: new Map() };

/**
 * One session's settings. Values set in a transaction are undone when it rolls back; local ones are undone when it ends
 * either way. Names with a dot that Sluice does not know are kept as they are, like Postgres's custom settings.
 */
export class SessionSettings {
  readonly #resetValues = new Map<string, string>();
  #values = NOTHING_SET;
  #beforeTransaction: SettingValues | null = null;
  #version = 0;

  /** Called with a reported setting's name and new value whenever it changes. */
  onReport: ((name: string, value: string) => void) | null = null;

  /** Counts changes, so that what was derived from settings can be kept while it stays the same. */
  get version(): number {
    return this.#version;
  }

  /** The value, or undefined for a name nobody knows. */
  get(name: string): string | undefined {
    const key = name.toLowerCase();
    const set = this.#values.transaction.get(key) ?? this.#values.session.get(key) ?? this.#resetValues.get(key);
    if (set !== undefined) {
      return set;
    }
    const other = DEFAULT_OF_TRANSACTION.get(key);
    return other === undefined ? byLowerName.get(key)?.defaultValue : this.get(other);
  }

  /** The value of a setting that exists. */
  require(name: string): string {
    const value = this.get(name);
    if (value === undefined) {
      throw new SqlError(SQLSTATE.undefined_object, `unrecognized configuration parameter "${name}"`);
    }
    return value;
  }

  /** The value as SHOW gives it, with its unit; undefined for a name nobody knows. */
  show(name: string): string | undefined {
    const value = this.get(name);
    switch (findSetting(name)?.unit) {
      case 'ms':
        return value === undefined ? undefined : showDuration(value);
      case 'B':
        return value === undefined ? undefined : showByteSize(value);
      case undefined:
      default:
        return value;
    }
  }

  /** Sets a value as SET does; SqlError 42704, 55P02 or 22023 when it cannot be. */
  set(name: string, value: string, scope: SettingScope): void {
    const definition = requireSettable(name);
    this.#assign(name, definition === undefined ? value : definition.canonical(value, this.require(name)), scope);
  }

  /** The value as `set` would keep it, or its error. */
  checked(name: string, value: string): string {
    const definition = requireSettable(name);
    return definition === undefined ? value : definition.canonical(value, definition.defaultValue);
  }

  /** A value that statements other than SET decide: who the session is. */
  setByServer(name: string, value: string, scope: SettingScope): void {
    this.#assign(name, value, scope);
  }

  /** Back to the value at connect. */
  reset(name: string, scope: SettingScope = 'session'): void {
    requireSettable(name);
    this.#assign(name, scope === 'local' ? this.#atConnect(name) : undefined, scope);
  }

  /** RESET ALL: everything but what belongs to the transaction. */
  resetAll(): void {
    const kept = [...this.#values.transaction].filter(([key]) => DEFAULT_OF_TRANSACTION.has(key));
    this.#replace({ session: new Map(), transaction: new Map(kept) });
  }

  /** A value given at connect or by the server: what RESET goes back to. Read-only settings may be given by the server. */
  setInitial(name: string, value: string, by: 'client' | 'server'): void {
    const definition = by === 'client' ? requireSettable(name) : findSetting(name);
    this.#resetValues.set(name.toLowerCase(), definition === undefined || by === 'server' ? value : definition.canonical(value, this.require(name)));
    this.#version += 1;
  }

  /** The values now, for `restore`. */
  save(): SettingValues {
    return this.#values;
  }

  /** Back to saved values (ROLLBACK TO). */
  restore(saved: SettingValues): void {
    this.#replace(saved);
  }

  /** From now on changes can be undone. */
  beginTransaction(): void {
    this.#beforeTransaction ??= this.#values;
  }

  /** Ends the transaction: local values go, and on rollback all others go too. */
  endTransaction(outcome: 'commit' | 'rollback'): void {
    const kept = outcome === 'rollback' && this.#beforeTransaction !== null ? this.#beforeTransaction : this.#values;
    this.#beforeTransaction = null;
    if (kept !== this.#values || kept.transaction.size > 0) {
      this.#replace({ session: kept.session, transaction: new Map() });
    }
  }

  /** Every setting with its value, Sluice's and custom ones. */
  all(): readonly SettingRow[] {
    const rows = SETTING_DEFINITIONS.map((definition) => ({ definition, name: definition.name, value: this.require(definition.name) }));
    const customNames = new Set([...this.#resetValues.keys(), ...keysOf(this.#values)].filter((key) => !byLowerName.has(key)));
    return [...rows, ...[...customNames].map((name) => ({ definition: undefined, name, value: this.require(name) }))];
  }

  /** The part that decides how values are written. */
  output(): OutputSettings {
    return {
      timeZone: this.require('TimeZone'),
      dateStyle: this.require('DateStyle'),
      intervalStyle: this.require('IntervalStyle'),
      extraFloatDigits: Number(this.require('extra_float_digits')),
      byteaOutput: this.require('bytea_output') === 'escape' ? 'escape' : 'hex',
    };
  }

  /** Puts a value in its place; undefined removes it. SET for the session ends what SET LOCAL said before. */
  #assign(name: string, value: string | undefined, scope: SettingScope): void {
    const key = name.toLowerCase();
    if (scope === 'local' || DEFAULT_OF_TRANSACTION.has(key)) {
      this.#replace({ session: this.#values.session, transaction: changed(this.#values.transaction, key, value) });
    } else {
      this.#replace({ session: changed(this.#values.session, key, value), transaction: changed(this.#values.transaction, key, undefined) });
    }
  }

  #atConnect(name: string): string | undefined {
    return this.#resetValues.get(name.toLowerCase()) ?? findSetting(name)?.defaultValue;
  }

  #replace(next: SettingValues): void {
    const keys = new Set([...keysOf(this.#values), ...keysOf(next)]);
    const before = new Map([...keys].map((key) => [key, this.get(key)]));
    this.#values = next;
    this.#version += 1;
    for (const key of keys) {
      const definition = byLowerName.get(key);
      const after = this.get(key);
      if (definition?.reported === true && after !== undefined && after !== before.get(key)) {
        this.onReport?.(definition.name, after);
      }
    }
  }
}

/** The definition of a setting users may set, undefined for a custom one. */
function requireSettable(name: string): SettingDefinition | undefined {
  const definition = findSetting(name);
  if (definition === undefined && (!/^[a-z_][\w$]*(\.[a-z_][\w$]*)+$/i.test(name) || name.toLowerCase().startsWith('sluice.'))) {
    throw new SqlError(SQLSTATE.undefined_object, `unrecognized configuration parameter "${name}"`);
  }
  if (definition?.settable === false) {
    throw new SqlError(SQLSTATE.cant_change_runtime_param, `parameter "${definition.name}" cannot be changed`);
  }
  return definition;
}

function changed(values: ReadonlyMap<string, string>, key: string, value: string | undefined): ReadonlyMap<string, string> {
  const next = new Map(values);
  if (value === undefined) {
    next.delete(key);
  } else {
    next.set(key, value);
  }
  return next;
}

function keysOf(values: SettingValues): readonly string[] {
  return [...values.session.keys(), ...values.transaction.keys()];
}
