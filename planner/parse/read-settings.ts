import type { Node } from 'libpg-query';
import type { ParsedStatement } from './statement.js';
import { scalarText } from './syntax-tree.js';

/** What a SET, RESET or SHOW asks for. */
export type SettingRequest =
  /** `value` null is DEFAULT. */
  | {
      readonly kind: 'set';
      readonly name: string;
      readonly value: string | null;
      readonly local: boolean;
    }
  | {
      readonly kind: 'set_transaction';
      readonly scope: 'transaction' | 'session';
      readonly modes: TransactionModes;
    }
  | { readonly kind: 'reset'; readonly name: string }
  | { readonly kind: 'reset_all' };

/** Modes of BEGIN and SET TRANSACTION; undefined where not given. */
export interface TransactionModes {
  readonly isolation?: string;
  readonly readOnly?: boolean;
  readonly deferrable?: boolean;
}

/** Reads SET and RESET. */
export function readSet(statement: ParsedStatement): SettingRequest {
  if (statement.node === null || !('VariableSetStmt' in statement.node)) {
    throw new Error('not a SET statement');
  }
  const set = statement.node.VariableSetStmt;
  const name = set.name ?? '';
  switch (set.kind ?? 'VAR_SET_VALUE') {
    case 'VAR_RESET':
      return { kind: 'reset', name };
    case 'VAR_RESET_ALL':
      return { kind: 'reset_all' };
    case 'VAR_SET_MULTI':
      return {
        kind: 'set_transaction',
        scope: name === 'TRANSACTION' ? 'transaction' : 'session',
        modes: readModes(set.args),
      };
    case 'VAR_SET_VALUE':
    case 'VAR_SET_DEFAULT':
    case 'VAR_SET_CURRENT':
      return {
        kind: 'set',
        name,
        value: set.kind === 'VAR_SET_VALUE' ? settingText(name, set.args ?? []) : null,
        local: set.is_local === true,
      };
  }
}

/** The name of a SHOW, `all` for SHOW ALL. */
export function readShow(statement: ParsedStatement): string {
  if (statement.node === null || !('VariableShowStmt' in statement.node)) {
    throw new Error('not a SHOW statement');
  }
  return statement.node.VariableShowStmt.name ?? '';
}

/** Transaction modes from a list of options. */
export function readModes(options: readonly Node[] | undefined): TransactionModes {
  let modes: TransactionModes = {};
  for (const option of options ?? []) {
    if (!('DefElem' in option)) {
      continue;
    }
    const value = scalarText(option.DefElem.arg);
    switch (option.DefElem.defname) {
      case 'transaction_isolation':
        modes = { ...modes, isolation: value ?? '' };
        break;
      case 'transaction_read_only':
        modes = { ...modes, readOnly: value === '1' };
        break;
      case 'transaction_deferrable':
        modes = { ...modes, deferrable: value === '1' };
        break;
      case undefined:
      default:
        break;
    }
  }
  return modes;
}

/** Several values are one list, as in `SET search_path TO a, "B"`: names that need quotes get them back. */
function settingText(name: string, values: readonly Node[]): string {
  const texts = values.map((value) => {
    if ('TypeCast' in value) {
      return intervalHours(scalarText(value.TypeCast.arg) ?? '');
    }
    return scalarText(value) ?? '';
  });
  const isNameList = name.toLowerCase() === 'search_path';
  return texts
    .map((text) => (isNameList && !/^[a-z_][a-z0-9_$]*$/.test(text) && texts.length > 0 && text !== '' ? `"${text.replaceAll('"', '""')}"` : text))
    .join(', ');
}

/** SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE as the hours it means. */
function intervalHours(text: string): string {
  const match = /^\s*([+-]?\d+)(?::(\d+))?/.exec(text);
  return match === null || (match[2] !== undefined && Number(match[2]) !== 0) ? text : (match[1] ?? text);
}
