import { postgresTypeByOid } from '../../../../planner/types/postgres-type.js';
import { TYPE_ROWS } from '../data/type-rows.js';

/** A type as pg_type has it. */
export interface SystemType {
  readonly oid: number;
  readonly name: string;
  /** As format_type prints it without a modifier. */
  readonly sqlName: string;
  readonly length: number;
  readonly byValue: boolean;
  readonly kind: string;
  readonly category: string;
  readonly preferred: boolean;
  readonly delimiter: string;
  readonly elementOid: number;
  readonly arrayOid: number;
  readonly procedures: readonly number[];
  readonly alignment: string;
  readonly storage: string;
  readonly collation: number;
}

/** Every type of pg_type: those Sluice computes with, and the pseudo-types functions are declared with. */
export const SYSTEM_TYPES: readonly SystemType[] = TYPE_ROWS.trim().split('\n').map(readType);

const byOid: ReadonlyMap<number, SystemType> = new Map(SYSTEM_TYPES.map((type) => [type.oid, type]));

/** The type with this OID, or undefined. */
export function systemTypeByOid(oid: number): SystemType | undefined {
  return byOid.get(oid);
}

function readType(line: string): SystemType {
  const fields = line.split(' ');
  const text = (index: number): string => fields[index] ?? '';
  const number = (index: number): number => Number(fields[index] ?? 0);
  const oid = number(0);
  return {
    oid,
    name: text(1),
    sqlName: postgresTypeByOid(oid)?.sqlName ?? (text(1) === 'any' ? '"any"' : text(1)),
    length: number(2),
    byValue: text(3) === 't',
    kind: text(4),
    category: text(5),
    preferred: text(6) === 't',
    delimiter: text(7),
    elementOid: number(8),
    arrayOid: number(9),
    procedures: Array.from({ length: 8 }, (_, index) => number(10 + index)),
    alignment: text(18),
    storage: text(19),
    collation: number(20),
  };
}
