/** What node gives a load hook; only what is used. */
interface LoadedModule {
  readonly format: string;
  readonly source: string;
  readonly shortCircuit: true;
}

const TARGET = '/planner/fragment/cut-into-stages.js';
const MUTATIONS = new URL('plan-mutations.js', import.meta.url).href;

/** A load hook: the module that makes staged plans becomes one that spoils what the original makes. */
export function load<Context, Result>(
  url: string,
  context: Context,
  nextLoad: (url: string, context: Context) => Promise<Result>,
): Promise<Result | LoadedModule> {
  if (!url.endsWith(TARGET)) {
    return nextLoad(url, context);
  }
  const original = JSON.stringify(`${url}?original`);
  const source = `import { cutIntoStages as cut } from ${original};
import { spoilPlan } from ${JSON.stringify(MUTATIONS)};
export * from ${original};
export function cutIntoStages(...values) {
  return spoilPlan(cut(...values), process.env.PLANTED_BUG);
}`;
  return Promise.resolve({ format: 'module', source, shortCircuit: true });
}
