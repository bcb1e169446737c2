import type { MessageWriter } from '../message-writer.js';

/** CommandComplete with its tag (`SELECT 5`). */
export function writeCommandComplete(writer: MessageWriter, tag: string): void {
  writer.begin(0x43).text(tag).end();
}

/** EmptyQueryResponse: the text held no statement. */
export function writeEmptyQueryResponse(writer: MessageWriter): void {
  writer.begin(0x49).end();
}

/** PortalSuspended: the row limit was reached, more may follow. */
export function writePortalSuspended(writer: MessageWriter): void {
  writer.begin(0x73).end();
}

/** ParseComplete. */
export function writeParseComplete(writer: MessageWriter): void {
  writer.begin(0x31).end();
}

/** BindComplete. */
export function writeBindComplete(writer: MessageWriter): void {
  writer.begin(0x32).end();
}

/** CloseComplete. */
export function writeCloseComplete(writer: MessageWriter): void {
  writer.begin(0x33).end();
}

/** NoData: the statement or portal returns no rows. */
export function writeNoData(writer: MessageWriter): void {
  writer.begin(0x6e).end();
}

/** ReadyForQuery: I idle, T in a transaction block, E in a failed one. */
export function writeReadyForQuery(writer: MessageWriter, status: 'I' | 'T' | 'E'): void {
  writer.begin(0x5a).byte(status.charCodeAt(0)).end();
}
