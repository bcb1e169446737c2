import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { claimDirectory, releaseDirectory } from '../../fs/owner/owner.js';
import type { StoredNode } from '../../planner/dataframe/frame-node.js';
import type { Relation } from '../../planner/relation/relation.js';

/** Makes rows and gives the relation that reads them; `directory` is an empty folder for files. */
export type MakeRows = (directory: string, signal: AbortSignal) => Promise<Relation>;

interface Entry {
  readonly make: MakeRows;
  made: Promise<{ readonly relation: Relation; readonly directory: string }> | null;
  isMade: boolean;
}

/** Rows that a session of the library keeps in files until it closes: literal data, results that were computed. They are made when first read. */
export class StoredRows {
  readonly #parent: string;
  readonly #entries = new Map<string, Entry>();

  /** `parent` is a folder that executors may write in. */
  constructor(parent: string) {
    this.#parent = parent;
  }

  /** A node for rows that `make` makes when they are first read. */
  add(make: MakeRows): StoredNode {
    const id = `stored_${this.#entries.size + 1}`;
    this.#entries.set(id, { make, made: null, isMade: false });
    return { kind: 'stored', id };
  }

  /** True when the rows are there. */
  isMade(id: string): boolean {
    return this.#entries.get(id)?.isMade === true;
  }

  /** The relation over the rows, made now if they are not there yet. */
  async relation(id: string, signal: AbortSignal): Promise<Relation> {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      throw new Error(`rows ${id} belong to another session`);
    }
    entry.made ??= this.#make(entry, signal);
    try {
      const { relation } = await entry.made;
      entry.isMade = true;
      return { ...relation, name: id };
    } catch (error) {
      entry.made = null;
      throw error;
    }
  }

  /** Removes the rows; they are made again when they are read again. */
  async forget(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    const made = entry?.made ?? null;
    if (entry === undefined || made === null) {
      return;
    }
    entry.made = null;
    entry.isMade = false;
    await releaseDirectory((await made).directory);
  }

  /** Removes all files. */
  async close(): Promise<void> {
    for (const id of this.#entries.keys()) {
      await this.forget(id).catch(() => undefined); // what could not be made left nothing
    }
    this.#entries.clear();
  }

  async #make(entry: Entry, signal: AbortSignal): Promise<{ readonly relation: Relation; readonly directory: string }> {
    const directory = join(this.#parent, randomUUID());
    await claimDirectory(directory);
    try {
      return { relation: await entry.make(directory, signal), directory };
    } catch (error) {
      await releaseDirectory(directory);
      throw error;
    }
  }
}
