import type { Client } from 'pg';
import type { RandomSource } from '../history/random-source.js';
import type { WorkSession } from './work-session.js';

/** A kind of work with a model of what must be in its tables. One actor has one session; actors share tables. */
export interface Actor {
  readonly name: string;
  /** One transaction, and what became of it noted in the model. */
  step(session: WorkSession, random: RandomSource): Promise<void>;
  /** What its tables hold against the model, while nothing runs. Unknown outcomes are settled by it: they must stay so. */
  check(client: Client): Promise<string[]>;
}

/** Statements that make the tables of all actors. */
export interface Workload {
  readonly setup: readonly string[];
  readonly actors: readonly Actor[];
}
