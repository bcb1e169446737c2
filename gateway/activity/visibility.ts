import type { Role, Roles } from '../security/roles.js';
import type { QueryRecord } from './records.js';

/** pg_read_all_stats and pg_monitor. */
const STATISTICS_ROLES: readonly number[] = [3375, 3373];

/** True for roles that see what others run: superusers, and members of pg_read_all_stats or pg_monitor. */
export function seesAllQueries(roles: Roles, role: Role): boolean {
  const memberships = roles.memberships(role, { inherited: true });
  return role.superuser || STATISTICS_ROLES.some((oid) => memberships.has(oid));
}

/** True when the role may cancel the query: its own, one of a role it is a member of, or any for a superuser. */
export function mayCancel(roles: Roles, role: Role, query: Pick<QueryRecord, 'user'>): boolean {
  const owner = roles.find(query.user);
  return role.superuser || query.user === role.name || (owner !== undefined && !owner.superuser && roles.canBe(role, owner));
}
