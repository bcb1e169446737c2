import { OID } from '../../../../planner/types/postgres-type.js';
import type { CatalogRelation, CatalogSequence, CatalogState } from '../catalog-state.js';
import type { CatalogView } from '../catalog-view.js';

const CLASS_CATALOG = 1259;

const TYPES: Readonly<Record<CatalogSequence['type'], { readonly oid: number; readonly bits: number }>> = {
  smallint: { oid: OID.int2, bits: 16 },
  integer: { oid: OID.int4, bits: 32 },
  bigint: { oid: OID.int8, bits: 64 },
};

/** Every sequence with the relation it is. */
export function allSequences(state: CatalogState): readonly { readonly relation: CatalogRelation; readonly sequence: CatalogSequence }[] {
  return state.relations.flatMap((relation) => (relation.sequence === undefined ? [] : [{ relation, sequence: relation.sequence }]));
}

/** The table and column that a sequence goes with. */
export function ownerOf(state: CatalogState, sequence: CatalogSequence): { readonly table: CatalogRelation; readonly column: number } | undefined {
  const { owner } = sequence;
  const table = owner === null ? undefined : state.relations.find((relation) => relation.oid === owner.tableOid);
  return table === undefined || owner === null ? undefined : { table, column: owner.columnNumber };
}

/** pg_sequence. */
export const pgSequence: CatalogView = {
  name: 'pg_catalog.pg_sequence',
  changes: 'with_relations',
  rows: (state) =>
    allSequences(state).map(({ relation, sequence }) => ({
      seqrelid: relation.oid,
      seqtypid: TYPES[sequence.type].oid,
      seqstart: sequence.start,
      seqincrement: sequence.increment,
      seqmax: sequence.maximum,
      seqmin: sequence.minimum,
      seqcache: sequence.cache,
      seqcycle: sequence.cycle,
    })),
};

/** pg_sequences; the last value is the sequence's own row to tell. */
export const pgSequences: CatalogView = {
  name: 'pg_catalog.pg_sequences',
  changes: 'with_relations',
  rows: (state) =>
    allSequences(state).map(({ relation, sequence }) => ({
      schemaname: relation.schema,
      sequencename: relation.name,
      sequenceowner: state.user,
      data_type: TYPES[sequence.type].oid,
      start_value: sequence.start,
      min_value: sequence.minimum,
      max_value: sequence.maximum,
      increment_by: sequence.increment,
      cycle: sequence.cycle,
      cache_size: sequence.cache,
      last_value: null,
    })),
};

/** information_schema.sequences: all but those behind identity columns. */
export const informationSequences: CatalogView = {
  name: 'information_schema.sequences',
  changes: 'with_relations',
  rows: (state) =>
    allSequences(state)
      .filter(({ sequence }) => !sequence.identity)
      .map(({ relation, sequence }) => ({
        sequence_catalog: state.database,
        sequence_schema: relation.schema,
        sequence_name: relation.name,
        data_type: sequence.type,
        numeric_precision: TYPES[sequence.type].bits,
        numeric_precision_radix: 2,
        numeric_scale: 0,
        start_value: sequence.start,
        minimum_value: sequence.minimum,
        maximum_value: sequence.maximum,
        increment: sequence.increment,
        cycle_option: sequence.cycle ? 'YES' : 'NO',
      })),
};

/** pg_depend: which column a sequence goes with. */
export const pgDepend: CatalogView = {
  name: 'pg_catalog.pg_depend',
  changes: 'with_relations',
  rows: (state) =>
    allSequences(state).flatMap(({ relation, sequence }) => {
      const owner = ownerOf(state, sequence);
      return owner === undefined
        ? []
        : [
            {
              classid: CLASS_CATALOG,
              objid: relation.oid,
              objsubid: 0,
              refclassid: CLASS_CATALOG,
              refobjid: owner.table.oid,
              refobjsubid: owner.column,
              deptype: sequence.identity ? 'i' : 'a',
            },
          ];
    }),
};
