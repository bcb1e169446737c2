import type { JobRecord } from '../../../executor/cluster/job-store.js';
import type { ExecutorRecord } from '../../../executor/cluster/member.js';
import type { KeyReference } from '../../statements/declared-keys.js';
import type { Column } from '../../../planner/relation/relation.js';
import type { QueryRecord } from '../../activity/records.js';
import type { Guarded, Privilege } from '../../security/privileges.js';
import type { Role } from '../../security/roles.js';
import type { StoredViewKind } from '../../session/lake-relations.js';
import type { SettingDefinition } from '../../settings/definitions.js';

/** What the catalog relations are made from: one consistent picture of a session's world. */
export interface CatalogState {
  /** Changes whenever the relations, schemas, database or user do. */
  readonly relationsVersion: string;
  /** Changes whenever the settings do, and differs between sessions. */
  readonly settingsVersion: string;
  readonly database: string;
  readonly user: string;
  /** By OID, the predefined ones too. */
  readonly roles: readonly Role[];
  /** What a role may do with a relation or schema. */
  readonly privilegesOf: (object: Guarded | undefined, role: Role) => readonly Privilege[];
  /** Owner and access list by schema. */
  readonly schemaAccess: ReadonlyMap<string, CatalogAccess>;
  readonly schemas: readonly string[];
  /** Comments by schema. */
  readonly schemaComments?: ReadonlyMap<string, string>;
  /** Schemas searched for names without one: what stands in none of them is not visible. */
  readonly searchPath: readonly string[];
  readonly relations: readonly CatalogRelation[];
  /** The catalog's history, oldest first; there when a query names it. */
  readonly snapshots?: readonly { readonly id: number; readonly time: string; readonly schemaVersion: number; readonly changes: string }[];
  /** Jobs that the role may see, and the executors of the cluster; there when a query names them. */
  readonly jobs?: readonly JobRecord[];
  readonly executors?: readonly ExecutorRecord[];
  /** Queries that the role may see, newest first; there when a query names one of their relations. */
  readonly queries?: readonly QueryRecord[];
  readonly settings: readonly { readonly definition: SettingDefinition | undefined; readonly name: string; readonly value: string }[];
  readonly sessions: readonly CatalogSession[];
}

/** Who owns something, and what was granted on it. */
export interface CatalogAccess {
  /** Absent for what is the session's own. */
  readonly guarded?: Guarded;
  readonly owner: number;
  /** As `aclitem`s; null while nothing was granted or revoked. */
  readonly acl: readonly string[] | null;
}

/** A user's table or view. */
export interface CatalogRelation {
  readonly access: CatalogAccess;
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | StoredViewKind;
  readonly temporary: boolean;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  readonly byteCount: number;
  readonly sequence?: CatalogSequence;
  /** Of the columns in order: an identity column's kind, null for others. */
  readonly identities?: readonly ('always' | 'by default' | null)[];
  /** Options of a foreign table as they were written. */
  readonly foreignOptions?: Readonly<Record<string, string>>;
  /** Text of a view's query. */
  readonly definition?: string;
  /** True for stored tables, whose rows can be changed. */
  readonly stored?: boolean;
  readonly comment?: string;
  /** Of the columns in order; null for none. */
  readonly columnComments?: readonly (string | null)[];
  /** SQL of the columns' defaults in order; null for none. */
  readonly defaults?: readonly (string | null)[];
  readonly keys?: readonly CatalogKey[];
}

/** A sequence's definition; numbers are texts, for they have 64 bits. */
export interface CatalogSequence {
  readonly type: 'smallint' | 'integer' | 'bigint';
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cache: string;
  readonly cycle: boolean;
  readonly identity: boolean;
  /** The column it goes with; numbers count from 1. */
  readonly owner: { readonly tableOid: number; readonly columnNumber: number } | null;
}

/** A declared key. */
export interface CatalogKey {
  readonly constraintOid: number;
  /** OID of the index it has in listings; of no meaning for foreign keys. */
  readonly indexOid: number;
  readonly name: string;
  readonly kind: 'primary' | 'unique' | 'foreign';
  readonly columns: readonly string[];
  readonly references: KeyReference | null;
}

/** A connection, for pg_stat_activity. */
export interface CatalogSession {
  readonly processId: number;
  readonly user: string;
  readonly database: string;
  readonly applicationName: string;
  readonly remoteAddress: string;
  readonly startedMicros: bigint;
  /** Null outside of a transaction. */
  readonly transactionStartedMicros: bigint | null;
  readonly state: 'idle' | 'active' | 'idle in transaction' | 'idle in transaction (aborted)';
  readonly query: string;
}

/** OIDs of what exists once: as in PostgreSQL where it has them. */
export const WELL_KNOWN_OID = {
  publicSchema: 2200,
  catalogSchema: 11,
  informationSchema: 13_000,
  temporarySchema: 16_383,
  role: 10,
  database: 5,
  filesWrapper: 16_380,
  filesServer: 16_381,
  heapAccessMethod: 2,
  btreeAccessMethod: 403,
  defaultTablespace: 1663,
  defaultCollation: 100,
  collationC: 950,
} as const;

/** First OID given to users' objects, as in PostgreSQL. */
const FIRST_USER_OID = 16_384;

/** OIDs are below 2^31 so that clients which keep them in a signed integer work. */
const USER_OID_SPAN = 2 ** 31 - FIRST_USER_OID;

/** A stable OID for a name: the same at every start, moved on by one where two names meet. */
export function assignOids(names: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const oids = new Map<string, number>();
  for (const name of names.toSorted()) {
    let hash = 0x811c_9dc5;
    for (const byte of Buffer.from(name, 'utf8')) {
      hash = Math.imul(hash ^ byte, 0x0100_0193) >>> 0;
    }
    let oid = FIRST_USER_OID + (hash % USER_OID_SPAN);
    while (taken.has(oid)) {
      oid += 1;
    }
    taken.add(oid);
    oids.set(name, oid);
  }
  return oids;
}
