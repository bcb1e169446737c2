import type { ResultColumn } from '../../../executor/engine.js';
import { postgresTypeByOid } from '../../../planner/types/postgres-type.js';
import type { MessageWriter } from '../message-writer.js';

/** RowDescription. The columns' origins (table, attribute number) are sent as unknown. */
export function writeRowDescription(writer: MessageWriter, columns: readonly ResultColumn[]): void {
  writer.begin(0x54).int16(columns.length);
  for (const column of columns) {
    writer
      .text(column.name)
      .int32(0)
      .int16(0)
      .int32(column.type.oid)
      .int16(postgresTypeByOid(column.type.oid)?.size ?? -1)
      .int32(column.type.modifier)
      .int16(column.format === 'binary' ? 1 : 0);
  }
  writer.end();
}
