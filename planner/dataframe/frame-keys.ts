import type { FrameNode } from './frame-node.js';
import { frameInputs, withFrameInputs } from './frame-node.js';

/** Makes nodes that say the same into one object, so that it is computed once however it was written. */
export class FrameKeys {
  readonly #known = new Map<string, FrameNode>();
  readonly #numbers = new Map<FrameNode, number>();
  readonly #canonical = new Map<FrameNode, FrameNode>();

  /** The one node for everything that says what this node says. */
  canonical(node: FrameNode): FrameNode {
    const before = this.#canonical.get(node);
    if (before !== undefined) {
      return before;
    }
    const inputs = frameInputs(node).map((input) => this.canonical(input));
    const own = Object.fromEntries(Object.entries(node).filter(([name]) => !['input', 'inputs', 'left', 'right'].includes(name)));
    const key = JSON.stringify([own, inputs.map((input) => this.#numbers.get(input))]);
    const known = this.#known.get(key) ?? withFrameInputs(node, inputs);
    this.#known.set(key, known);
    this.#numbers.set(known, this.#numbers.get(known) ?? this.#numbers.size);
    this.#canonical.set(node, known);
    return known;
  }
}
