import { SQLSTATE } from '../sqlstate.js';
import type { Constant, Node } from '../parse/syntax-tree.js';
import { nodeTag, stringValues } from '../parse/syntax-tree.js';
import { quoteText } from '../types/data-type.js';
import { OID } from '../types/postgres-type.js';
import { translateArray, translateCase, translateCoalesce, translateIndirection, translateMinMax, translateRow } from './compound.js';
import { coerce } from './coercion.js';
import { resolveColumn } from './columns.js';
import { translateCall } from './function-call.js';
import { numericConstant } from './literals.js';
import { translateOperator } from './operator-expression.js';
import type { Scope } from './scope.js';
import { sessionExpression } from './session-functions.js';
import { translateSubLink } from './sublink.js';
import type { Translation } from './translation.js';
import { errorAt, EXPRESSION_DEPTH_MAX, parameterExpression, unsupported } from './translation.js';
import type { Typed } from './typed.js';
import { typed, typeOf } from './typed.js';
import { locationOf } from './location.js';
import { translateCondition, translateExpression } from './recursion.js';
import { resolveTypeName } from './type-names.js';

/** One expression of Postgres's tree as typed DuckDB SQL. */
export function expressionOf(translation: Translation, scope: Scope, node: Node): Typed {
  const shared = translation.shared;
  if (++shared.depth > EXPRESSION_DEPTH_MAX) {
    throw errorAt(translation, SQLSTATE.statement_too_complex, -1, 'stack depth limit exceeded');
  }
  const result = dispatch(translation, scope, node);
  shared.depth--;
  return result;
}

