import { Ajv, type ErrorObject, type KeywordCxt, type ValidateFunction } from 'ajv';
import { callRef } from 'ajv/dist/vocabularies/core/ref.js';
import { FairleadError } from '../../model/error.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { compileGoPattern } from '../../tools/go-pattern.ts';
import { convertDefinitions, definitionKeyword } from './convert.ts';
import { isBuiltIn } from './definition.ts';
import { numberFormats, stringFormats } from './formats.ts';

/** What a schema says about a value, and where: `at` is a path of keys and indexes. */
export type Problem = { readonly at: readonly (string | number)[] } & (
  | { readonly kind: 'unknown-field'; readonly field: string; readonly known: readonly string[] }
  | { readonly kind: 'wrong-type'; readonly expected: readonly string[] }
  | { readonly kind: 'enum'; readonly allowed: readonly Json[] }
  | { readonly kind: 'required'; readonly field: string }
  | { readonly kind: 'invalid'; readonly rule: string; readonly limit: string }
  | { readonly kind: 'duplicate'; readonly keys: readonly string[] }
);

/** Validates objects against the definitions of one document. Each is compiled when a value is first held to it: most never are. */
export interface Validator {
  /** Problems of an object of the named definition. Throws `FairleadError` code `schema-broken`. */
  validate(name: string, object: JsonObject): readonly Problem[];
  /** Patterns of the document that are not checked. */
  unchecked(): readonly string[];
}

/** Opens a strict validator over the definitions of one document. */
export function openValidator(source: JsonObject): Validator {
  const { definition, unchecked } = convertDefinitions(source);
  const ajv = createAjv();
  const functionFor = remember((name) => compile(ajv, name, definition(name)));
  const checkFor = remember((name) => {
    // Told of the schema that asks for it, whether or not an object comes to it.
    if (!Object.hasOwn(source, name)) throw new Error(`there is no definition ${name}`);
    return lazily(() => functionFor(name));
  });
  ajv.addKeyword({ keyword: definitionKeyword, code: (context) => callDefinition(context, checkFor) });
  return {
    unchecked,
    validate: (name, object) => {
      const check = functionFor(name);
      if (check(object)) return [];
      // What the server drops or reads exactly is sorted out only now, so that good objects cost nothing.
      const plain = normalise(object, isBuiltIn(name));
      if (check(plain)) return [];
      return (check.errors ?? []).filter(isOwnError).map((error) => problemOf(error, object));
    },
  };
}

function remember<T>(make: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const value = known.get(name) ?? make(name);
    known.set(name, value);
    return value;
  };
}

type Check = ((...values: Parameters<ValidateFunction>) => boolean) & Pick<ValidateFunction, 'errors'>;

/** A check that is compiled when it is first called. */
function lazily(compiled: () => Check): Check {
  const check: Check = (...values) => {
    const real = compiled();
    const isValid = real(...values);
    check.errors = real.errors ?? null;
    return isValid;
  };
  return check;
}

/** Writes what ajv writes for `$ref`, with a check that need not be compiled yet. */
function callDefinition(context: KeywordCxt, checkFor: (name: string) => Check): void {
  callRef(context, context.gen.scopeValue('validate', { ref: checkFor(String(context.schema)) }));
}

function createAjv(): Ajv {
  const regExp = Object.assign((pattern: string) => compileGoPattern(pattern) ?? /$^/, { code: 'new RegExp' });
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    inlineRefs: false,
    validateSchema: false,
    ownProperties: true,
    logger: false,
    code: { regExp, optimize: false },
  });
  for (const [name, validate] of Object.entries(stringFormats)) ajv.addFormat(name, validate);
  for (const [name, validate] of Object.entries(numberFormats)) ajv.addFormat(name, { type: 'number', validate });
  return ajv;
}

function compile(ajv: Ajv, name: string, schema: object): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (cause) {
    throw brokenSchema(name, cause);
  }
}

function brokenSchema(name: string, cause: unknown): FairleadError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new FairleadError({
    code: 'schema-broken',
    message: `The schema ${name} cannot be used${why}.`,
    subject: name,
    remedy: 'Correct the schema in its CustomResourceDefinition.',
    cause,
  });
}

/**
 * As the server reads it: nulls in the fields of its own types are absent (of a custom resource only those in metadata),
 * and an integer beyond 2^53 is one. `at` stays true because list items keep their places.
 */
function normalise(object: JsonObject, builtIn: boolean): JsonObject {
  const entries = Object.entries(object).filter(([, value]) => value !== null || !builtIn);
  return Object.fromEntries(entries.map(([key, value]) => [key, normaliseValue(value, builtIn || key === 'metadata')]));
}

function normaliseValue(value: Json, dropNulls: boolean): Json {
  // Any double this large breaks the same limits as the exact number does.
  if (typeof value === 'bigint') return Number(value);
  if (isJsonList(value)) return value.map((item) => normaliseValue(item, dropNulls));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null || !dropNulls);
  return Object.fromEntries(entries.map(([key, item]) => [key, normaliseValue(item, dropNulls)]));
}

/** Whether an error is not just one branch of a choice, which has an error of its own. */
function isOwnError(error: ErrorObject): boolean {
  return !/\/(?:anyOf|oneOf|not)\/\d|\/not\//.test(error.schemaPath) && error.keyword !== 'if';
}

function problemOf(error: ErrorObject, object: JsonObject): Problem {
  const at = pathOf(error.instancePath, object);
  const params = error.params as Readonly<Record<string, Json>>;
  switch (error.keyword) {
    case 'additionalProperties':
      return { at, kind: 'unknown-field', field: String(params['additionalProperty']), known: knownFields(error) };
    case 'type':
      return { at, kind: 'wrong-type', expected: typesOf(params['type']) };
    case 'enum':
      return { at, kind: 'enum', allowed: isJsonList(params['allowedValues']) ? params['allowedValues'] : [] };
    case 'required':
      return { at, kind: 'required', field: String(params['missingProperty']) };
    default:
      return { at, kind: 'invalid', rule: error.keyword, limit: String(params['format'] ?? error.message ?? '') };
  }
}

function typesOf(type: Json | undefined): readonly string[] {
  return (isJsonList(type) ? type : [type]).filter((name) => typeof name === 'string' && name !== 'null').map(String);
}

function knownFields(error: ErrorObject): readonly string[] {
  const parent = error.parentSchema as { readonly properties?: object } | undefined;
  return Object.keys(parent?.properties ?? {});
}

function pathOf(pointer: string, object: JsonObject): readonly (string | number)[] {
  const path: (string | number)[] = [];
  let value: Json | undefined = object;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(isJsonList(value) ? Number(key) : key);
    value = isJsonList(value) ? value[Number(key)] : isJsonObject(value) ? value[key] : undefined;
  }
  return path;
}
