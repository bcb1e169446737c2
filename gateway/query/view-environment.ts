import type { TranslationEnvironment } from '../../planner/translate/environment.js';

/** How names are looked up. */
type Lookups = Pick<TranslationEnvironment, 'findRelation' | 'findFileFunction' | 'insideView'>;

/** An environment with lookups of its own: everything else is the outer one's, asked for only when it is needed. */
export function viewEnvironment(outer: TranslationEnvironment, lookups: Lookups): TranslationEnvironment {
  return {
    ...lookups,
    get searchPath() {
      return outer.searchPath;
    },
    get currentDatabase() {
      return outer.currentDatabase;
    },
    get currentUser() {
      return outer.currentUser;
    },
    get sessionUser() {
      return outer.sessionUser;
    },
    get transactionTimestampMicros() {
      return outer.transactionTimestampMicros;
    },
    get timeZone() {
      return outer.timeZone;
    },
    setting: (name) => outer.setting(name),
  };
}
