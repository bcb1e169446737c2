import type { CatalogState } from './catalog-state.js';

/** A value of a catalog row; arrays become lists. */
export type CatalogValue = string | number | boolean | null | readonly CatalogValue[];

/** A catalog row by column name; columns left out are NULL. */
export type CatalogRow = Readonly<Record<string, CatalogValue>>;

/** How one catalog relation gets its rows. Those that never change are loaded once a process; the others when what they show changed. */
export interface CatalogView {
  readonly name: string;
  /** Rows that are the same in every session of every server. */
  readonly fixedRows?: () => readonly CatalogRow[];
  /** Rows made from the session's world, and what makes them change. */
  readonly rows?: (state: CatalogState) => readonly CatalogRow[];
  readonly changes?: 'with_relations' | 'with_settings' | 'always';
}
