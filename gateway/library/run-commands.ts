import type { Session } from '../session/session.js';
import { readDataRows } from '../session/data-rows.js';

/** What a statement gave: its command tag, and rows as text where it has any. */
export interface CommandResult {
  readonly tag: string;
  readonly rows: readonly Readonly<Record<string, string | null>>[];
}

/** Runs the statements of a text; several without BEGIN succeed or fail together, as in a simple query. */
export async function runCommands(session: Session, text: string, signal: AbortSignal): Promise<readonly CommandResult[]> {
  const results: CommandResult[] = [];
  try {
    for (const statement of await session.parseSimple(text)) {
      const result = await session.execute(statement, { parameters: [], resultFormats: [], signal });
      result.notices.forEach((notice) => session.onNotice?.(notice));
      if (result.kind === 'command') {
        results.push({ tag: result.tag, rows: [] });
        continue;
      }
      if (result.kind !== 'rows') {
        if (result.kind === 'copyOut') {
          await result.stream.close();
        } else {
          await result.receiver.discard();
        }
        throw new TypeError('COPY FROM STDIN and TO STDOUT have no place here: use frames, or files');
      }
      const rows: Readonly<Record<string, string | null>>[] = [];
      for (let batch = await result.stream.next(); batch !== null; batch = await result.stream.next()) {
        for (const values of readDataRows(batch.bytes)) {
          rows.push(Object.fromEntries(result.columns.map(({ name }, index) => [name, values[index] ?? null])));
        }
      }
      await result.stream.close();
      results.push({ tag: result.tag(rows.length), rows });
    }
    await session.endImplicitTransaction(false);
    return results;
  } catch (error) {
    session.statementFailed();
    await session.endImplicitTransaction(true);
    throw error;
  }
}
