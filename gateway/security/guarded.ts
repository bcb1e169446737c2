import type { LakeSnapshot, LakeTable, LakeView } from '../../fs/lake/model.js';
import { kindOfView } from '../session/lake-relations.js';
import type { Guarded } from './privileges.js';

/** A stored table as something with privileges. */
export function guardedTable(table: LakeTable): Guarded {
  return { kind: 'table', table };
}

/** A stored view, foreign table or sequence. */
export function guardedView(view: LakeView): Guarded {
  return { kind: 'view', view, noun: kindOfView(view) };
}

/** The relation of a name in the lake's schemas; undefined when nothing stored has it. */
export function findGuarded(snapshot: LakeSnapshot, lakeSchema: string, name: string): Guarded | undefined {
  const table = snapshot.findTable(lakeSchema, name);
  const view = table === undefined ? snapshot.findView(lakeSchema, name) : undefined;
  return table !== undefined ? guardedTable(table) : view === undefined ? undefined : guardedView(view);
}
