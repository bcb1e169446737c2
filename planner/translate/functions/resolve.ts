import { OID, postgresTypeByOid } from '../../types/postgres-type.js';
import { isImplicitlyCoercible } from '../coercion.js';
import { categoryOf } from '../typed.js';
import type { FunctionSignature, ParameterType } from './signature.js';

/** The form of a function that Postgres would call for arguments of these types (its manual, "Function Type Resolution"); undefined for none. */
export function resolveSignature(candidates: readonly FunctionSignature[], argumentOids: readonly number[]): FunctionSignature | undefined {
  let left = candidates.filter((candidate) => takes(candidate, argumentOids));
  if (left.length <= 1) {
    return left[0];
  }
  left = keepBest(left, (candidate) => countMatches(candidate, argumentOids, (parameter, oid) => parameter === oid));
  left = keepBest(left, (candidate) =>
    countMatches(candidate, argumentOids, (parameter, oid) => parameter === oid || (oid !== OID.unknown && isPreferred(parameter, oid))),
  );
  for (let index = 0; index < argumentOids.length && left.length > 1; index++) {
    if (argumentOids[index] === OID.unknown) {
      left = resolveUnknown(left, index);
    }
  }
  if (left.length > 1) {
    const known = new Set(argumentOids.filter((oid) => oid !== OID.unknown && oid !== 0));
    const only = known.size === 1 ? [...known][0] : undefined;
    if (only !== undefined) {
      left = keepBest(left, (candidate) =>
        countMatches(
          candidate,
          argumentOids.map(() => only),
          (parameter, oid) => parameter === oid,
        ),
      );
    }
  }
  return left[0];
}

/** The parameter that takes the argument at an index; the last one repeats when variadic. */
export function parameterAt(signature: FunctionSignature, index: number): ParameterType {
  const last = signature.parameters.length - 1;
  return signature.parameters[signature.variadic ? Math.min(index, last) : index] ?? 'any';
}

function takes(candidate: FunctionSignature, argumentOids: readonly number[]): boolean {
  const count = candidate.parameters.length;
  if (candidate.variadic ? argumentOids.length < count - 1 : argumentOids.length !== count) {
    return false;
  }
  return argumentOids.every((oid, index) => accepts(parameterAt(candidate, index), oid));
}

function accepts(parameter: ParameterType, oid: number): boolean {
  if (oid === 0 || oid === OID.unknown || parameter === 'any' || parameter === 'anyelement') {
    return true;
  }
  if (parameter === 'anyarray') {
    return categoryOf(oid) === 'A';
  }
  return isImplicitlyCoercible(oid, parameter);
}

function countMatches(candidate: FunctionSignature, argumentOids: readonly number[], matches: (parameter: ParameterType, oid: number) => boolean): number {
  return argumentOids.filter((oid, index) => matches(parameterAt(candidate, index), oid)).length;
}

function isPreferred(parameter: ParameterType, oid: number): boolean {
  return typeof parameter === 'number' && (postgresTypeByOid(parameter)?.preferred ?? false) && categoryOf(parameter) === categoryOf(oid);
}

function keepBest(candidates: readonly FunctionSignature[], score: (candidate: FunctionSignature) => number): FunctionSignature[] {
  const best = Math.max(...candidates.map(score));
  return candidates.filter((candidate) => score(candidate) === best);
}

/** A literal without a type: a text form wins when there is one, else the preferred type of the category. */
function resolveUnknown(candidates: readonly FunctionSignature[], index: number): FunctionSignature[] {
  const categories = candidates.map((candidate) => {
    const parameter = parameterAt(candidate, index);
    return typeof parameter === 'number' ? categoryOf(parameter) : 'P';
  });
  const category = categories.includes('S') ? 'S' : categories[0];
  const inCategory = candidates.filter((_, position) => categories[position] === category);
  const preferred = inCategory.filter((candidate) => {
    const parameter = parameterAt(candidate, index);
    return typeof parameter === 'number' && (postgresTypeByOid(parameter)?.preferred ?? false);
  });
  return preferred.length > 0 ? preferred : inCategory;
}
