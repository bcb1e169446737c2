import type { Client } from 'pg';

/** Statements that not every system knows. */
export interface Abilities {
  readonly merge: boolean;
  /** `CALL sluice_compact(...)` and the other statements of upkeep. */
  readonly upkeep: boolean;
}

/** Something that can be killed and comes back with what it acknowledged. */
export interface CrashSystem {
  readonly name: string;
  /** What can be killed, by name; listed more than once to be chosen more often. */
  readonly targets: readonly string[];
  /** A connection to what runs now; rejects while nothing does. */
  connect(): Promise<Client>;
  /** SIGKILL at once; false when there is no such process at this moment. */
  kill(target: string): boolean;
  /** Starts what was killed and waits until it answers. */
  recover(): Promise<void>;
  /** Files and statistics of the catalog against each other and against what SQL sees, while nothing runs. */
  checkStorage(): Promise<string[]>;
  /** What it can do of what the work needs; the rest is not covered. */
  abilities(): Promise<Abilities>;
  /** Clean-up of everything nobody needs any more, and what is then wrong on disk. */
  finish(): Promise<string[]>;
  stop(): Promise<void>;
}
