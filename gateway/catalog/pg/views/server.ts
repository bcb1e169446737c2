import type { CatalogSession, CatalogState } from '../catalog-state.js';
import { WELL_KNOWN_OID } from '../catalog-state.js';
import type { CatalogView } from '../catalog-view.js';

/** Postgres's number for UTF8. */
const ENCODING_UTF8 = 6;

/** pg_database: the one database there is. */
export const pgDatabase: CatalogView = {
  name: 'pg_catalog.pg_database',
  changes: 'with_relations',
  rows: (state) => [
    {
      oid: WELL_KNOWN_OID.database,
      datname: state.database,
      datdba: WELL_KNOWN_OID.role,
      encoding: ENCODING_UTF8,
      datlocprovider: 'c',
      datistemplate: false,
      datallowconn: true,
      datconnlimit: -1,
      datfrozenxid: 0,
      datminmxid: 0,
      dattablespace: WELL_KNOWN_OID.defaultTablespace,
      datcollate: 'C',
      datctype: 'C',
    },
  ],
};

/** pg_tablespace. */
export const pgTablespace: CatalogView = {
  name: 'pg_catalog.pg_tablespace',
  fixedRows: () => [
    { oid: WELL_KNOWN_OID.defaultTablespace, spcname: 'pg_default', spcowner: WELL_KNOWN_OID.role },
    { oid: 1664, spcname: 'pg_global', spcowner: WELL_KNOWN_OID.role },
  ],
};

/** pg_am. */
export const pgAm: CatalogView = {
  name: 'pg_catalog.pg_am',
  fixedRows: () => [
    { oid: WELL_KNOWN_OID.heapAccessMethod, amname: 'heap', amhandler: 3, amtype: 't' },
    // What the indexes of declared keys say they are.
    { oid: WELL_KNOWN_OID.btreeAccessMethod, amname: 'btree', amhandler: 330, amtype: 'i' },
  ],
};

/** pg_language. */
export const pgLanguage: CatalogView = {
  name: 'pg_catalog.pg_language',
  fixedRows: () => [
    { oid: 12, lanname: 'internal', lanowner: WELL_KNOWN_OID.role, lanispl: false, lanpltrusted: false, lanplcallfoid: 0, laninline: 0, lanvalidator: 2246 },
    { oid: 13, lanname: 'c', lanowner: WELL_KNOWN_OID.role, lanispl: false, lanpltrusted: false, lanplcallfoid: 0, laninline: 0, lanvalidator: 2247 },
    { oid: 14, lanname: 'sql', lanowner: WELL_KNOWN_OID.role, lanispl: false, lanpltrusted: true, lanplcallfoid: 0, laninline: 0, lanvalidator: 2248 },
  ],
};

/** pg_collation: text is ordered by code point. */
export const pgCollation: CatalogView = {
  name: 'pg_catalog.pg_collation',
  fixedRows: () => [
    {
      oid: WELL_KNOWN_OID.defaultCollation,
      collname: 'default',
      collnamespace: WELL_KNOWN_OID.catalogSchema,
      collowner: WELL_KNOWN_OID.role,
      collprovider: 'd',
      collisdeterministic: true,
      collencoding: -1,
    },
    {
      oid: 950,
      collname: 'C',
      collnamespace: WELL_KNOWN_OID.catalogSchema,
      collowner: WELL_KNOWN_OID.role,
      collprovider: 'c',
      collisdeterministic: true,
      collencoding: -1,
      collcollate: 'C',
      collctype: 'C',
    },
    {
      oid: 951,
      collname: 'POSIX',
      collnamespace: WELL_KNOWN_OID.catalogSchema,
      collowner: WELL_KNOWN_OID.role,
      collprovider: 'c',
      collisdeterministic: true,
      collencoding: -1,
      collcollate: 'POSIX',
      collctype: 'POSIX',
    },
  ],
};

/** pg_settings. */
export const pgSettings: CatalogView = {
  name: 'pg_catalog.pg_settings',
  changes: 'with_settings',
  rows: (state) =>
    state.settings
      .filter(({ name }) => name !== 'session_authorization')
      .map(({ definition, name, value }) => ({
        name,
        setting: value,
        unit: definition?.unit ?? null,
        category:
          definition === undefined
            ? 'Customized Options'
            : definition.category === 'sluice'
              ? 'Sluice'
              : definition.category === 'preset'
                ? 'Preset Options'
                : 'Client Connection Defaults',
        short_desc: definition?.description ?? null,
        extra_desc: null,
        context: definition?.settable === false ? 'internal' : 'user',
        vartype: definition?.type ?? 'string',
        source: definition === undefined || value !== definition.defaultValue ? 'session' : 'default',
        min_val: null,
        max_val: null,
        enumvals: definition?.enumValues ?? null,
        boot_val: definition?.defaultValue ?? null,
        reset_val: definition?.defaultValue ?? value,
        sourcefile: null,
        sourceline: null,
        pending_restart: false,
      })),
};

/** pg_stat_activity. */
export const pgStatActivity: CatalogView = {
  name: 'pg_catalog.pg_stat_activity',
  changes: 'always',
  rows: (state) =>
    state.sessions.map((session) => {
      const shared = {
        datid: WELL_KNOWN_OID.database,
        datname: session.database,
        pid: session.processId,
        usesysid: state.roles.find((role) => role.name === session.user)?.oid ?? WELL_KNOWN_OID.role,
        usename: session.user,
        application_name: session.applicationName,
      };
      if (!maySee(state, session)) {
        return { ...shared, query: '<insufficient privilege>' };
      }
      return {
        ...shared,
        client_addr: session.remoteAddress,
        backend_start: new Date(Number(session.startedMicros / 1000n)).toISOString(),
        state: session.state,
        query: session.query,
        backend_type: 'client backend',
      };
    }),
};

/** pg_read_all_stats and pg_monitor. */
const STATISTICS_ROLES: ReadonlySet<number> = new Set([3375, 3373]);

/** What another role runs is seen by superusers and by those who may read all statistics: it may have passwords in it. */
function maySee(state: CatalogState, session: CatalogSession): boolean {
  const own = state.roles.find((role) => role.name === state.user);
  return session.user === state.user || own === undefined || own.superuser || own.memberOf.some(({ role }) => STATISTICS_ROLES.has(role));
}
