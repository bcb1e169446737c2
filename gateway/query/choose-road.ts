import type { QueryContext } from './query-context.js';
import { byteCount } from '../../planner/relation/relation.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';

/** How a query is to run: whole, or through the distributed planner, which may still find that one task is best. */
export type Road = { readonly kind: 'whole'; readonly reason: string } | { readonly kind: 'planned'; readonly mode: 'auto' | 'distributed' };

/** Settings that decide. */
export interface RoadSettings {
  readonly distribute: 'auto' | 'on' | 'off';
  /** Bytes of scanned files from which `auto` plans a distribution. */
  readonly thresholdBytes: number;
}

/** What the session's settings say, in the form `chooseRoad` takes. */
export function roadSettings(context: Pick<QueryContext, 'setting'>): RoadSettings {
  const value = context.setting('sluice.distribute');
  return { distribute: value === 'on' || value === 'off' ? value : 'auto', thresholdBytes: Number(context.setting('sluice.distribute_threshold')) };
}

/** Chooses by hints first, then by the setting, then by the size of what is read. */
export function chooseRoad(query: TranslatedQuery, settings: RoadSettings): Road {
  if (query.references.length === 0) {
    return { kind: 'whole', reason: 'no table is read' };
  }
  if (query.references.some((reference) => reference.relation.source.kind === 'system')) {
    return { kind: 'whole', reason: 'it reads system catalogs' };
  }
  if (query.references.some((reference) => reference.relation.source.kind === 'files' && reference.relation.source.storedTypes !== undefined)) {
    return { kind: 'whole', reason: 'it reads a temporary table with types that Parquet stores as text' };
  }
  if (query.volatile) {
    return { kind: 'whole', reason: 'it calls a function that must run exactly once' };
  }
  if (query.hints.some((hint) => hint.kind === 'local')) {
    return { kind: 'whole', reason: 'hint LOCAL' };
  }
  if (query.hints.some((hint) => hint.kind !== 'resources')) {
    return { kind: 'planned', mode: 'distributed' };
  }
  switch (settings.distribute) {
    case 'on':
      return { kind: 'planned', mode: 'distributed' };
    case 'off':
      return { kind: 'whole', reason: 'sluice.distribute is off' };
    case 'auto': {
      const scanned = query.references.reduce((sum, reference) => sum + byteCount(reference.relation), 0);
      return scanned < settings.thresholdBytes ? { kind: 'whole', reason: 'its data is below sluice.distribute_threshold' } : { kind: 'planned', mode: 'auto' };
    }
  }
}
