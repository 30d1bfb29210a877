import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { load } from 'js-yaml';

type Schema = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly externalDocs: { readonly url: string };
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<
    Record<string, { readonly content?: { readonly 'application/json': { schema: Schema } } }>
  >;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: unknown;
}

/** The description of the operations we use: says what is wrong with a request or an answer. */
export interface Contract {
  /** `GET /projects/{id}` and the page of GitLab's documentation it comes from. */
  readonly operations: ReadonlyMap<string, string>;
  /** What is wrong with a request; empty when it keeps to the description. */
  request(operation: string, query: URLSearchParams, body: unknown): readonly string[];
  /** What is wrong with an answer. */
  response(operation: string, status: number, body: unknown): readonly string[];
}

/** Reads `openapi.yaml`, written after GitLab's API pages. */
export function loadContract(): Contract {
  const text = readFileSync(new URL('./openapi.yaml', import.meta.url), 'utf8');
  // The cast: the file is ours, and a test reads every operation of it.
  const description = load(text) as Description;
  const operations = operationsOf(description);
  const validate = createValidator(description);
  return {
    operations: new Map([...operations].map(([name, { externalDocs }]) => [name, externalDocs.url])),
    request: (name, query, body) => {
      const operation = operations.get(name);
      if (operation === undefined) return [`${name} is not in the description`];
      return [...queryFaults(operation, query, validate), ...bodyFaults(operation, body, validate)];
    },
    response: (name, status, body) => {
      const response = operations.get(name)?.responses[String(status)];
      if (response === undefined) return [`${name} never answers ${status}`];
      const schema = response.content?.['application/json'].schema;
      return schema === undefined ? [] : validate(schema, body, 'answer');
    },
  };
}

function operationsOf({ paths }: Description): ReadonlyMap<string, Operation> {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  );
  return new Map(entries);
}

type Validate = (schema: Schema, value: unknown, what: string) => readonly string[];

function createValidator({ components }: Description): Validate {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: 'description', components });
  const compiled = new Map<Schema, ValidateFunction>();
  return (schema, value, what) => {
    const check = compiled.get(schema) ?? ajv.compile(rebase(schema) as Schema);
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

/** GitLab ignores what it does not know, which hides a misspelt name; here it is a fault. */
function queryFaults(operation: Operation, query: URLSearchParams, validate: Validate): readonly string[] {
  const known = new Map(
    (operation.parameters ?? []).filter((given) => given.in === 'query').map((one) => [one.name, one]),
  );
  const missing = [...known.values()].filter(({ name, required }) => required === true && !query.has(name));
  const wrong = [...query].flatMap(([name, text]) => {
    const parameter = known.get(name);
    if (parameter === undefined) return [`unknown query parameter ${name}`];
    return validate(parameter.schema, typedValue(text, parameter.schema), `query ${name}`);
  });
  return [...missing.map(({ name }) => `query parameter ${name} is missing`), ...wrong];
}

function typedValue(text: string, schema: Schema): unknown {
  if (schema['type'] === 'integer') return Number(text);
  return schema['type'] === 'boolean' ? text === 'true' : text;
}

function bodyFaults(operation: Operation, body: unknown, validate: Validate): readonly string[] {
  const schema = operation.requestBody?.content['application/json'].schema;
  if (schema !== undefined) return validate(schema, body ?? {}, 'body');
  const keys = Object.keys((body ?? {}) as object);
  return keys.map((key) => `unknown body key ${key}`);
}
