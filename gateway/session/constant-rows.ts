import type { ResultColumn, ResultStream } from '../../executor/engine.js';
import type { DataType } from '../../planner/types/data-type.js';
import { scalar } from '../../planner/types/data-type.js';
import type { PostgresColumnType } from '../../planner/types/postgres-type.js';
import { OID, dataTypeOf } from '../../planner/types/postgres-type.js';

/** A column of a result that the gateway itself makes. */
export interface ConstantColumn {
  readonly name: string;
  readonly type: PostgresColumnType;
}

/** A text column, for SHOW and EXPLAIN. */
export function textColumn(name: string): ConstantColumn {
  return { name, type: { oid: OID.text, modifier: -1 } };
}

/** True when values of this type can be sent in binary from their text form without DuckDB. */
export function hasSimpleBinaryForm(oid: number): boolean {
  switch (oid) {
    case OID.bool:
    case OID.int2:
    case OID.int4:
    case OID.int8:
    case OID.oid:
    case OID.float8:
    case OID.text:
    case OID.varchar:
    case OID.name:
    case OID.bpchar:
    case OID.json:
    case OID.unknown:
      return true;
    default:
      return false;
  }
}

/**
 * Rows given as Postgres text values (null for NULL), as a stream of DataRow messages. Columns asked for in binary
 * must have a simple binary form.
 */
export function constantRows(
  columns: readonly ConstantColumn[],
  rows: readonly (readonly (string | null)[])[],
  formats: readonly ('text' | 'binary')[],
): ResultStream {
  const resultColumns = describeConstantColumns(columns, formats);
  let pending: Buffer | null = rows.length === 0 ? null : Buffer.concat(rows.map((row) => dataRow(row, resultColumns)));
  return {
    columns: resultColumns,
    next: () => {
      const bytes = pending;
      pending = null;
      return Promise.resolve(bytes === null ? null : { bytes, rowCount: rows.length });
    },
    close: () => {
      pending = null;
      return Promise.resolve();
    },
  };
}

/** The columns of a constant result as they are sent. */
export function describeConstantColumns(columns: readonly ConstantColumn[], formats: readonly ('text' | 'binary')[]): readonly ResultColumn[] {
  return columns.map((column, index) => ({
    name: column.name,
    type: column.type,
    duckdbType: duckdbTypeOf(column.type),
    format: formatOf(formats, index),
  }));
}

/** Result format of a column, given the codes of Bind: none is all text, one holds for all. */
export function formatOf(formats: readonly ('text' | 'binary')[], index: number): 'text' | 'binary' {
  return (formats.length === 1 ? formats[0] : formats[index]) ?? 'text';
}

function duckdbTypeOf(type: PostgresColumnType): DataType {
  return dataTypeOf(type) ?? scalar('VARCHAR');
}

function dataRow(values: readonly (string | null)[], columns: readonly ResultColumn[]): Buffer {
  const fields = values.map((value, index) => (value === null ? null : fieldBytes(value, columns[index])));
  const length = 6 + fields.reduce((sum, field) => sum + 4 + (field?.length ?? 0), 0);
  const message = Buffer.allocUnsafe(length + 1);
  message[0] = 0x44;
  message.writeInt32BE(length, 1);
  message.writeInt16BE(fields.length, 5);
  let offset = 7;
  for (const field of fields) {
    message.writeInt32BE(field?.length ?? -1, offset);
    offset += 4;
    if (field !== null) {
      offset += field.copy(message, offset);
    }
  }
  return message;
}

function fieldBytes(value: string, column: ResultColumn | undefined): Buffer {
  if (column?.format !== 'binary') {
    return Buffer.from(value, 'utf8');
  }
  switch (column.type.oid) {
    case OID.bool:
      return Buffer.from([value === 't' ? 1 : 0]);
    case OID.int2: {
      const bytes = Buffer.allocUnsafe(2);
      bytes.writeInt16BE(Number(value));
      return bytes;
    }
    case OID.int4: {
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeInt32BE(Number(value));
      return bytes;
    }
    case OID.oid: {
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeUInt32BE(Number(value));
      return bytes;
    }
    case OID.int8: {
      const bytes = Buffer.allocUnsafe(8);
      bytes.writeBigInt64BE(BigInt(value));
      return bytes;
    }
    case OID.float8: {
      const bytes = Buffer.allocUnsafe(8);
      bytes.writeDoubleBE(Number(value));
      return bytes;
    }
    default:
      return Buffer.from(value, 'utf8');
  }
}
