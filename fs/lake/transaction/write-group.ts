import type { CatalogQueries } from '../catalog-database.js';
import type { LakeCore } from '../lake-core.js';
import type { LakeSnapshot } from '../model.js';
import { lostGateway } from '../presence.js';
import { readHead, type CatalogHead, type CommittedChanges } from './catalog-head.js';
import { integer } from '../snapshot/row-values.js';
import { CatalogWrites, sqlText, sqlValue } from './catalog-sql.js';
import { formatChanges, parseChanges, type LakeChange } from './change-list.js';
import { checkConflicts, otherChanges, refuseIf } from './conflicts.js';
import { canInlineColumns } from './inlined-types.js';
import { readTouchedRows, TouchedRows } from './row-conflicts.js';
import type { StagedDifference } from './staged-difference.js';
import { asStored, NO_ROWS } from './table-statistics.js';
import { newTableFacts, readTableFacts, writeStatistics, type TableFacts } from './table-facts.js';
import { finalId, writeDefinitions } from './write-definitions.js';
import { renewInlinedTable, writeRows, type RowsTarget } from './write-rows.js';

/** A transaction that is to be committed. */
export interface CommitRequest {
  readonly base: LakeSnapshot;
  /** The gateway's number when the transaction began. */
  readonly gatewayId: number;
  readonly difference: StagedDifference;
  readonly author: string | null;
  readonly message: string | null;
  /** Unique; kept in the catalog with the snapshot, so that it can be found there after a lost connection. */
  readonly uuid: string;
}

/** What became of one transaction of a group, in the catalog transaction that is not committed yet. */
export type MemberOutcome =
  | { readonly kind: 'written'; readonly snapshotId: number; readonly changes: string }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What is true at a snapshot: while that one is the newest, nothing of it need be read again. */
export interface KnownFacts {
  readonly head: CatalogHead;
  readonly facts: ReadonlyMap<number, TableFacts>;
  /** What the last snapshots up to it changed, one after another. */
  readonly recent: readonly CommittedChanges[];
}

/** Tables of which facts are remembered besides those of the last group. */
const FACT_COUNT_MAX = 100;
/** Changes that are remembered for transactions that began some commits ago. */
const RECENT_COUNT_MAX = 1000;

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
  const living = await core.presence.lockKnown(
    queries,
    requests.map(({ gatewayId }) => gatewayId),
  );
  const since = sinceOf(requests);
  // Where nobody else can write, nothing can have happened since this process's last commit.
  const isHeadKnown = known !== null && core.database.isExclusive && knows(known, since);
  const { head, changes } = isHeadKnown ? { head: known.head, changes: known.recent } : await readHead(queries, prefix, since);
  const remembered = known?.head.snapshotId === head.snapshotId ? known.facts : new Map<number, TableFacts>();
  const unread = touchedTables(requests).filter((id) => !remembered.has(id));
  const facts: ReadonlyMap<number, TableFacts> = new Map([...remembered, ...(await readTableFacts(queries, prefix, unread))]);
  const touched = await readTouchedRows(
    queries,
    prefix,
    requests.map(({ difference }) => difference),
    facts,
  );
  const { statements, result } = planGroup(core, requests, { head, facts, recent: changes }, { touched, living, firstId: String });
  for (const statement of statements) {
    await queries.query(statement);
  }
  return result;
}

/**
 * The same in one round trip and without reading, for transactions that only add rows to tables of which everything is
 * known; null for others. Where others write, too, a CatalogRace tells that what was known is not the newest.
 */
export async function writeKnownGroup(core: LakeCore, requests: readonly CommitRequest[], known: KnownFacts): Promise<GroupResult | null> {
  const areAppends = requests.every(({ difference }) => !difference.isDefinition && difference.rows.every(isAppend));
  if (!areAppends || !knows(known, sinceOf(requests)) || touchedTables(requests).some((id) => !known.facts.has(id))) {
    return null;
  }
  const [gatewayId = 0, ...otherIds] = new Set(requests.map((request) => request.gatewayId));
  if (otherIds.length > 0) {
    return null;
  }
  const { isExclusive, prefix } = core.database;
  const lock = core.presence.lockSql(gatewayId);
  const newest = `(SELECT max(snapshot_id) FROM ${prefix}ducklake_snapshot)`;
  const isNewest = `${newest} = ${known.head.snapshotId}${lock === null ? '' : ` AND ${lock.condition}`}`;
  // The id of a snapshot that is there already breaks the primary key.
  const firstId = (id: number): string => (isExclusive ? String(id) : `(SELECT CASE WHEN ${isNewest} THEN ${id} ELSE ${newest} END)`);
  const { statements, result } = planGroup(core, requests, known, { touched: NOTHING_TOUCHED, living: new Set([gatewayId]), firstId });
  if (statements.length > 0) {
    await core.database.script(lock === null ? statements : [lock.statement, ...statements]);
  }
  return result;
}

