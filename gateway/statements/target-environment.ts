import type { Relation } from '../../planner/relation/relation.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';

/** An environment in which one schema holds one relation only, under whatever name it is asked for; all else is as before. */
export function withTarget(environment: TranslationEnvironment, schema: string, relation: Relation): TranslationEnvironment {
  return {
    get searchPath() {
      return environment.searchPath;
    },
    findRelation: (asked, name) => (asked === schema ? relation : environment.findRelation(asked, name)),
    findFileFunction: (call) => environment.findFileFunction(call),
    get currentDatabase() {
      return environment.currentDatabase;
    },
    get currentUser() {
      return environment.currentUser;
    },
    get sessionUser() {
      return environment.sessionUser;
    },
    get transactionTimestampMicros() {
      return environment.transactionTimestampMicros;
    },
    get timeZone() {
      return environment.timeZone;
    },
    setting: (name) => environment.setting(name),
  };
}
