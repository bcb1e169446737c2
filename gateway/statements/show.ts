import { readShow } from '../../planner/parse/read-settings.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { textColumn } from '../session/constant-rows.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { findSetting } from '../settings/session-settings.js';
import { constantStatement } from './command.js';

/** SHOW and SHOW ALL. */
export function prepareShow(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const name = readShow(statement);
  if (name === 'all') {
    const columns = [textColumn('name'), textColumn('setting'), textColumn('description')];
    return Promise.resolve(
      constantStatement(statement, columns, () =>
        Promise.resolve({
          rows: session.settings.all().map((row) => [row.name, session.settings.show(row.name) ?? null, row.definition?.description ?? '']),
          tag: 'SHOW',
        }),
      ),
    );
  }
  session.settings.require(name);
  const shown = findSetting(name)?.name ?? name;
  return Promise.resolve(
    constantStatement(statement, [textColumn(shown)], () => Promise.resolve({ rows: [[session.settings.show(name) ?? null]], tag: 'SHOW' })),
  );
}
