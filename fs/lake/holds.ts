/** What one piece of work needs kept. */
export interface Hold {
  /** A snapshot the work reads; the first call says from which one on it reads at all. */
  read(snapshotId: number): void;
  /** A folder the work writes files in. */
  write(folder: string): void;
  /** The work is over; with `keepsFolders` its folders are never clean-up's, for what became of its files is not known. */
  end(options?: { readonly keepsFolders: boolean }): void;
}

/**
 * What the work of this process needs kept: snapshots it reads, folders with files that no snapshot names yet. Work says so
 * before it looks, so that there is no moment in which something is looked at and not held.
 */
export class Holds {
  readonly #snapshots = new Map<Hold, number>();
  readonly #folders = new Set<string>();
  /** No snapshot that is looked for from now on as the newest one is older than this. */
  #floor = 0;

  /** To be called before the newest snapshot is asked for. */
  begin(): Hold {
    const folders: string[] = [];
    let isSettled = false;
    let isOver = false;
    const hold: Hold = {
      read: (snapshotId) => {
        if (isOver) {
          return;
        }
        this.#snapshots.set(hold, isSettled ? Math.min(snapshotId, this.#snapshots.get(hold) ?? snapshotId) : snapshotId);
        isSettled = true;
      },
      write: (folder) => {
        folders.push(folder);
        this.#folders.add(folder);
      },
      end: ({ keepsFolders } = { keepsFolders: false }) => {
        isOver = true;
        this.#snapshots.delete(hold);
        for (const folder of keepsFolders ? [] : folders) {
          this.#folders.delete(folder);
        }
      },
    };
    this.#snapshots.set(hold, this.#floor);
    return hold;
  }

  /** The oldest snapshot that is read; infinity without one. */
  oldestSnapshot(): number {
    return Math.min(...this.#snapshots.values());
  }

  /** Says that the newest snapshot is this one or a later one: asked for after nothing that is under way now. */
  raiseFloor(snapshotId: number): void {
    this.#floor = Math.max(this.#floor, snapshotId);
  }

  /** Folders being written at this moment. */
  folders(): ReadonlySet<string> {
    return new Set(this.#folders);
  }
}
