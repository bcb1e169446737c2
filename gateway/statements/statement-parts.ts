import type { Node } from '../../planner/parse/syntax-tree.js';
import { childNodes } from '../../planner/parse/walk.js';
import { OID } from '../../planner/types/postgres-type.js';
import type { ExecuteOptions, ParameterValue } from '../session/backend.js';
import type { QueryStatement } from './query.js';

/** A query of a statement that is run as several. */
export interface StatementPart {
  readonly query: QueryStatement;
  /** Numbers of the parameters it uses. */
  readonly uses: ReadonlySet<number>;
}

/** A query with the parameters that its tree names. */
export function statementPart(query: QueryStatement, nodes: readonly (Node | null)[]): StatementPart {
  return { query, uses: new Set(nodes.flatMap((node) => (node === null ? [] : parametersIn(node)))) };
}

function parametersIn(node: Node): readonly number[] {
  return [...('ParamRef' in node ? [node.ParamRef.number ?? 0] : []), ...childNodes(node).flatMap(parametersIn)];
}

/** Types of a statement's parameters: each as the first part that uses it infers it, text where none does. */
export function partTypes(parts: readonly StatementPart[], declaredTypes: readonly number[]): readonly number[] {
  const count = Math.max(declaredTypes.length, ...parts.map(({ uses }) => Math.max(0, ...uses)));
  return Array.from({ length: count }, (_, index) => {
    const part = parts.find(({ uses }) => uses.has(index + 1));
    return part?.query.parameterTypes[index] ?? (declaredTypes[index] || OID.text);
  });
}

/** An execution's options for one part: as many parameters as it has, those it does not use are NULL. */
export function partOptions({ query, uses }: StatementPart, options: ExecuteOptions): ExecuteOptions {
  const parameters = query.parameterTypes.map((_, index): ParameterValue => (uses.has(index + 1) ? options.parameters[index] : undefined) ?? UNUSED);
  return { ...options, parameters };
}

const UNUSED: ParameterValue = { format: 'text', bytes: null };
