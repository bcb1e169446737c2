import type { Expression } from '../plan/expressions.js';
import type { SqlLines } from './sql-text.js';

/** What the delim_get nodes below a delim join read: the distinct keys of its materialised side. */
export interface DelimSource {
  readonly name: string;
  /** Over the materialised side's columns. */
  readonly keys: readonly Expression[];
  readonly width: number;
}

/** A CTE of the printed query. */
export interface PrintedCte {
  readonly name: string;
  readonly lines: SqlLines;
  /** False for a CTE that is only a name for a subquery read in one place. */
  readonly isMaterialized: boolean;
}

/** State of printing one plan: aliases given out, and CTEs in the order they depend on each other. */
export class PrintContext {
  readonly ctes: PrintedCte[] = [];
  readonly #names = new Map<number, string>();
  #aliases = 0;

  /** A new table alias, unique in the query, so that no name can be caught by an inner scope. */
  nextAlias(): string {
    this.#aliases += 1;
    return `t${this.#aliases}`;
  }

  /** Adds a CTE, which every later part of the query may read. */
  addCte(lines: SqlLines, isMaterialized: boolean, prefix = 'w'): string {
    const name = `${prefix}${this.ctes.length + 1}`;
    this.ctes.push({ name, lines, isMaterialized });
    return name;
  }

  /** Remembers under which name the plan's CTE is printed. */
  nameCte(index: number, name: string): void {
    this.#names.set(index, name);
  }

  /** The printed name of the plan's CTE. */
  cteName(index: number): string {
    const name = this.#names.get(index);
    if (name === undefined) {
      throw new Error(`CTE ${index} is read outside its scope`);
    }
    return name;
  }
}
