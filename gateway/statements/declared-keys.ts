import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeTable } from '../../fs/lake/model.js';
import type { KeyRequest } from '../../planner/parse/read-create-table.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** Tag of a table with its declared keys as JSON. */
export const KEYS_TAG = 'sluice.keys';

/** A key as it was declared; nothing enforces it. */
export interface DeclaredKey {
  readonly name: string;
  readonly kind: 'primary' | 'unique' | 'foreign';
  readonly columns: readonly string[];
  readonly references: KeyReference | null;
}

/** What a foreign key refers to. The actions are letters as in pg_constraint; left out where there is none. */
export interface KeyReference {
  readonly schema: string | null;
  readonly name: string;
  readonly columns: readonly string[];
  readonly onUpdate?: string;
  readonly onDelete?: string;
}

/** A table's declared keys. */
export function declaredKeys(table: LakeTable): readonly DeclaredKey[] {
  const tag = table.tags.get(KEYS_TAG);
  const keys: readonly DeclaredKey[] = tag === undefined ? [] : JSON.parse(tag);
  return keys;
}

/** Keeps a table's declared keys. */
export function keepKeys(transaction: LakeTransaction, table: LakeTable, keys: readonly DeclaredKey[]): void {
  transaction.setTag(table, KEYS_TAG, keys.length === 0 ? null : JSON.stringify(keys));
}

/** New keys of a table with the names Postgres would give them; 42703 for unknown columns, 42P16 for a second primary key. */
export function nameKeys(
  table: string,
  columnNames: readonly string[],
  existing: readonly DeclaredKey[],
  requests: readonly KeyRequest[],
): readonly DeclaredKey[] {
  const keys = [...existing];
  for (const request of requests) {
    const unknown = request.columns.find((column) => !columnNames.includes(column));
    if (unknown !== undefined) {
      throw new SqlError(SQLSTATE.undefined_column, `column "${unknown}" named in key does not exist`);
    }
    if (request.kind === 'primary' && keys.some((key) => key.kind === 'primary')) {
      throw new SqlError(SQLSTATE.invalid_table_definition, `multiple primary keys for table "${table}" are not allowed`);
    }
    const name = request.name ?? freeName(keys, table, request);
    if (keys.some((key) => key.name === name)) {
      throw new SqlError(SQLSTATE.duplicate_object, `constraint "${name}" for relation "${table}" already exists`);
    }
    const references = request.references === null ? null : { ...request.references, schema: request.references.schema ?? null };
    keys.push({ name, kind: request.kind, columns: request.columns, references });
  }
  return keys;
}

function freeName(keys: readonly DeclaredKey[], table: string, request: KeyRequest): string {
  const base = request.kind === 'primary' ? `${table}_pkey` : `${table}_${request.columns.join('_')}_${request.kind === 'unique' ? 'key' : 'fkey'}`;
  let name = base;
  for (let number = 1; keys.some((key) => key.name === name); number += 1) {
    name = `${base}${number}`;
  }
  return name;
}