/** True when it is known what was changed since a snapshot. */
function knows({ head, recent }: KnownFacts, since: number): boolean {
  return since >= (recent[0] === undefined ? head.snapshotId : recent[0].snapshotId - 1);
}

function sinceOf(requests: readonly CommitRequest[]): number {
  return Math.min(...requests.map(({ base }) => base.id));
}

function isAppend({ files, droppedFiles, deletes, deletedRowIds }: StagedDifference['rows'][number]): boolean {
  return droppedFiles.length + deletes.length + deletedRowIds.length === 0 && files.every((file) => file.deletes === null);
}

const NOTHING_TOUCHED = new TouchedRows(new Map(), new Set(), new Set());

/** What a group is planned with besides what is known. */
interface GroupConditions {
  readonly touched: TouchedRows;
  /** Numbers of this process that are still known. */
  readonly living: ReadonlySet<number>;
  /** SQL of the first new snapshot's id. */
  readonly firstId: (id: number) => string;
}

/** Plans transactions over what is known. */
function planGroup(
  core: LakeCore,
  requests: readonly CommitRequest[],
  known: KnownFacts,
  { touched, living, firstId }: GroupConditions,
): { readonly statements: readonly string[]; readonly result: GroupResult } {
  const plan: GroupPlan = { core, head: known.head, facts: new Map(known.facts), writes: new CatalogWrites(core.database), firstId };
  const recent: CommittedChanges[] = [...known.recent];
  const outcomes = requests.map((request): MemberOutcome => {
    const { base } = request;
    const behind = known.head.snapshotId - base.id;
    const since = behind <= 0 ? [] : known.recent.slice(-behind).filter(({ snapshotId }) => snapshotId > base.id);
    let changes = '';
    const failed = attempt(() => {
      if (!living.has(request.gatewayId)) {
        throw lostGateway();
      }
      // Of expired snapshots nobody knows what they changed.
      refuseIf(since.length < behind, `something since snapshot ${base.id}`, 'changed');
      const theirs = otherChanges(since.flatMap((each) => parseChanges(each.changes)));
      // Members of the group before this one matter to what was decided by reading all rows.
      const before = request.difference.unchanged.length === 0 ? [] : recent.slice(known.recent.length);
      checkConflicts(request.difference, before.length === 0 ? theirs : otherChanges([...since, ...before].flatMap((each) => parseChanges(each.changes))));
      touched.check(request.base, request.difference, theirs);
      changes = planMember(plan, request);
      touched.take(request.difference);
    });
    if (failed === null) {
      recent.push({ snapshotId: plan.head.snapshotId, changes });
    }
    return failed ?? { kind: 'written', snapshotId: plan.head.snapshotId, changes };
  });
  writeStatistics(
    plan.writes,
    [...plan.facts].map(([tableId, { statistics }]) => ({ tableId, before: known.facts.get(tableId)?.statistics ?? NO_ROWS, after: statistics })),
  );
  const touchedIds = new Set(touchedTables(requests));
  const kept = [...plan.facts].filter(([id]) => plan.facts.size <= FACT_COUNT_MAX || touchedIds.has(id));
  const facts = new Map(kept.map(([id, fact]) => [id, { ...fact, statistics: asStored(fact.statistics) }]));
  return {
    statements: plan.writes.statements(),
    result: { outcomes, known: { head: plan.head, facts, recent: recent.slice(-RECENT_COUNT_MAX) } },
  };
}

interface GroupPlan {
  readonly core: LakeCore;
  head: CatalogHead;
  facts: Map<number, TableFacts>;
  readonly writes: CatalogWrites;
  /** Of the first snapshot that is planned. */
  readonly firstId: (id: number) => string;
}

/** Plans one transaction and tells its `changes_made`; what it takes of ids and facts stays only when it does not throw. */
function planMember(plan: GroupPlan, request: CommitRequest): string {
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
  target.writes.insertSql('ducklake_snapshot', [plan.writes.isEmpty ? plan.firstId(head.snapshotId) : String(head.snapshotId), 'now()', ...counters]);
  const made = formatChanges(changes);
  target.writes.insert('ducklake_snapshot_changes', head.snapshotId, made === '' ? null : made, author, message, extraInfo(uuid));
  plan.head = head;
  plan.facts = facts;
  plan.writes.append(target.writes);
  return made;
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
