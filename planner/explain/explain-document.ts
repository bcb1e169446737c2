/** What EXPLAIN has to say at a level, before it is printed as text, JSON or a graph. */
export type ExplainDocument =
  /** TRANSLATED: DuckDB SQL. */
  | { readonly kind: 'query'; readonly lines: readonly string[] }
  /** LOGICAL: an outline, two spaces a level. */
  | { readonly kind: 'outline'; readonly lines: readonly string[] }
  /** DISTRIBUTED. */
  | { readonly kind: 'stages'; readonly stages: readonly ExplainedStage[]; readonly reasons: readonly string[] }
  /** FRAGMENTS. */
  | { readonly kind: 'fragments'; readonly fragments: readonly ExplainedFragment[] };

/** A stage as people see it. */
export interface ExplainedStage {
  readonly stage: number;
  readonly taskCount: number;
  /** How many tasks, in words. */
  readonly tasks: string;
  /** Where the rows go, in words. */
  readonly output: string;
  /** Why they move; null for the last stage. */
  readonly reason: string | null;
  /** Estimated rows and bytes it gives. */
  readonly rowCount: number | null;
  readonly byteCount: number | null;
  /** An outline of its operators. */
  readonly operators: readonly string[];
}

/** The SQL of a stage's first task. */
export interface ExplainedFragment {
  readonly stage: number;
  readonly taskCount: number;
  readonly sql: string;
}

/** What was measured as the query ran (ANALYZE). */
export interface ExplainedRun {
  /** By stage: names and values as EXPLAIN shows them. */
  readonly stages: ReadonlyMap<number, ExplainFacts>;
  /** Of the whole query. */
  readonly facts: ExplainFacts;
}

/** Names and values; times in milliseconds, sizes in bytes. */
export type ExplainFacts = Readonly<Record<string, number | { readonly [name: string]: number }>>;

/** A line of an outline with those below it. */
export interface OutlineNode {
  readonly text: string;
  readonly inputs: readonly OutlineNode[];
}

/** An outline's lines as trees. */
export function readOutline(lines: readonly string[]): readonly OutlineNode[] {
  const roots: string[][] = [];
  for (const line of lines) {
    const last = roots.at(-1);
    if (line.startsWith('  ') && last !== undefined) {
      last.push(line.slice(2));
    } else {
      roots.push([line]);
    }
  }
  return roots.map(([text = '', ...below]) => ({ text, inputs: readOutline(below) }));
}

/** The stage that an operator of a stage's outline reads, or null. */
export function stageRead(text: string): number | null {
  const [, stage] = /^Read stage (\d+),/.exec(text) ?? [];
  return stage === undefined ? null : Number(stage);
}
