import type { SqlError, SqlNotice } from '../../../planner/sql-error.js';
import type { MessageWriter } from '../message-writer.js';

/** ErrorResponse, its fields in Postgres's order. */
export function writeErrorResponse(writer: MessageWriter, severity: 'ERROR' | 'FATAL', error: SqlError): void {
  writer.begin(0x45);
  writeField(writer, 'S', severity);
  writeField(writer, 'V', severity);
  writeField(writer, 'C', error.sqlstate);
  writeField(writer, 'M', error.message);
  writeField(writer, 'D', error.detail);
  writeField(writer, 'H', error.hint);
  writeField(writer, 'P', error.position === undefined ? undefined : String(error.position));
  writeField(writer, 'W', error.context);
  writeField(writer, 's', error.schema);
  writeField(writer, 't', error.table);
  writeField(writer, 'c', error.column);
  writeField(writer, 'R', error.routine);
  writer.byte(0).end();
}

/** The error as clients of protocol 2 and older read it: a text without fields or length. */
export function oldStyleErrorResponse(error: SqlError): Buffer {
  return Buffer.from(`EFATAL:  ${error.message}\n\0`, 'utf8');
}

/** NoticeResponse. */
export function writeNoticeResponse(writer: MessageWriter, notice: SqlNotice): void {
  writer.begin(0x4e);
  writeField(writer, 'S', notice.severity);
  writeField(writer, 'V', notice.severity);
  writeField(writer, 'C', notice.sqlstate);
  writeField(writer, 'M', notice.message);
  writeField(writer, 'D', notice.detail);
  writeField(writer, 'H', notice.hint);
  writeField(writer, 'P', notice.position === undefined ? undefined : String(notice.position));
  writer.byte(0).end();
}

function writeField(writer: MessageWriter, code: string, value: string | undefined): void {
  if (value !== undefined) {
    writer.byte(code.charCodeAt(0)).text(value);
  }
}
