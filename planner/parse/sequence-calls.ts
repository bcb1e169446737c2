import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { ParsedStatement } from './statement.js';
import { positionOf, statementKind } from './statement.js';
import type { FuncCall, Node, ResTarget, SelectStmt } from './syntax-tree.js';
import { stringValues } from './syntax-tree.js';
import { childNodes } from './walk.js';

/** Functions of sequences. Their values are the server's to give: no executor can. */
export type SequenceFunction = 'nextval' | 'currval' | 'lastval' | 'setval';

const FUNCTIONS: ReadonlyMap<string, SequenceFunction> = new Map(
  (['nextval', 'currval', 'lastval', 'setval'] as const).map((name): readonly [string, SequenceFunction] => [name, name]),
);

/** One call. */
export interface SequenceCall {
  readonly function: SequenceFunction;
  readonly arguments: readonly Node[];
  /** In characters of the statement's text, from 1. */
  readonly position: number;
}

/** A statement whose calls of sequence functions are parameters, to be given after its own. */
export interface ExtractedCalls {
  readonly statement: ParsedStatement;
  /** The value of call i is parameter number `parameterCount + i + 1`. */
  readonly calls: readonly SequenceCall[];
  /** Parameters of the statement as it was. */
  readonly parameterCount: number;
}

/** A query some of whose columns are calls of sequence functions for each row: it gives their arguments instead. */
export interface RowCalls {
  readonly statement: ParsedStatement;
  /** The columns as they were: taken over, or computed from so many columns of the rewritten query. */
  readonly columns: readonly ({ readonly kind: 'column' } | { readonly kind: 'call'; readonly name: string; readonly call: SequenceCall })[];
}

/** True for most statements that name no sequence function: a test that costs little. */
export function hasNoSequenceCall(text: string): boolean {
  return !/\b(?:nextval|currval|lastval|setval)\b/i.test(text);
}

/**
 * Takes the calls out that have one value for the whole statement: currval and lastval anywhere, nextval and setval in a
 * SELECT without FROM and in VALUES. Null when there is none; 0A000 for others.
 */
export function extractSequenceCalls(statement: ParsedStatement): ExtractedCalls | null {
  const { node } = statement;
  if (node === null) {
    return null;
  }
  const parameterCount = greatestParameter(node);
  const calls: SequenceCall[] = [];
  const replace = (value: unknown, once: boolean): unknown => {
    if (Array.isArray(value)) {
      return value.map((item) => replace(item, once));
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const call = sequenceCall(statement, value);
    if (call !== null) {
      if (!once && (call.function === 'nextval' || call.function === 'setval')) {
        throw new SqlError(SQLSTATE.feature_not_supported, `${call.function} is not supported here`, {
          position: call.position,
          hint: 'It may stand in a SELECT without FROM, as a column of a SELECT of its own, in VALUES, and as the default of a column.',
        });
      }
      calls.push(call);
      return { ParamRef: { number: parameterCount + calls.length, location: -1 } };
    }
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replaceField(key, child, once)]));
  };
  const replaceField = (key: string, child: unknown, once: boolean): unknown => {
    if (key === 'ResTarget') {
      return replace(namedTarget(statement, child), once);
    }
    if (key === 'withClause' || key === 'onConflictClause' || key === 'fromClause') {
      return replace(child, false);
    }
    return replace(child, key === 'SelectStmt' ? once && isOneRow(child) : once);
  };
  const [tag] = Object.keys(node);
  const rewritten: Node = JSON.parse(JSON.stringify(replace(node, tag === 'SelectStmt' || tag === 'InsertStmt')));
  return calls.length === 0 ? null : { statement: { ...statement, node: rewritten }, calls, parameterCount };
}

/** The calls that are columns of a query over rows, each replaced by its arguments; null when there is none such. */
export function extractRowCalls(statement: ParsedStatement): RowCalls | null {
  const { node } = statement;
  if (node === null || !('SelectStmt' in node) || hasNoSequenceCall(statement.text)) {
    return null;
  }
  const select = node.SelectStmt;
  if (isOneRow(select) || (select.op !== undefined && select.op !== 'SETOP_NONE')) {
    return null;
  }
  const targets = (select.targetList ?? []).map((item) => ({ item, call: 'ResTarget' in item ? callOfTarget(statement, item.ResTarget) : null }));
  if (!targets.some(({ call }) => call?.function === 'nextval' || call?.function === 'setval')) {
    return null;
  }
  const list = targets.flatMap(({ item, call }): readonly Node[] =>
    call === null ? [item] : call.arguments.map((argument) => ({ ResTarget: { val: asText(argument), location: -1 } })),
  );
  const rewritten: Node = { SelectStmt: { ...select, targetList: list } };
  return {
    statement: { ...statement, node: rewritten },
    columns: targets.map(({ item, call }) => (call === null ? { kind: 'column' } : { kind: 'call', name: nameOf(item) ?? call.function, call })),
  };
}

