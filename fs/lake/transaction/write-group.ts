import type { CatalogQueries } from '../catalog-database.js';
import type { LakeCore } from '../lake-core.js';
import type { LakeSnapshot } from '../model.js';
import { readHead, type CatalogHead } from './catalog-head.js';
import { integer } from '../snapshot/row-values.js';
import { CatalogWrites, sqlText, sqlValue } from './catalog-sql.js';
import { formatChanges, parseChanges, type LakeChange } from './change-list.js';
import { checkConflicts, otherChanges } from './conflicts.js';
import { canInlineColumns } from './inlined-types.js';
import { readTouchedRows } from './row-conflicts.js';
import type { StagedDifference } from './staged-difference.js';
import { asStored, NO_ROWS } from './table-statistics.js';
import { newTableFacts, readTableFacts, writeStatistics, type TableFacts } from './table-facts.js';
import { finalId, writeDefinitions } from './write-definitions.js';
import { renewInlinedTable, writeRows, type RowsTarget } from './write-rows.js';

/** A transaction that is to be committed. */
export interface CommitRequest {
  readonly base: LakeSnapshot;
  readonly difference: StagedDifference;
  readonly author: string | null;
  readonly message: string | null;
  /** Unique; kept in the catalog with the snapshot, so that it can be found there after a lost connection. */
  readonly uuid: string;
}

/** What became of one transaction of a group, in the catalog transaction that is not committed yet. */
export type MemberOutcome = { readonly kind: 'written'; readonly snapshotId: number } | { readonly kind: 'failed'; readonly error: unknown };

/** Facts of tables as they are at a snapshot: while that one is the newest, they need not be read again. */
export interface KnownFacts {
  readonly head: CatalogHead;
  readonly facts: ReadonlyMap<number, TableFacts>;
}

/** What a group's catalog transaction did, true once that is committed. */
export interface GroupResult {
  readonly outcomes: readonly MemberOutcome[];
  readonly known: KnownFacts | null;
}

/** How a transaction is found again in `commit_extra_info`. */
function extraInfo(uuid: string): string {
  return `sluice:${uuid}`;
}

/** Snapshot ids of those of the transactions that are in the catalog, by uuid. */
export async function findCommitted(queries: CatalogQueries, prefix: string, uuids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const infos = uuids.map((uuid) => sqlText(extraInfo(uuid))).join(', ');
  const rows = await queries.query(`SELECT snapshot_id, commit_extra_info FROM ${prefix}ducklake_snapshot_changes WHERE commit_extra_info IN (${infos})`);
  return new Map(rows.map((row) => [String(row['commit_extra_info']).slice('sluice:'.length), integer(row, 'snapshot_id')]));
}

/**
 * Writes transactions into one transaction of the catalog database, a snapshot each, over whatever was committed since
 * their bases. One that conflicts fails alone. The order is that of the requests.
 */