function dispatch(translation: Translation, scope: Scope, node: Node): Typed {
  if ('ColumnRef' in node) {
    const fields = node.ColumnRef.fields ?? [];
    if (fields.some((field) => 'A_Star' in field)) {
      throw errorAt(translation, SQLSTATE.syntax_error, node.ColumnRef.location, 'row expansion via "*" is not supported here');
    }
    return resolveColumn(translation, scope, stringValues(fields), node.ColumnRef.location);
  }
  if ('A_Const' in node) {
    return constantExpression(node.A_Const);
  }
  if ('ParamRef' in node) {
    return parameterExpression(translation, node.ParamRef.number ?? 0, node.ParamRef.location);
  }
  if ('A_Expr' in node) {
    return translateOperator(translation, scope, node.A_Expr);
  }
  if ('FuncCall' in node) {
    return translateCall(translation, scope, node.FuncCall);
  }
  if ('TypeCast' in node) {
    return translateCast(translation, scope, node.TypeCast);
  }
  if ('BoolExpr' in node) {
    return translateBoolean(translation, scope, node.BoolExpr);
  }
  if ('NullTest' in node && node.NullTest.arg !== undefined) {
    const argument = translateExpression(translation, scope, node.NullTest.arg);
    return typed(`(${coerceOpen(translation, argument).sql} IS ${node.NullTest.nulltesttype === 'IS_NULL' ? '' : 'NOT '}NULL)`, OID.bool);
  }
  if ('BooleanTest' in node && node.BooleanTest.arg !== undefined) {
    return translateBooleanTest(translation, scope, node.BooleanTest.arg, node.BooleanTest.booltesttype ?? 'IS_TRUE');
  }
  if ('SubLink' in node) {
    return translateSubLink(translation, scope, node.SubLink);
  }
  if ('CaseExpr' in node) {
    return translateCase(translation, scope, node.CaseExpr);
  }
  if ('CoalesceExpr' in node) {
    return translateCoalesce(translation, scope, node.CoalesceExpr.args ?? [], node.CoalesceExpr.location);
  }
  if ('MinMaxExpr' in node) {
    return translateMinMax(translation, scope, node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest', node.MinMaxExpr.args ?? [], node.MinMaxExpr.location);
  }
  if ('A_ArrayExpr' in node) {
    return translateArray(translation, scope, node.A_ArrayExpr.elements ?? [], node.A_ArrayExpr.location, null);
  }
  if ('RowExpr' in node) {
    return translateRow(translation, scope, node.RowExpr.args ?? []);
  }
  if ('A_Indirection' in node) {
    return translateIndirection(translation, scope, node.A_Indirection);
  }
  if ('CollateClause' in node && node.CollateClause.arg !== undefined) {
    const collation = stringValues(node.CollateClause.collname).at(-1) ?? '';
    if (!['default', 'C', 'POSIX', 'ucs_basic', 'C.UTF-8', 'en_US.UTF-8', 'en_US'].includes(collation)) {
      throw errorAt(translation, SQLSTATE.undefined_object, node.CollateClause.location, `collation "${collation}" for encoding "UTF8" does not exist`);
    }
    return translateExpression(translation, scope, node.CollateClause.arg);
  }
  if ('SQLValueFunction' in node) {
    const name = (node.SQLValueFunction.op ?? '')
      .replace(/^SVFOP_/, '')
      .replace(/_N$/, '')
      .toLowerCase();
    const value = sessionExpression(translation, name, [], node.SQLValueFunction.location);
    if (value !== undefined) {
      return value;
    }
  }
  if ('GroupingFunc' in node) {
    const args = (node.GroupingFunc.args ?? []).map((argument) => translateExpression(translation, scope, argument).sql);
    return typed(`CAST(grouping(${args.join(', ')}) AS INTEGER)`, OID.int4);
  }
  if ('SetToDefault' in node) {
    return { sql: 'NULL', type: typeOf(OID.unknown), literal: null };
  }
  if ('NamedArgExpr' in node) {
    throw unsupported(translation, 'an argument by name to this function', node.NamedArgExpr.location);
  }
  throw unsupported(translation, `syntax ${nodeTag(node)}`, locationOf(node));
}

function constantExpression(constant: Constant): Typed {
  if (constant.isnull === true) {
    return { sql: 'NULL', type: typeOf(OID.unknown), literal: null };
  }
  if (constant.ival !== undefined) {
    const value = constant.ival.ival ?? 0;
    return {
      ...typed(value < 0 ? `(${value})` : String(value), OID.int4),
      constant: String(value),
      text: String(value),
    };
  }
  if (constant.fval !== undefined) {
    const text = constant.fval.fval ?? '0';
    if (/^-?\d+$/.test(text) && BigInt(text) >= -(2n ** 63n) && BigInt(text) < 2n ** 63n) {
      return { ...typed(text.startsWith('-') ? `(${text})` : text, OID.int8), constant: text, text };
    }
    return /^-?0[xob]/i.test(text) ? { ...typed(String(BigInt(text)), OID.int8) } : numericConstant(text.replaceAll('_', ''));
  }
  if (constant.boolval !== undefined) {
    const isTrue = constant.boolval.boolval === true;
    return { ...typed(isTrue ? 'true' : 'false', OID.bool), text: isTrue ? 't' : 'f' };
  }
  if (constant.bsval !== undefined) {
    const bits = constant.bsval.bsval ?? '';
    const binary = bits.startsWith('x')
      ? Array.from(bits.slice(1), (digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('')
      : bits.slice(1);
    return { ...typed(`CAST(${quoteText(binary)} AS BIT)`, 1560), ...(binary === '' ? {} : { constant: String(BigInt(`0b${binary}`)) }) };
  }
  const text = constant.sval?.sval ?? '';
  return { sql: quoteText(text), type: typeOf(OID.unknown), literal: text, location: constant.location ?? 0 };
}

function translateCast(translation: Translation, scope: Scope, cast: Extract<Node, { TypeCast: unknown }>['TypeCast']): Typed {
  if (cast.arg === undefined || cast.typeName === undefined) {
    throw unsupported(translation, 'this cast', cast.location);
  }
  const target = resolveTypeName(translation, cast.typeName);
  if ('A_ArrayExpr' in cast.arg) {
    return translateArray(translation, scope, cast.arg.A_ArrayExpr.elements ?? [], cast.arg.A_ArrayExpr.location, target);
  }
  const argument = translateExpression(translation, scope, cast.arg);
  const location = locationOf(cast.arg);
  return { ...coerce(translation, argument, target, 'explicit', location ?? cast.location) };
}

function translateBoolean(translation: Translation, scope: Scope, expression: Extract<Node, { BoolExpr: unknown }>['BoolExpr']): Typed {
  const word = expression.boolop === 'AND_EXPR' ? 'AND' : expression.boolop === 'OR_EXPR' ? 'OR' : 'NOT';
  const args = (expression.args ?? []).map((argument) => translateCondition(translation, scope, argument, word));
  return typed(word === 'NOT' ? `(NOT ${args[0] ?? 'NULL'})` : `(${args.join(` ${word} `)})`, OID.bool);
}

function translateBooleanTest(translation: Translation, scope: Scope, argument: Node, test: string): Typed {
  const sql = translateCondition(translation, scope, argument, test.replaceAll('_', ' '));
  switch (test) {
    case 'IS_TRUE':
      return typed(`(${sql} IS NOT DISTINCT FROM true)`, OID.bool);
    case 'IS_NOT_TRUE':
      return typed(`(${sql} IS DISTINCT FROM true)`, OID.bool);
    case 'IS_FALSE':
      return typed(`(${sql} IS NOT DISTINCT FROM false)`, OID.bool);
    case 'IS_NOT_FALSE':
      return typed(`(${sql} IS DISTINCT FROM false)`, OID.bool);
    case 'IS_UNKNOWN':
      return typed(`(${sql} IS NULL)`, OID.bool);
    default:
      return typed(`(${sql} IS NOT NULL)`, OID.bool);
  }
}

/** Where only NULL or not matters, an open parameter is text. */
function coerceOpen(translation: Translation, expression: Typed): Typed {
  return expression.parameter === undefined ? expression : coerce(translation, expression, typeOf(OID.text), 'implicit');
}
