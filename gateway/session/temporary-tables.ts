import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeTable } from '../../fs/lake/model.js';
import type { OnCommit } from '../../planner/parse/read-create-table.js';
import { dropTableAndSequences } from '../sequences/column-sequence.js';
import { dependentViews } from './lake-relations.js';
import { TEMPORARY_SCHEMA } from './lake-schemas.js';

/** Tag of a temporary table with its ON COMMIT, where that is not PRESERVE ROWS. */
const ON_COMMIT_TAG = 'sluice.on_commit';

/** What a statement changes that puts, changes or removes rows of a table. */
export function changeKindOf(table: { readonly schema: string }): 'temporary rows' | 'existing' {
  return table.schema === TEMPORARY_SCHEMA ? 'temporary rows' : 'existing';
}

/** The tags of a temporary table. */
export function onCommitTags(onCommit: OnCommit): ReadonlyMap<string, string> {
  return onCommit === 'preserve rows' ? new Map() : new Map([[ON_COMMIT_TAG, onCommit]]);
}

/** Does what ON COMMIT says. A transaction that was never opened has put no rows anywhere. */
export function applyOnCommit(transaction: LakeTransaction): void {
  for (const table of temporaryTables(transaction)) {
    switch (table.tags.get(ON_COMMIT_TAG)) {
      case 'drop':
        dependentViews(transaction.current, [table]).forEach((view) => transaction.dropView(view));
        dropTableAndSequences(transaction, table);
        break;
      case 'delete rows':
        transaction.truncate(table);
        break;
      case undefined:
      default:
        break;
    }
  }
}

/** Drops everything that is temporary. */
export function dropTemporary(transaction: LakeTransaction): void {
  for (const view of transaction.current.views.filter(({ schema }) => schema === TEMPORARY_SCHEMA)) {
    transaction.dropView(view);
  }
  temporaryTables(transaction).forEach((table) => transaction.dropTable(table));
}

function temporaryTables({ current }: LakeTransaction): readonly LakeTable[] {
  return current.findSchema(TEMPORARY_SCHEMA) === undefined ? [] : current.tables.filter(({ schema }) => schema === TEMPORARY_SCHEMA);
}