export async function writeGroup(core: LakeCore, queries: CatalogQueries, requests: readonly CommitRequest[], known: KnownFacts | null): Promise<GroupResult> {
  const { prefix } = core.database;
  const since = Math.min(...requests.map(({ base }) => base.id));
  // Where nobody else can write, nothing can have happened since this process's last commit.
  const isHeadKnown = known !== null && core.database.isExclusive && since >= known.head.snapshotId;
  const { head, changes } = isHeadKnown ? { head: known.head, changes: [] } : await readHead(queries, prefix, since);
  const others = requests.map(({ base }) =>
    otherChanges(changes.filter(({ snapshotId }) => snapshotId > base.id).flatMap((each) => parseChanges(each.changes))),
  );
  const outcomes: (MemberOutcome | null)[] = requests.map(({ difference }, index) => {
    const theirs = others[index];
    return theirs === undefined ? null : attempt(() => checkConflicts(difference, theirs));
  });
  const remaining = requests.filter((_, index) => outcomes[index] === null);
  const remembered = known?.head.snapshotId === head.snapshotId ? known.facts : new Map<number, TableFacts>();
  const unread = touchedTables(remaining).filter((id) => !remembered.has(id));
  const stored: ReadonlyMap<number, TableFacts> = new Map([...remembered, ...(await readTableFacts(queries, prefix, unread))]);
  const touched = await readTouchedRows(
    queries,
    prefix,
    remaining.map(({ difference }) => difference),
    stored,
  );
  const plan: GroupPlan = { core, head, facts: new Map(stored), writes: new CatalogWrites(core.database) };
  for (const [index, request] of requests.entries()) {
    const theirs = others[index];
    if (outcomes[index] === null && theirs !== undefined) {
      outcomes[index] = attempt(() => {
        touched.check(request.base, request.difference, theirs);
        planMember(plan, request);
        touched.take(request.difference);
      }) ?? { kind: 'written', snapshotId: plan.head.snapshotId };
    }
  }
  writeStatistics(
    plan.writes,
    [...plan.facts].map(([tableId, { statistics }]) => ({ tableId, before: stored.get(tableId)?.statistics ?? NO_ROWS, after: statistics })),
  );
  for (const statement of plan.writes.statements()) {
    await queries.query(statement);
  }
  const facts = new Map([...plan.facts].map(([id, fact]) => [id, { ...fact, statistics: asStored(fact.statistics) }]));
  return {
    outcomes: outcomes.map((outcome) => outcome ?? { kind: 'failed', error: new Error('a transaction was neither written nor refused') }),
    known: { head: plan.head, facts },
  };
}

interface GroupPlan {
  readonly core: LakeCore;
  head: CatalogHead;
  facts: Map<number, TableFacts>;
  readonly writes: CatalogWrites;
}

/** Plans one transaction; what it takes of ids and facts stays only when it does not throw. */
function planMember(plan: GroupPlan, request: CommitRequest): void {
  const { core } = plan;
  const { difference, base, author, message, uuid } = request;
  const head = plan.head.copy();
  head.snapshotId += 1;
  let isRaised = false;
  const facts = new Map([...plan.facts].map(([id, fact]) => [id, { ...fact }]));
  const target: RowsTarget = {
    writes: new CatalogWrites(core.database),
    head,
    dataPath: core.dataPath,
    schemaPaths: new Map([...base.schemas, ...difference.schemas.created].map(({ id, path }) => [id, path])),
    ids: new Map(),
    kind: core.database.kind,
    raiseSchemaVersion: () => {
      head.schemaVersion += isRaised ? 0 : 1;
      isRaised = true;
    },
  };
  if (difference.isDefinition) {
    target.raiseSchemaVersion();
  }
  const changes: LakeChange[] = [...writeDefinitions(target, difference)];
  for (const { before, after } of difference.tables.altered) {
    const fact = facts.get(after.id);
    if (fact !== undefined && before.columns !== after.columns && canInlineColumns(after.columns)) {
      renewInlinedTable(target, fact, after);
    }
  }
  for (const rows of difference.rows) {
    const id = finalId(target, rows.table.id);
    const fact = facts.get(id) ?? newTableFacts(head.schemaVersion);
    facts.set(id, fact);
    changes.push(...writeRows(target, fact, rows));
  }
  const counters = [head.schemaVersion, head.nextCatalogId, head.nextFileId].map(sqlValue);
  target.writes.insertSql('ducklake_snapshot', [sqlValue(head.snapshotId), 'now()', ...counters]);
  const made = formatChanges(changes);
  target.writes.insert('ducklake_snapshot_changes', head.snapshotId, made === '' ? null : made, author, message, extraInfo(uuid));
  plan.head = head;
  plan.facts = facts;
  plan.writes.append(target.writes);
}

function touchedTables(requests: readonly CommitRequest[]): readonly number[] {
  const ids = requests.flatMap(({ difference }) => [
    ...difference.rows.map(({ table }) => table.id),
    ...difference.tables.altered.map(({ after }) => after.id),
  ]);
  return [...new Set(ids.filter((id) => id >= 0))];
}

function attempt(work: () => void): MemberOutcome | null {
  try {
    work();
    return null;
  } catch (error) {
    return { kind: 'failed', error };
  }
}
