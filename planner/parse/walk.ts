import type { Node } from './syntax-tree.js';

/** Every node right below a node (or list of nodes), whatever lies between them. */
export function childNodes(node: Node): readonly Node[] {
  const found: Node[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      value.forEach(visit);
    } else if (isNode(value)) {
      found.push(value);
    } else if (typeof value === 'object' && value !== null) {
      Object.values(value).forEach(visit);
    }
  };
  visit(Object.values(node)[0]);
  return found;
}

/** Nodes are objects with one key, their kind's name; names of kinds start with a capital and fields do not. */
function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && /^[A-Z]/.test(key);
}
