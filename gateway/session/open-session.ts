import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { prepareStatement } from '../statements/prepare-statement.js';
import { requirePrivilege, requireRole } from '../security/privileges.js';
import { findSetting } from '../settings/session-settings.js';
import type { ConnectionIdentity } from './backend.js';
import type { Services } from './services.js';
import { Session } from './session.js';

/** Start-up parameters that are no settings. */
const NOT_SETTINGS: ReadonlySet<string> = new Set(['user', 'database', 'options', 'replication', 'application_name']);

/** Makes sessions for a server. */
export function openSession(services: Services): (identity: ConnectionIdentity) => Promise<Session> {
  return (identity) => startSession(services, identity);
}

async function startSession(services: Services, identity: ConnectionIdentity): Promise<Session> {
  if (identity.database !== services.database) {
    throw new SqlError(SQLSTATE.invalid_catalog_name, `database "${identity.database}" does not exist`, {
      hint: `The database is called "${services.database}".`,
    });
  }
  const replication = identity.startup.get('replication');
  if (replication !== undefined && !['', 'false', 'off', 'no', '0'].includes(replication.toLowerCase())) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'replication connections are not supported');
  }
  const snapshot = await services.lake.snapshot();
  requirePrivilege(snapshot, identity.user, { kind: 'database' }, 'CONNECT');
  const role = requireRole(snapshot, identity.user);
  const session = new Session(services, identity, prepareStatement);
  session.settings.setInitial('is_superuser', role.superuser ? 'on' : 'off', 'server');
  for (const [name, value] of Object.entries(role.settings)) {
    session.settings.setInitial(name, value, 'client');
  }
  for (const [name, value] of readOptionsParameter(identity.startup.get('options') ?? '')) {
    session.settings.setInitial(name, value, 'client');
  }
  for (const [name, value] of identity.startup) {
    if (!NOT_SETTINGS.has(name) && !name.startsWith('_pq_.')) {
      session.settings.setInitial(findSetting(name)?.name ?? name, value, 'client');
    }
  }
  return session;
}

/** Settings in the start-up parameter `options`: `-c name=value` and `--name=value`, backslash escapes a space. */
export function readOptionsParameter(text: string): readonly (readonly [string, string])[] {
  const words = [...text.matchAll(/(?:\\.|[^\s\\])+/g)].map((match) => match[0].replaceAll(/\\(.)/g, '$1'));
  const settings: (readonly [string, string])[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const assignment = word === '-c' ? (words[(index += 1)] ?? '') : word.startsWith('-c') ? word.slice(2) : word.startsWith('--') ? word.slice(2) : null;
    const equals = assignment?.indexOf('=') ?? -1;
    if (assignment === null || equals < 1) {
      throw new SqlError(SQLSTATE.syntax_error, `invalid command-line argument for server process: ${word}`);
    }
    settings.push([assignment.slice(0, equals).replaceAll('-', '_'), assignment.slice(equals + 1)]);
  }
  return settings;
}
