import type { LakeView } from '../../fs/lake/model.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Session } from '../session/session.js';
import type { SequenceDefinition } from './definition.js';
import { sequenceOfView } from './definition.js';

/** A sequence as a session finds it. */
export interface FoundSequence {
  /** Identity that survives a rename. */
  readonly id: string;
  readonly name: string;
  readonly view: LakeView;
  readonly definition: SequenceDefinition;
}

/** The sequence that a text names as `regclass` would read it; 42P01 when there is nothing of the name, 42809 when it is something else. */
export async function findSequence(session: Session, text: string): Promise<FoundSequence> {
  const parts = readNameParts(text);
  const [first, second] = parts.length > 2 ? parts.slice(-2) : parts;
  const [schema, name] = second === undefined ? [undefined, first ?? ''] : [first, second];
  const view = await session.lake.findView(schema, name);
  const definition = view === undefined ? undefined : sequenceOfView(view);
  if (view !== undefined && definition !== undefined) {
    return { id: view.uuid, name, view, definition };
  }
  if (view !== undefined || (await session.lake.findTable(schema, name)) !== undefined) {
    throw new SqlError(SQLSTATE.wrong_object_type, `"${name}" is not a sequence`);
  }
  throw new SqlError(SQLSTATE.undefined_table, `relation "${text}" does not exist`);
}

/** The parts of a qualified name, quotes taken off and what had none in lower case; 42602 for what is none. */
function readNameParts(text: string): readonly string[] {
  const parts: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))\s*(\.|$)/uy;
  for (;;) {
    const match = pattern.exec(text);
    if (match === null) {
      throw new SqlError(SQLSTATE.invalid_name, 'invalid name syntax');
    }
    parts.push(match[1] === undefined ? (match[2] ?? '').toLowerCase() : match[1].replaceAll('""', '"'));
    if (match[3] === '') {
      return parts;
    }
  }
}
