import type { Relation } from '../../planner/relation/relation.js';
import type { TableVersion } from '../../planner/parse/table-versions.js';
import type { FileFunctionCall } from '../../planner/translate/environment.js';
import type { NameSource, RelationLookup } from '../query/environment.js';

/** The schema of what only one statement of a data frame sees. */
export const FRAME_SCHEMA = 'sluice_frames';

/** Names of a statement of a data frame: its parts and the session's kept rows, before those of the session. */
export class FrameNames implements NameSource {
  readonly searchPath: readonly string[];
  readonly #names: NameSource;
  readonly #relations: ReadonlyMap<string, Relation>;

  constructor(names: NameSource, relations: ReadonlyMap<string, Relation>) {
    this.#names = names;
    this.#relations = relations;
    this.searchPath = [FRAME_SCHEMA, ...names.searchPath];
  }

  get currentDatabase(): string {
    return this.#names.currentDatabase;
  }

  get user(): string {
    return this.#names.user;
  }

  get sessionUser(): string {
    return this.#names.sessionUser;
  }

  get timeZone(): string {
    return this.#names.timeZone;
  }

  get transactionTimestampMicros(): bigint {
    return this.#names.transactionTimestampMicros;
  }

  readonly find = (schema: string, name: string, version?: TableVersion): Relation | undefined =>
    schema === FRAME_SCHEMA ? this.#relations.get(name) : this.#names.find(schema, name, version);

  readonly findFileFunction = (call: FileFunctionCall, via: Relation | undefined): Relation | undefined => this.#names.findFileFunction(call, via);

  readonly authorize = (lookups: readonly RelationLookup[]): void => this.#names.authorize(lookups.filter(({ schema }) => schema !== FRAME_SCHEMA));

  readonly setting = (name: string): string | undefined => this.#names.setting(name);
}
