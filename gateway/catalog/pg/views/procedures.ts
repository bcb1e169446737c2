import { PROCEDURE_ROWS } from '../data/procedure-rows.js';
import { WELL_KNOWN_OID } from '../catalog-state.js';
import type { CatalogView } from '../catalog-view.js';
import { systemTypeByOid } from './system-types.js';

/** A function or aggregate as pg_proc has it. */
export interface SystemProcedure {
  readonly oid: number;
  readonly name: string;
  readonly kind: string;
  readonly volatility: string;
  readonly strict: boolean;
  readonly returnsSet: boolean;
  readonly variadicOid: number;
  readonly resultOid: number;
  readonly argumentOids: readonly number[];
}

/** pg_language's OID of functions that are built in. */
const LANGUAGE_INTERNAL = 12;
/** What Postgres's planner takes a function that returns a set to give. */
const SET_ROWS = 1000;

/** Every procedure of pg_proc. */
export const SYSTEM_PROCEDURES: readonly SystemProcedure[] = PROCEDURE_ROWS.trim().split(/[;\n]/).map(readProcedure);

function readProcedure(line: string): SystemProcedure {
  const [oid = '', name = '', flags = '', variadicOid = '', resultOid = '', argumentOids = ''] = line.split(' ');
  return {
    oid: Number(oid),
    name,
    kind: flags.charAt(0),
    volatility: flags.charAt(1),
    strict: flags.includes('s', 2),
    returnsSet: flags.includes('r', 2),
    variadicOid: Number(variadicOid),
    resultOid: Number(resultOid),
    argumentOids: argumentOids === '' ? [] : argumentOids.split(',').map(Number),
  };
}

/** A type's name as functions are printed with it. */
function typeName(oid: number): string {
  return systemTypeByOid(oid)?.sqlName ?? String(oid);
}

/** What pg_get_function_arguments says. */
export function procedureArguments(procedure: SystemProcedure): string {
  return procedure.argumentOids
    .map((oid, index) => `${procedure.variadicOid !== 0 && index === procedure.argumentOids.length - 1 ? 'VARIADIC ' : ''}${typeName(oid)}`)
    .join(', ');
}

/** What pg_get_function_result says. */
export function procedureResult(procedure: SystemProcedure): string {
  return `${procedure.returnsSet ? 'SETOF ' : ''}${typeName(procedure.resultOid)}`;
}

/** What a regprocedure prints as. */
export function procedureSignature(procedure: SystemProcedure): string {
  return `${procedure.name}(${procedure.argumentOids.map(typeName).join(',')})`;
}

/** pg_proc. */
export const pgProc: CatalogView = {
  name: 'pg_catalog.pg_proc',
  fixedRows: () =>
    SYSTEM_PROCEDURES.map((procedure) => ({
      oid: procedure.oid,
      proname: procedure.name,
      pronamespace: WELL_KNOWN_OID.catalogSchema,
      proowner: WELL_KNOWN_OID.role,
      prolang: LANGUAGE_INTERNAL,
      procost: 1,
      prorows: procedure.returnsSet ? SET_ROWS : 0,
      provariadic: procedure.variadicOid,
      prosupport: 0,
      prokind: procedure.kind,
      prosecdef: false,
      proleakproof: false,
      proisstrict: procedure.strict,
      proretset: procedure.returnsSet,
      provolatile: procedure.volatility,
      proparallel: 's',
      pronargs: procedure.argumentOids.length,
      pronargdefaults: 0,
      prorettype: procedure.resultOid,
      proargtypes: procedure.argumentOids,
      prosrc: procedure.kind === 'f' ? procedure.name : 'aggregate_dummy',
    })),
};
