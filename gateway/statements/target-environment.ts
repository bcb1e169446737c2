import type { Relation } from '../../planner/relation/relation.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import { viewEnvironment } from '../query/view-environment.js';
import { withRowLocations } from '../lake/lake-relation.js';

/** One located relation for each relation: identity keys what is made of it. */
const locatedRelations = new WeakMap<Relation, Relation>();

/** A stored table with the columns that say where its rows lie. */
export function locatedTarget(relation: Relation): Relation {
  const known = locatedRelations.get(relation) ?? withRowLocations(relation);
  locatedRelations.set(relation, known);
  return known;
}

/** An environment in which one schema holds one relation only, under whatever name it is asked for; all else is as before. */
export function withTarget(environment: TranslationEnvironment, schema: string, relation: Relation): TranslationEnvironment {
  return viewEnvironment(environment, {
    findRelation: (asked, name, version) => (asked === schema ? relation : environment.findRelation(asked, name, version)),
    findFileFunction: (call) => environment.findFileFunction(call),
    ...(environment.insideView === undefined ? {} : { insideView: environment.insideView }),
  });
}
