import { WELL_KNOWN_OID } from '../catalog-state.js';
import type { CatalogView } from '../catalog-view.js';
import { SYSTEM_TYPES } from './system-types.js';

/** pg_type. */
export const pgType: CatalogView = {
  name: 'pg_catalog.pg_type',
  fixedRows: () =>
    SYSTEM_TYPES.map((type) => {
      const [input = 0, output = 0, receive = 0, send = 0, modifierInput = 0, modifierOutput = 0, analyze = 0, subscript = 0] = type.procedures;
      return {
        oid: type.oid,
        typname: type.name,
        typnamespace: WELL_KNOWN_OID.catalogSchema,
        typowner: WELL_KNOWN_OID.role,
        typlen: type.length,
        typbyval: type.byValue,
        typtype: type.kind,
        typcategory: type.category,
        typispreferred: type.preferred,
        typisdefined: true,
        typdelim: type.delimiter,
        typrelid: 0,
        typsubscript: subscript,
        typelem: type.elementOid,
        typarray: type.arrayOid,
        typinput: input,
        typoutput: output,
        typreceive: receive,
        typsend: send,
        typmodin: modifierInput,
        typmodout: modifierOutput,
        typanalyze: analyze,
        typalign: type.alignment,
        typstorage: type.storage,
        typnotnull: false,
        typbasetype: 0,
        typtypmod: -1,
        typndims: 0,
        typcollation: type.collation,
      };
    }),
};
