import type { StrictSchema } from '../../formats/openapi/strict-schema.ts';
import type { Problem } from '../../formats/openapi/validator.ts';
import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { nearest } from './nearest.ts';
import { nameOf, type Remark, valueAt } from './place.ts';

/** What to say about a schema problem. Values of Secrets, and values where people put secrets, are never quoted. */
export function remarkOn(problem: Problem, resource: Resource, schema: StrictSchema): Remark {
  const name = (at: Problem['at']) => nameOf(resource, schema, at) || 'the object';
  switch (problem.kind) {
    case 'unknown-field':
      return unknownField(problem, name([...problem.at, problem.field]));
    case 'wrong-type':
      return wrongType(problem, resource, name(problem.at));
    case 'enum':
      return notAllowed(problem, resource, name(problem.at));
    case 'required':
      return missing(problem, name([...problem.at, problem.field]));
    case 'invalid':
      return invalid(problem, resource, name(problem.at));
    case 'duplicate':
      return duplicate(problem, name(problem.at));
    default:
      return problem satisfies never;
  }
}

type ProblemOf<K extends Problem['kind']> = Extract<Problem, { readonly kind: K }>;

function unknownField(problem: ProblemOf<'unknown-field'>, name: string): Remark {
  const meant = nearest(problem.field, problem.known);
  const known =
    problem.known.length > 0 && problem.known.length <= 12 ? ` Known here: ${problem.known.join(', ')}.` : '';
  return {
    rule: 'schema-unknown-field',
    severity: 'block',
    message:
      meant === null ? `${name} is not a known field.` : `${name} is not a known field; did you mean "${meant}"?`,
    fix: meant === null ? `Remove it, or move it to where it belongs.${known}` : `Rename it to "${meant}".`,
    at: [...problem.at, problem.field],
  };
}

function wrongType(problem: ProblemOf<'wrong-type'>, resource: Resource, name: string): Remark {
  const value = valueAt(resource.object, problem.at);
  const expected = problem.expected.map((type) => typeWords[type] ?? type).join(' or ');
  return {
    rule: 'schema-wrong-type',
    severity: 'block',
    message: `${name} must be ${expected}, not ${typeOf(value)}${quote(value, resource, problem.at)}.`,
    fix: typeFix(problem.expected, value),
    at: problem.at,
  };
}

const typeWords: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'a mapping',
  string: 'text',
};

function typeOf(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (isJsonList(value)) return 'a list';
  if (isJsonObject(value)) return 'a mapping';
  if (typeof value === 'boolean') return 'a boolean';
  return typeof value === 'string' ? 'text' : 'a number';
}

function typeFix(expected: readonly string[], value: Json | undefined): string | null {
  const isScalar = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
  if (expected.includes('string') && isScalar) return 'Put it in quotes.';
  const looksRight = typeof value === 'string' && /^(?:-?\d+|true|false)$/.test(value);
  return looksRight && !expected.includes('string') ? 'Remove the quotes.' : null;
}

function notAllowed(problem: ProblemOf<'enum'>, resource: Resource, name: string): Remark {
  const value = valueAt(resource.object, problem.at);
  const allowed = problem.allowed.filter((item) => item !== '' && item !== null).map(String);
  const meant = typeof value === 'string' ? nearest(value, allowed) : null;
  return {
    rule: 'schema-enum',
    severity: 'block',
    message: `${name} does not allow its value${quote(value, resource, problem.at)}; it is one of ${allowed.join(', ')}.`,
    fix: meant === null ? null : `Write ${meant}.`,
    at: problem.at,
  };
}

function missing(problem: ProblemOf<'required'>, name: string): Remark {
  return {
    rule: 'schema-required',
    severity: 'block',
    message: `${name} is required and missing.`,
    fix: `Add ${problem.field}.`,
    at: problem.at,
  };
}

function invalid(problem: ProblemOf<'invalid'>, resource: Resource, name: string): Remark {
  const value = valueAt(resource.object, problem.at);
  const reason =
    problem.rule === 'format' ? (formatWords[problem.limit] ?? `must be a ${problem.limit}`) : problem.limit;
  return {
    rule: 'schema-invalid',
    severity: 'block',
    message: `${name} ${reason}${quote(value, resource, problem.at)}.`,
    fix: null,
    at: problem.at,
  };
}

const formatWords: Readonly<Record<string, string>> = {
  byte: 'must be base64',
  'date-time': 'must be an RFC 3339 time such as 2030-01-31T12:00:00Z',
  int32: 'must be a whole number of 32 bits',
  int64: 'must be a whole number of 64 bits',
  quantity: 'must be a quantity such as 500m or 1Gi',
};

function duplicate(problem: ProblemOf<'duplicate'>, name: string): Remark {
  const keys = problem.keys.length === 0 ? 'value' : problem.keys.join(' and ');
  return {
    rule: 'duplicate-list-key',
    severity: 'block',
    message: `${name} repeats the ${keys} of an earlier item, so that server-side apply refuses the list.`,
    fix: 'Keep one of the two.',
    at: problem.at,
  };
}

/** Fields under which people write passwords and tokens. */
const privateFields = new Set(['annotations', 'args', 'command', 'data', 'binaryData', 'env', 'stringData']);

function quote(value: Json | undefined, resource: Resource, at: Problem['at']): string {
  const isPrivate = resource.id.kind === 'Secret' || at.some((segment) => privateFields.has(String(segment)));
  if (isPrivate || value === undefined || value === null || typeof value === 'object') return '';
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.length > 40 ? '' : ` (${text})`;
}
