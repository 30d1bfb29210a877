import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

type Schema = Readonly<Record<string, unknown>>;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, Schema>>;
  readonly body: Schema | null;
  readonly responses: Readonly<Record<string, Schema | null>>;
}

interface Description {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** GitHub's official REST description, trimmed: says what is wrong with a request or an answer, and fills answers up. */
export interface Contract {
  /** What is wrong with a request; empty when it keeps to the description. */
  request(operation: string, query: URLSearchParams, body: unknown): readonly string[];
  /** What is wrong with an answer. */
  response(operation: string, status: number, body: unknown): readonly string[];
  /** The body with every field that the description requires and the caller left out. */
  complete(operation: string, status: number, body: unknown): unknown;
  /** The same for a named schema, such as `pull-request`. */
  completeSchema(name: string, body: unknown): unknown;
}

/**
 * Reads the trimmed description. Operations are named `GET /repos/{owner}/{repo}`. Bodies that are `trusted` are not held to their
 * schemas: compiling those takes a second.
 */
export function loadContract(bodies: 'checked' | 'trusted' = 'checked'): Contract {
  const description = readDescription();
  const operations = new Map(description.operations.map((entry) => [`${entry.method} ${entry.path}`, entry]));
  const validate = bodies === 'checked' ? validatorOf(description) : () => [];
  const fill = (schema: Schema, body: unknown) => complete(schema, body, description.schemas);
  return {
    request: (name, query, body) => {
      const operation = operations.get(name);
      if (operation === undefined) return [`${name} is not in the description`];
      return [...unknownQuery(operation, query), ...bodyErrors(operation, body, validate)];
    },
    response: (name, status, body) => {
      const schema = operations.get(name)?.responses[String(status)];
      if (schema === undefined) return [`${name} never answers ${status}`];
      return schema === null ? [] : validate(schema, body, 'answer');
    },
    complete: (name, status, body) => {
      const schema = operations.get(name)?.responses[String(status)];
      return schema === undefined || schema === null ? body : fill(schema, body);
    },
    completeSchema: (name, body) => fill({ $ref: `#/schemas/${name}` }, body),
  };
}

/** In two parts: repositories, and what an app asks about itself. */
function readDescription(): Description {
  const parts = ['./description.json', './description-app.json'].map(
    // The cast: the files are ours, trimmed from the official description, and a test validates every operation of them.
    (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Description,
  );
  return {
    operations: parts.flatMap(({ operations }) => operations),
    schemas: Object.assign({}, ...parts.map(({ schemas }) => schemas)),
  };
}

function validatorOf(description: Description): (schema: Schema, value: unknown, what: string) => string[] {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: 'description', schemas: description.schemas });
  const compiled = new Map<Schema, ValidateFunction>();
  return (schema, value, what) => {
    const known = compiled.get(schema);
    const check = known ?? ajv.compile(rebase(schema) as Schema);
    compiled.set(schema, check);
    if (check(value)) return [];
    return (check.errors ?? []).map((error) => `${what}${error.instancePath}: ${error.message ?? error.keyword}`);
  };
}

/** References inside an operation point into the one registered document. */
function rebase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rebase);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) =>
    key === '$ref' ? [key, `description${String(child)}`] : [key, rebase(child)],
  );
  return Object.fromEntries(entries);
}

function unknownQuery(operation: Operation, query: URLSearchParams): string[] {
  const known = operation.query;
  return [...query.keys()].filter((key) => !Object.hasOwn(known, key)).map((key) => `unknown query parameter ${key}`);
}

function bodyErrors(
  operation: Operation,
  body: unknown,
  validate: (schema: Schema, value: unknown, what: string) => string[],
): string[] {
  const schema = operation.body;
  if (schema === null) return [];
  // JSON Schema lets unknown keys pass; GitHub ignores them, which hides a misspelt one.
  const known = propertiesOf(schema);
  const unknown = Object.keys((body ?? {}) as object).filter((key) => !known.has(key));
  return [...unknown.map((key) => `unknown body key ${key}`), ...validate(schema, body ?? {}, 'body')];
}

/** Names of the keys a body may have, in whichever of its shapes. */
function propertiesOf(schema: Schema): ReadonlySet<string> {
  const shapes = [schema, ...((schema['oneOf'] ?? []) as readonly Schema[])];
  return new Set(shapes.flatMap((shape) => Object.keys((shape['properties'] ?? {}) as object)));
}

function complete(schema: Schema, value: unknown, schemas: Description['schemas']): unknown {
  const real = dereference(schema, schemas);
  if (value === null) return null;
  if (value === undefined) return minimal(real, schemas);
  const items = real['items'] as Schema | undefined;
  if (Array.isArray(value)) return items === undefined ? value : value.map((item) => complete(items, item, schemas));
  if (typeof value !== 'object') return value;
  return completeObject(real, value as Record<string, unknown>, schemas);
}

function completeObject(schema: Schema, value: Record<string, unknown>, schemas: Description['schemas']): unknown {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  const required = (schema['required'] ?? []) as readonly string[];
  const filled: Record<string, unknown> = { ...value };
  for (const name of new Set([...Object.keys(value), ...required])) {
    const property = properties[name];
    if (property !== undefined) filled[name] = complete(property, value[name], schemas);
  }
  return filled;
}

function dereference(schema: Schema, schemas: Description['schemas']): Schema {
  const reference = schema['$ref'];
  if (typeof reference === 'string') return dereference(schemas[reference.slice('#/schemas/'.length)] ?? {}, schemas);
  const parts = schema['allOf'] as readonly Schema[] | undefined;
  if (parts !== undefined && schema['properties'] === undefined)
    return together(parts.map((part) => dereference(part, schemas)));
  const alternatives = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  const first = alternatives?.[0];
  if (first === undefined || schema['properties'] !== undefined) return schema;
  const nullable = alternatives?.some((entry) => entry['type'] === 'null') ?? false;
  const real = dereference(first, schemas);
  return nullable ? { ...real, type: [real['type'] ?? 'object', 'null'].flat() } : real;
}

/** What has to keep to several schemas, all of them of objects; null is none. */
function together(parts: readonly Schema[]): Schema {
  return {
    type: 'object',
    properties: Object.assign({}, ...parts.map((part) => part['properties'])),
    required: parts.flatMap((part) => (part['required'] ?? []) as readonly string[]),
  };
}

/** The least value a schema allows: null where it may be, else the empty value of its type. */
function minimal(schema: Schema, schemas: Description['schemas']): unknown {
  const types = [schema['type'] ?? 'object'].flat() as string[];
  if (types.includes('null')) return null;
  const allowed = schema['enum'] as readonly unknown[] | undefined;
  if (allowed !== undefined) return allowed[0];
  if (types[0] === 'object') return completeObject(schema, {}, schemas);
  return emptyValues[types[0] ?? '']?.(schema) ?? null;
}

const emptyValues: Readonly<Record<string, (schema: Schema) => unknown>> = {
  string: (schema) => textOf(schema['format']).padEnd(Number(schema['minLength'] ?? 0), '0'),
  integer: () => 0,
  number: () => 0,
  boolean: () => false,
  array: () => [],
};

function textOf(format: unknown): string {
  if (format === 'uri') return 'https://github.test/';
  return format === 'date-time' ? '2026-01-01T00:00:00Z' : '';
}
