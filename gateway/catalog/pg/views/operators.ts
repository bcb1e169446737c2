import { CAST_ROWS } from '../data/cast-rows.js';
import { OPERATOR_ROWS } from '../data/operator-rows.js';
import { WELL_KNOWN_OID } from '../catalog-state.js';
import type { CatalogView } from '../catalog-view.js';
import { systemTypeByOid } from './system-types.js';

/** An operator as pg_operator has it; OIDs that are 0 mean none. */
export interface SystemOperator {
  readonly oid: number;
  readonly name: string;
  readonly kind: string;
  readonly leftOid: number;
  readonly rightOid: number;
  readonly numbers: readonly number[];
}

/** Every operator of pg_operator. */
export const SYSTEM_OPERATORS: readonly SystemOperator[] = OPERATOR_ROWS.trim()
  .split(/[;\n]/)
  .map((line) => {
    const [oid = '', name = '', kind = '', ...numbers] = line.split(' ');
    const values = numbers.map(Number);
    return { oid: Number(oid), name, kind, leftOid: values[2] ?? 0, rightOid: values[3] ?? 0, numbers: values };
  });

function operandName(oid: number): string {
  return oid === 0 ? 'NONE' : (systemTypeByOid(oid)?.sqlName ?? String(oid));
}

/** What a regoperator prints as. */
export function operatorSignature(operator: SystemOperator): string {
  return `${operator.name}(${operandName(operator.leftOid)},${operandName(operator.rightOid)})`;
}

/** pg_operator. */
export const pgOperator: CatalogView = {
  name: 'pg_catalog.pg_operator',
  fixedRows: () =>
    SYSTEM_OPERATORS.map(({ oid, name, kind, numbers }) => {
      const [canMerge, canHash, left = 0, right = 0, result = 0, commutator = 0, negator = 0, code = 0] = numbers;
      return {
        oid,
        oprname: name,
        oprnamespace: WELL_KNOWN_OID.catalogSchema,
        oprowner: WELL_KNOWN_OID.role,
        oprkind: kind,
        oprcanmerge: canMerge === 1,
        oprcanhash: canHash === 1,
        oprleft: left,
        oprright: right,
        oprresult: result,
        oprcom: commutator,
        oprnegate: negator,
        oprcode: code,
        oprrest: 0,
        oprjoin: 0,
      };
    }),
};

/** pg_cast. */
export const pgCast: CatalogView = {
  name: 'pg_catalog.pg_cast',
  fixedRows: () =>
    CAST_ROWS.trim()
      .split(/[;\n]/)
      .map((line) => {
        const [oid, source, target, procedure, context = '', method = ''] = line.split(' ');
        return {
          oid: Number(oid),
          castsource: Number(source),
          casttarget: Number(target),
          castfunc: Number(procedure),
          castcontext: context,
          castmethod: method,
        };
      }),
};
