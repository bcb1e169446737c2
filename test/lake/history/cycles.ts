import type { Dependency } from './dependencies.js';
import type { Anomaly, AnomalyKind } from './history.js';

/**
 * Cycles that snapshot isolation forbids: those without two `rw` one after another (Fekete et al. 2005; Cerone and Gotsman
 * 2018). So the search runs over states (transaction, was the last step rw): from a state after rw no rw goes on.
 * One shortest cycle for every strongly connected set of states, and one for each kind of edge it could do without.
 */
export function findCycles(transactionCount: number, edges: readonly Dependency[]): Anomaly[] {
  const found = new Map<string, Anomaly>();
  // From the strictest down: a cycle of writes alone is worse than one that needs order or reads.
  for (const kinds of [['ww'], ['ww', 'wr', 'order'], ['ww', 'wr', 'order', 'rw']] as const) {
    const allowed: ReadonlySet<string> = new Set(kinds);
    for (const cycle of shortestCycles(
      transactionCount,
      edges.filter((edge) => allowed.has(edge.kind)),
    )) {
      const key = cycle
        .map((edge) => edge.from)
        .toSorted((left, right) => left - right)
        .join(' ');
      if (!found.has(key)) {
        found.set(key, {
          kind: classify(cycle),
          transactions: cycle.map((edge) => edge.from),
          description: cycle.map((edge) => `${edge.from} -${edge.kind}-> ${edge.to} (${edge.why})`).join('; '),
        });
      }
    }
  }
  return [...found.values()];
}

function classify(cycle: readonly Dependency[]): AnomalyKind {
  const reads = cycle.filter((edge) => edge.kind === 'rw').length;
  if (reads > 0) {
    return reads === 1 ? 'G_single' : 'G_nonadjacent';
  }
  return cycle.every((edge) => edge.kind === 'ww') ? 'G0' : 'G1c';
}

function shortestCycles(transactionCount: number, edges: readonly Dependency[]): Dependency[][] {
  // State 2t: transaction t, last step not rw; state 2t + 1: last step rw.
  const next: { readonly to: number; readonly edge: Dependency }[][] = Array.from({ length: 2 * transactionCount }, () => []);
  for (const edge of edges) {
    if (edge.kind === 'rw') {
      next[2 * edge.from]?.push({ to: 2 * edge.to + 1, edge });
    } else {
      next[2 * edge.from]?.push({ to: 2 * edge.to, edge });
      next[2 * edge.from + 1]?.push({ to: 2 * edge.to, edge });
    }
  }
  const component = stronglyConnected(next.map((steps) => steps.map((step) => step.to)));
  const sizes = new Map<number, number>();
  for (const id of component) {
    sizes.set(id, (sizes.get(id) ?? 0) + 1);
  }
  const done = new Set<number>();
  const cycles: Dependency[][] = [];
  for (const [state, id] of component.entries()) {
    if ((sizes.get(id) ?? 0) > 1 && !done.has(id)) {
      const cycle = shortestThrough(state, next, (other) => component[other] === id);
      if (cycle !== null) {
        done.add(id);
        cycles.push(cycle);
      }
    }
  }
  return cycles;
}

/** Breadth first from a state back to itself. */
function shortestThrough(
  start: number,
  next: readonly (readonly { readonly to: number; readonly edge: Dependency }[])[],
  isInside: (state: number) => boolean,
): Dependency[] | null {
  const came = new Map<number, { readonly from: number; readonly edge: Dependency }>();
  let level = [start];
  while (level.length > 0) {
    const following: number[] = [];
    for (const state of level) {
      for (const { to, edge } of next[state] ?? []) {
        if (isInside(to) && !came.has(to)) {
          came.set(to, { from: state, edge });
          following.push(to);
        }
      }
    }
    if (came.has(start)) {
      const path: Dependency[] = [];
      let state = start;
      do {
        const step = came.get(state);
        if (step === undefined) {
          return null;
        }
        path.unshift(step.edge);
        state = step.from;
      } while (state !== start);
      return path;
    }
    level = following;
  }
  return null;
}

/** Tarjan's algorithm with its own stack: histories are longer than the call stack is deep. Component id by state. */
function stronglyConnected(next: readonly (readonly number[])[]): number[] {
  const index = next.map(() => -1);
  const low = next.map(() => 0);
  const component = next.map(() => -1);
  const open: number[] = [];
  let counter = 0;
  let components = 0;
  for (let root = 0; root < next.length; root += 1) {
    if (index[root] !== -1) {
      continue;
    }
    const calls = [{ state: root, step: 0 }];
    while (calls.length > 0) {
      const call = calls.at(-1);
      if (call === undefined) {
        break;
      }
      const { state } = call;
      if (call.step === 0) {
        index[state] = counter;
        low[state] = counter;
        counter += 1;
        open.push(state);
      }
      const to = next[state]?.[call.step];
      call.step += 1;
      if (to !== undefined) {
        if (index[to] === -1) {
          calls.push({ state: to, step: 0 });
        } else if (component[to] === -1) {
          low[state] = Math.min(low[state] ?? 0, index[to] ?? 0);
        }
        continue;
      }
      calls.pop();
      const parent = calls.at(-1);
      if (parent !== undefined) {
        low[parent.state] = Math.min(low[parent.state] ?? 0, low[state] ?? 0);
      }
      if (low[state] === index[state]) {
        let member: number | undefined;
        do {
          member = open.pop();
          if (member !== undefined) {
            component[member] = components;
          }
        } while (member !== undefined && member !== state);
        components += 1;
      }
    }
  }
  return component;
}