/** A query of one row with a call's arguments as texts; parameters keep their numbers. */
export function argumentsQuery(statement: ParsedStatement, call: SequenceCall): ParsedStatement {
  const targetList = call.arguments.map((argument): Node => ({ ResTarget: { val: asText(argument), location: -1 } }));
  const node: Node = { SelectStmt: { targetList, limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' } };
  return { ...statement, kind: statementKind(node), node };
}

/** The text of an argument that is a constant, with or without a cast (`'s'`, `'s'::regclass`); undefined for others. */
export function constantArgument(node: Node | undefined): string | undefined {
  if (node === undefined) {
    return undefined;
  }
  if ('TypeCast' in node) {
    return constantArgument(node.TypeCast.arg);
  }
  if (!('A_Const' in node) || node.A_Const.isnull === true) {
    return undefined;
  }
  const { sval, ival, fval, boolval } = node.A_Const;
  if (sval !== undefined) {
    return typeof sval === 'string' ? sval : (sval.sval ?? '');
  }
  if (ival !== undefined) {
    return String(typeof ival === 'number' ? ival : (ival.ival ?? 0));
  }
  if (boolval !== undefined) {
    return String(typeof boolval === 'boolean' ? boolval : (boolval.boolval ?? false));
  }
  return fval === undefined ? undefined : typeof fval === 'string' ? fval : fval.fval;
}

/** The numbers of parameters that stand as arguments themselves. */
export function parameterArguments(call: SequenceCall): readonly { readonly number: number; readonly argument: number }[] {
  return call.arguments.flatMap((node, argument) => ('ParamRef' in node ? [{ number: node.ParamRef.number ?? 0, argument }] : []));
}

const TEXT = { names: [{ String: { sval: 'pg_catalog' } }, { String: { sval: 'text' } }], typemod: -1 };

function asText(node: Node): Node {
  return { TypeCast: { arg: node, typeName: TEXT, location: -1 } };
}

function nameOf(item: Node): string | undefined {
  return 'ResTarget' in item ? item.ResTarget.name : undefined;
}

/** A column that is a call keeps its name when the call is gone. */
function namedTarget(statement: ParsedStatement, target: unknown): unknown {
  if (typeof target !== 'object' || target === null || 'name' in target || !('val' in target)) {
    return target;
  }
  const call = sequenceCall(statement, target.val);
  return call === null ? target : { ...target, name: call.function };
}

function callOfTarget(statement: ParsedStatement, target: ResTarget): SequenceCall | null {
  return target.val === undefined ? null : sequenceCall(statement, target.val);
}

function sequenceCall(statement: ParsedStatement, value: unknown): SequenceCall | null {
  if (!isFunctionCall(value)) {
    return null;
  }
  const { funcname, args, location } = value.FuncCall;
  const names = stringValues(funcname);
  const name = names.length === 1 || names[0] === 'pg_catalog' ? FUNCTIONS.get(names.at(-1) ?? '') : undefined;
  return name === undefined ? null : { function: name, arguments: args ?? [], position: positionOf(statement.source, location) ?? 1 };
}

function isFunctionCall(value: unknown): value is { readonly FuncCall: FuncCall } {
  return typeof value === 'object' && value !== null && 'FuncCall' in value;
}

/** True for a SELECT that has one row whatever the tables hold, and for VALUES. */
function isOneRow(select: unknown): boolean {
  return (
    isSelect(select) && (select.fromClause ?? []).length === 0 && select.whereClause === undefined && (select.op === undefined || select.op === 'SETOP_NONE')
  );
}

function isSelect(value: unknown): value is SelectStmt {
  return typeof value === 'object' && value !== null;
}

function greatestParameter(node: Node): number {
  const own = 'ParamRef' in node ? (node.ParamRef.number ?? 0) : 0;
  return childNodes(node).reduce((greatest, child) => Math.max(greatest, greatestParameter(child)), own);
}
