import type { JoinType } from '../plan/nodes.js';

/** Join types under which every task may see all of the right side: no right row is given on its own account. */
export function mayRepeatRight(joinType: JoinType): boolean {
  switch (joinType) {
    case 'inner':
    case 'left':
    case 'semi':
    case 'anti':
    case 'mark':
    case 'single':
      return true;
    case 'right':
    case 'full':
    case 'right_semi':
    case 'right_anti':
      return false;
  }
}

/** Join types under which every task may see all of the left side. */
export function mayRepeatLeft(joinType: JoinType): boolean {
  switch (joinType) {
    case 'inner':
    case 'right':
    case 'right_semi':
    case 'right_anti':
      return true;
    case 'left':
    case 'full':
    case 'semi':
    case 'anti':
    case 'mark':
    case 'single':
      return false;
  }
}

/** Which sides' columns a join gives, and which sides' keys say where an output row is. */
export interface JoinOutput {
  readonly left: boolean;
  readonly right: boolean;
  readonly mark: boolean;
  /** Sides whose key columns hold the key in every output row: not those that an outer join fills with NULL. */
  readonly keySides: 'left' | 'right' | 'both' | 'none';
}

/** What a join of this type gives. */
export function joinOutput(joinType: JoinType): JoinOutput {
  switch (joinType) {
    case 'inner':
      return { left: true, right: true, mark: false, keySides: 'both' };
    case 'left':
    case 'single':
      return { left: true, right: true, mark: false, keySides: 'left' };
    case 'right':
      return { left: true, right: true, mark: false, keySides: 'right' };
    case 'full':
      return { left: true, right: true, mark: false, keySides: 'none' };
    case 'semi':
    case 'anti':
      return { left: true, right: false, mark: false, keySides: 'left' };
    case 'mark':
      return { left: true, right: false, mark: true, keySides: 'left' };
    case 'right_semi':
    case 'right_anti':
      return { left: false, right: true, mark: false, keySides: 'right' };
  }
}
