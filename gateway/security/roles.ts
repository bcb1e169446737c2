import type { LakeSchema, LakeSnapshot } from '../../fs/lake/model.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** The superuser that is always there, as `postgres` is in PostgreSQL. */
export const BOOTSTRAP_ROLE = 'sluice';
export const BOOTSTRAP_OID = 10;
/** First OID of roles that users make. */
const FIRST_OID = 16_384;

/** A role, as pg_authid has it. */
export interface Role {
  readonly oid: number;
  readonly name: string;
  readonly superuser: boolean;
  readonly inherit: boolean;
  readonly createRole: boolean;
  readonly createDatabase: boolean;
  readonly canLogin: boolean;
  readonly replication: boolean;
  readonly bypassRls: boolean;
  /** Sessions at a time; -1 for no limit. */
  readonly connectionLimit: number;
  /** ISO 8601, or null for ever: the password is good until then. */
  readonly validUntil: string | null;
  /** As `printVerifier` writes it. */
  readonly verifier: string | null;
  /** Settings of its sessions at their start. */
  readonly settings: Readonly<Record<string, string>>;
  readonly memberOf: readonly Membership[];
}

/** A role's place in another one. */
export interface Membership {
  readonly role: number;
  readonly grantor: number;
  /** WITH ADMIN OPTION. */
  readonly admin: boolean;
}

/** What a role has unless it is said otherwise. */
export const PLAIN_ROLE: Omit<Role, 'oid' | 'name'> = {
  superuser: false,
  inherit: true,
  createRole: false,
  createDatabase: false,
  canLogin: false,
  replication: false,
  bypassRls: false,
  connectionLimit: -1,
  validUntil: null,
  verifier: null,
  settings: {},
  memberOf: [],
};

const SUPERUSER: Omit<Role, 'oid' | 'name'> = { ...PLAIN_ROLE, superuser: true, createRole: true, createDatabase: true, canLogin: true, bypassRls: true };

/** PostgreSQL's predefined roles that mean something here, by their OIDs there. */
const PREDEFINED: readonly (readonly [number, string])[] = [
  [3374, 'pg_read_all_settings'],
  [3375, 'pg_read_all_stats'],
  [3373, 'pg_monitor'],
  [4569, 'pg_read_server_files'],
  [4570, 'pg_write_server_files'],
  [6181, 'pg_read_all_data'],
  [6182, 'pg_write_all_data'],
];

/** All roles at one moment. Immutable: a change gives another. */
export class Roles {
  readonly #stored: readonly Role[];
  readonly #byName: ReadonlyMap<string, Role>;
  readonly #byOid: ReadonlyMap<number, Role>;

  constructor(stored: readonly Role[]) {
    this.#stored = stored;
    const predefined = PREDEFINED.map(([oid, name]): Role => ({ ...PLAIN_ROLE, oid, name }));
    const bootstrap: Role = { ...SUPERUSER, oid: BOOTSTRAP_OID, name: BOOTSTRAP_ROLE };
    // What is stored of a role that is always there comes last and so wins.
    const all = [bootstrap, ...predefined, ...stored];
    this.#byOid = new Map(all.map((role) => [role.oid, role]));
    this.#byName = new Map([...this.#byOid.values()].map((role) => [role.name, role]));
  }

  /** True while nobody has made a role: then every name that the rules let in is a superuser. */
  get isOpen(): boolean {
    return this.#stored.length === 0;
  }

  /** By OID, the predefined ones too. */
  all(): readonly Role[] {
    return [...this.#byOid.values()].toSorted((a, b) => a.oid - b.oid);
  }

  find(name: string): Role | undefined {
    return this.#byName.get(name);
  }

  byOid(oid: number): Role | undefined {
    return this.#byOid.get(oid);
  }

  /** The role of a session's user: while there is none, a superuser of that name. Undefined when it does not exist. */
  sessionRole(name: string): Role | undefined {
    return this.#byName.get(name) ?? (this.isOpen ? { ...SUPERUSER, oid: BOOTSTRAP_OID, name } : undefined);
  }

  /** By name; 42704 when there is none. */
  require(name: string): Role {
    const role = this.#byName.get(name);
    if (role === undefined) {
      throw new SqlError(SQLSTATE.undefined_object, `role "${name}" does not exist`);
    }
    return role;
  }

  /** OIDs of a role and of all it is a member of; with `inherited` only those whose privileges it has without SET ROLE. */
  memberships(role: Role, { inherited }: { readonly inherited: boolean }): ReadonlySet<number> {
    const reached = new Set([role.oid]);
    const waiting = [role];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const membership of inherited && !next.inherit ? [] : next.memberOf) {
        const group = this.#byOid.get(membership.role);
        if (group !== undefined && !reached.has(group.oid)) {
          reached.add(group.oid);
          waiting.push(group);
        }
      }
    }
    return reached;
  }

  /** True when the role is the other, a superuser, or a member of it (inheriting or not). */
  canBe(role: Role, other: Role): boolean {
    return role.superuser || this.memberships(role, { inherited: false }).has(other.oid);
  }

  /** True when the role may give and take membership in the other. */
  isAdmin(role: Role, group: Role): boolean {
    return role.superuser || role.memberOf.some((membership) => membership.role === group.oid && membership.admin);
  }

  /** The next OID for a role. */
  nextOid(): number {
    return Math.max(FIRST_OID - 1, ...this.#stored.map((role) => role.oid)) + 1;
  }

  /** With this role, in the place of the one of its OID. */
  with(role: Role): Roles {
    return new Roles([...this.#stored.filter((other) => other.oid !== role.oid), role]);
  }

  /** Without this role, and without its part in others. */
  without(removed: Role): Roles {
    return new Roles(
      this.#stored
        .filter((role) => role.oid !== removed.oid)
        .map((role) => ({ ...role, memberOf: role.memberOf.filter((membership) => membership.role !== removed.oid) })),
    );
  }

  /** As it is kept; null for nothing. */
  print(): string | null {
    return this.#stored.length === 0 ? null : JSON.stringify(this.#stored);
  }
}

/** Tag of the lake's first schema with the roles as JSON: what changes them is part of a transaction like any other. */
export const ROLES_TAG = 'sluice.roles';

/** The lake's first schema, which every catalog has. */
const FIRST_SCHEMA = 'main';

const NO_ROLES = new Roles([]);
const known = new WeakMap<LakeSchema, Roles>();

/** The schema that server-wide things are kept with. */
export function firstSchema(snapshot: LakeSnapshot): LakeSchema | undefined {
  return snapshot.findSchema(FIRST_SCHEMA);
}

/** The roles of a snapshot. */
export function rolesOf(snapshot: LakeSnapshot): Roles {
  const schema = firstSchema(snapshot);
  const text = schema?.tags.get(ROLES_TAG);
  if (schema === undefined || text === undefined) {
    return NO_ROLES;
  }
  const roles = known.get(schema) ?? readRoles(text);
  known.set(schema, roles);
  return roles;
}

function readRoles(text: string): Roles {
  const stored: readonly Role[] = JSON.parse(text);
  return new Roles(stored);
}
