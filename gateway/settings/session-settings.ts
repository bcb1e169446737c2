import type { OutputSettings } from '../../executor/engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { SettingDefinition } from './definitions.js';
import { SETTING_DEFINITIONS } from './definitions.js';

const byLowerName: ReadonlyMap<string, SettingDefinition> = new Map(SETTING_DEFINITIONS.map((definition) => [definition.name.toLowerCase(), definition]));

/** The definition of a setting by name in any case, or undefined. */
export function findSetting(name: string): SettingDefinition | undefined {
  return byLowerName.get(name.toLowerCase());
}

/** How long a value lasts: for the session, or until the transaction ends (SET LOCAL). */
export type SettingScope = 'session' | 'local';

/**
 * One session's settings. Values set in a transaction are undone when it rolls back; local ones are undone when it ends
 * either way. Names with a dot that Sluice does not know are kept as they are, like Postgres's custom settings.
 */
export class SessionSettings {
  readonly #values = new Map<string, string>();
  readonly #resetValues = new Map<string, string>();
  /** By lower-case name, for what the transaction changed: the value before it and the value a commit leaves. */
  #undo: Map<string, { readonly before: string | undefined; committed: string | undefined }> | null = null;
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
    return this.#values.get(key) ?? this.#resetValues.get(key) ?? byLowerName.get(key)?.defaultValue;
  }

  /** The value of a setting that exists. */
  require(name: string): string {
    const value = this.get(name);
    if (value === undefined) {
      throw new SqlError(SQLSTATE.undefined_object, `unrecognized configuration parameter "${name}"`);
    }
    return value;
  }

  /** Sets a value as SET does; SqlError 42704, 55P02 or 22023 when it cannot be. */
  set(name: string, value: string, scope: SettingScope): void {
    const definition = this.#settable(name);
    this.#assign(name, definition === undefined ? value : definition.canonical(value, this.require(name)), scope);
  }

  /** Back to the value at connect. */
  reset(name: string): void {
    this.#settable(name);
    const key = name.toLowerCase();
    const value = this.#resetValues.get(key) ?? byLowerName.get(key)?.defaultValue;
    this.#assign(name, value, 'session');
  }

  /** RESET ALL. */
  resetAll(): void {
    for (const key of this.#values.keys()) {
      if (byLowerName.get(key)?.settable !== false) {
        this.reset(key);
      }
    }
  }

  /** A value given at connect or by the server: what RESET goes back to. Read-only settings may be given by the server. */
  setInitial(name: string, value: string, by: 'client' | 'server'): void {
    const definition = by === 'client' ? this.#settable(name) : findSetting(name);
    this.#resetValues.set(name.toLowerCase(), definition === undefined || by === 'server' ? value : definition.canonical(value, this.require(name)));
    this.#version += 1;
  }

  /** The values now, for `restore`. */
  save(): ReadonlyMap<string, string> {
    return new Map(this.#values);
  }

  /** Back to saved values (ROLLBACK TO). */
  restore(saved: ReadonlyMap<string, string>): void {
    for (const key of new Set([...saved.keys(), ...this.#values.keys()])) {
      if (saved.get(key) !== this.#values.get(key)) {
        this.#write(key, saved.get(key));
      }
    }
  }

  /** From now on changes can be undone. */
  beginTransaction(): void {
    this.#undo ??= new Map();
  }

  /** Ends the transaction: local values go, and on rollback all others go too. */
  endTransaction(outcome: 'commit' | 'rollback'): void {
    const undo = this.#undo;
    this.#undo = null;
    for (const [key, entry] of undo ?? []) {
      this.#write(key, outcome === 'rollback' ? entry.before : entry.committed);
    }
  }

  /** Every setting with its value, Sluice's and custom ones. */
  all(): readonly { readonly definition: SettingDefinition | undefined; readonly name: string; readonly value: string }[] {
    const rows = SETTING_DEFINITIONS.map((definition) => ({ definition, name: definition.name, value: this.require(definition.name) }));
    const custom = [...this.#values.entries()].filter(([key]) => !byLowerName.has(key)).map(([name, value]) => ({ definition: undefined, name, value }));
    return [...rows, ...custom];
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

  #settable(name: string): SettingDefinition | undefined {
    const definition = findSetting(name);
    if (definition === undefined && (!/^[a-z_][\w$]*(\.[a-z_][\w$]*)+$/i.test(name) || name.toLowerCase().startsWith('sluice.'))) {
      throw new SqlError(SQLSTATE.undefined_object, `unrecognized configuration parameter "${name}"`);
    }
    if (definition?.settable === false) {
      throw new SqlError(SQLSTATE.cant_change_runtime_param, `parameter "${definition.name}" cannot be changed`);
    }
    return definition;
  }

  #assign(name: string, value: string | undefined, scope: SettingScope): void {
    const key = name.toLowerCase();
    if (scope === 'local' && this.#undo === null) {
      return;
    }
    if (this.#undo !== null) {
      const before = this.#values.get(key);
      const entry = this.#undo.get(key) ?? { before, committed: before };
      if (scope === 'session') {
        entry.committed = value;
      }
      this.#undo.set(key, entry);
    }
    this.#write(key, value);
  }

  #write(key: string, value: string | undefined): void {
    const before = this.get(key);
    if (value === undefined) {
      this.#values.delete(key);
    } else {
      this.#values.set(key, value);
    }
    this.#version += 1;
    const definition = byLowerName.get(key);
    const after = this.get(key);
    if (definition?.reported === true && after !== undefined && after !== before) {
      this.onReport?.(definition.name, after);
    }
  }
}
