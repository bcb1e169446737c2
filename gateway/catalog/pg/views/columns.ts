import type { Column } from '../../../../planner/relation/relation.js';
import type { PostgresColumnType } from '../../../../planner/types/postgres-type.js';
import { OID, formatPostgresType, postgresTypeByOid, postgresTypeOf } from '../../../../planner/types/postgres-type.js';
import type { CatalogRow, CatalogView } from '../catalog-view.js';
import { indexedKeys } from './declarations.js';
import { isInsertable } from './relations.js';
import { WELL_KNOWN_OID } from '../catalog-state.js';
import { catalogRelationShapes } from '../shapes.js';
import { systemTypeByOid } from './system-types.js';

/** The Postgres type a relation's column is reported as. */
export function reportedType(column: Column): PostgresColumnType {
  return column.postgres ?? postgresTypeOf(column.type);
}

function attributeRow(relationOid: number, column: Column, index: number, hasDefault = false, identity: 'always' | 'by default' | null = null): CatalogRow {
  const reported = reportedType(column);
  const type = systemTypeByOid(reported.oid);
  return {
    attrelid: relationOid,
    attname: column.name,
    atttypid: reported.oid,
    attstattarget: -1,
    attlen: type?.length ?? -1,
    attnum: index + 1,
    attndims: type !== undefined && type.category === 'A' && type.arrayOid === 0 ? 1 : 0,
    attcacheoff: -1,
    atttypmod: reported.modifier,
    attbyval: type?.byValue ?? false,
    attalign: type?.alignment ?? 'i',
    attstorage: type?.storage ?? 'x',
    attcompression: '',
    attnotnull: column.notNull === true,
    atthasdef: hasDefault,
    atthasmissing: false,
    attidentity: identity === null ? '' : identity === 'always' ? 'a' : 'd',
    attgenerated: '',
    attisdropped: false,
    attislocal: true,
    attinhcount: 0,
    attcollation: type?.collation ?? 0,
  };
}

/** pg_attribute. */
export const pgAttribute: CatalogView = {
  name: 'pg_catalog.pg_attribute',
  changes: 'with_relations',
  fixedRows: () =>
    catalogRelationShapes().flatMap((shape) =>
      shape.columns.map((column, index) => {
        const row = attributeRow(shape.oid, column, index);
        // Stored texts of the catalogs are compared by byte whatever the database's collation; so are information_schema's domains.
        const byByte = shape.kind === 'r' || shape.schema === 'information_schema';
        return byByte && row['attcollation'] === WELL_KNOWN_OID.defaultCollation ? { ...row, attcollation: WELL_KNOWN_OID.collationC } : row;
      }),
    ),
  rows: (state) => [
    ...state.relations.flatMap((relation) =>
      relation.columns.map((column, index) =>
        attributeRow(relation.oid, column, index, (relation.defaults?.[index] ?? null) !== null, relation.identities?.[index] ?? null),
      ),
    ),
    // An index has its table's columns under its own numbers: psqlODBC finds keys by them.
    ...indexedKeys(state).flatMap(({ relation, key }) =>
      key.columns.flatMap((name, index): readonly CatalogRow[] => {
        const column = relation.columns.find((candidate) => candidate.name === name);
        return column === undefined ? [] : [attributeRow(key.indexOid, { name, type: column.type, postgres: reportedType(column) }, index)];
      }),
    ),
  ],
};

/** What information_schema.columns says of a relation's columns; the catalog's own name is put in when it is read. */
function columnRows(
  schema: string,
  name: string,
  columns: readonly Column[],
  updatable: boolean,
  defaults: readonly (string | null)[] = [],
  identities: readonly ('always' | 'by default' | null)[] = [],
): readonly CatalogRow[] {
  return columns.map((column, index) => ({
    table_schema: schema,
    table_name: name,
    column_name: column.name,
    ordinal_position: index + 1,
    column_default: defaults[index] ?? null,
    is_nullable: column.notNull === true ? 'NO' : 'YES',
    ...describeType(reportedType(column)),
    dtd_identifier: String(index + 1),
    is_self_referencing: 'NO',
    is_identity: identities[index] === undefined || identities[index] === null ? 'NO' : 'YES',
    identity_generation: identities[index]?.toUpperCase() ?? null,
    identity_cycle: 'NO',
    is_generated: 'NEVER',
    is_updatable: updatable ? 'YES' : 'NO',
  }));
}

/** information_schema.columns. */
export const informationColumns: CatalogView = {
  name: 'information_schema.columns',
  changes: 'with_relations',
  fixedRows: () => catalogRelationShapes().flatMap((shape) => columnRows(shape.schema, shape.name, shape.columns, false)),
  rows: (state) =>
    state.relations
      .filter((relation) => relation.kind !== 'sequence')
      .flatMap((relation) => columnRows(relation.schema, relation.name, relation.columns, isInsertable(relation), relation.defaults, relation.identities)),
};

/** Binary digits of the number types, as information_schema counts precision. */
const BINARY_PRECISION: ReadonlyMap<number, number> = new Map([
  [OID.int2, 16],
  [OID.int4, 32],
  [OID.int8, 64],
  [OID.float4, 24],
  [OID.float8, 53],
]);

function describeType(reported: PostgresColumnType): CatalogRow {
  const type = postgresTypeByOid(reported.oid);
  const binary = BINARY_PRECISION.get(reported.oid);
  const hasModifier = reported.modifier >= 4;
  const isNumeric = reported.oid === OID.numeric;
  const isLimitedText = (reported.oid === OID.varchar || reported.oid === OID.bpchar) && hasModifier;
  return {
    data_type:
      type === undefined ? 'USER-DEFINED' : type.category === 'A' && type.arrayOid === 0 ? 'ARRAY' : formatPostgresType({ oid: reported.oid, modifier: -1 }),
    character_maximum_length: isLimitedText ? reported.modifier - 4 : null,
    character_octet_length: type?.category === 'S' ? (isLimitedText ? (reported.modifier - 4) * 4 : 1_073_741_824) : null,
    numeric_precision: binary ?? (isNumeric && hasModifier ? (reported.modifier - 4) >> 16 : null),
    numeric_precision_radix: binary === undefined ? (isNumeric ? 10 : null) : 2,
    numeric_scale:
      isNumeric && hasModifier
        ? (reported.modifier - 4) & 0xffff
        : reported.oid === OID.int2 || reported.oid === OID.int4 || reported.oid === OID.int8
          ? 0
          : null,
    datetime_precision: reported.oid === OID.date ? 0 : type?.category === 'D' || type?.category === 'T' ? 6 : null,
    udt_schema: 'pg_catalog',
    udt_name: type?.name ?? 'text',
  };
}
