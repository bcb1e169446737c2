import type { PostgresType } from '../../../../planner/types/postgres-type.js';
import { allPostgresTypes } from '../../../../planner/types/postgres-type.js';
import { WELL_KNOWN_OID } from '../catalog-state.js';
import type { CatalogView } from '../catalog-view.js';

/** True for types Postgres passes in a machine word. */
export function typeIsByValue(type: PostgresType): boolean {
  return type.size === 1 || type.size === 2 || type.size === 4 || type.size === 8;
}

/** pg_type.typalign: c, s, i or d. */
export function typeAlignment(type: PostgresType): string {
  switch (type.size) {
    case 1:
    case 64:
      return 'c';
    case 2:
      return 's';
    case 8:
    case 16:
      return type.name === 'uuid' ? 'c' : 'd';
    default:
      return 'i';
  }
}

/** pg_type.typstorage: plain for fixed sizes, extended for others (main for numeric). */
export function typeStorage(type: PostgresType): string {
  return type.size > 0 || type.name.endsWith('vector') ? 'p' : type.name === 'numeric' ? 'm' : 'x';
}

/** pg_type. */
export const pgType: CatalogView = {
  name: 'pg_catalog.pg_type',
  changes: 'never',
  rows: () =>
    allPostgresTypes().map((type) => {
      const isArray = type.category === 'A' && type.arrayOid === 0;
      const isPseudo = type.category === 'P' || type.category === 'X';
      return {
        oid: type.oid,
        typname: type.name,
        typnamespace: WELL_KNOWN_OID.catalogSchema,
        typowner: WELL_KNOWN_OID.role,
        typlen: type.size,
        typbyval: typeIsByValue(type),
        typtype: isPseudo ? 'p' : 'b',
        typcategory: type.category,
        typispreferred: type.preferred,
        typisdefined: true,
        typdelim: ',',
        typrelid: 0,
        typsubscript: type.elementOid === 0 ? '-' : 'array_subscript_handler',
        typelem: type.elementOid,
        typarray: type.arrayOid,
        typinput: isArray ? 'array_in' : `${type.name}in`,
        typoutput: isArray ? 'array_out' : `${type.name}out`,
        typreceive: isArray ? 'array_recv' : `${type.name}recv`,
        typsend: isArray ? 'array_send' : `${type.name}send`,
        typmodin: '-',
        typmodout: '-',
        typanalyze: '-',
        typalign: typeAlignment(type),
        typstorage: typeStorage(type),
        typnotnull: false,
        typbasetype: 0,
        typtypmod: -1,
        typndims: 0,
        typcollation: type.category === 'S' ? WELL_KNOWN_OID.defaultCollation : 0,
        typdefaultbin: null,
        typdefault: null,
        typacl: null,
      };
    }),
};
