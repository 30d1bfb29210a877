import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Model, type ModelField, readClientLibrary, type ServedKind } from './client-models.ts';
import { microTimeName, quantityName } from './definition.ts';
import { enums } from './enums.ts';
import { classIn, nameModels, typeOf } from './model-names.ts';
import { atomicMaps, granularMaps, keyDefaults, keyedLists, quantities, setLists } from './overlay.ts';

/** A built-in kind of the bundle. */
export interface BundledKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Name of its schema, such as `io.k8s.api.apps.v1.Deployment`. */
  readonly schema: string;
}

/** Schemas of the built-in kinds, for when no cluster can be asked. Plain JSON. */
export interface BundleData {
  /** Version of the client library it was derived from. */
  readonly version: string;
  readonly kinds: readonly BundledKind[];
  readonly schemas: JsonObject;
}

/** The bundle, served as the API server serves its own: one OpenAPI v3 document per group version. */
export interface OpenApiBundle {
  readonly kinds: readonly BundledKind[];
  /** The document of `apps/v1`, `v1`, ..., or null when the bundle has no kind of it. */
  document(groupVersion: string): Promise<JsonObject | null>;
}

/**
 * Derives the schemas of the built-in kinds from the classes of @kubernetes/client-node; what those lack (enums, list
 * keys, quantities) comes from the overlay. About half a second. Throws `FairleadError` code `schema-bundle-failed`.
 */
export async function deriveBundle(): Promise<BundleData> {
  const { version, models, kinds } = await readClientLibrary();
  const names = nameModels(models, kinds);
  const schemas: Record<string, JsonObject> = { ...leafSchemas };
  for (const model of models) schemas[names.get(model.className) ?? model.className] = modelSchema(model, names);
  const bundled = kinds.map((kind) => bundledKind(kind, names));
  for (const kind of bundled) {
    const { group, version: v, kind: name } = kind;
    const mark = { 'x-kubernetes-group-version-kind': [{ group, version: v, kind: name }] };
    schemas[kind.schema] = { ...schemas[kind.schema], ...mark };
  }
  return { version, kinds: bundled, schemas };
}

/** Serves bundle data as documents, each with the schemas its kinds lead to. */
export function serveBundle(data: BundleData): OpenApiBundle {
  const documents = new Map<string, JsonObject>();
  return {
    kinds: data.kinds,
    document: async (groupVersion) => {
      const known = documents.get(groupVersion);
      if (known !== undefined) return known;
      const roots = data.kinds.filter(
        ({ group, version }) => [group, version].filter(Boolean).join('/') === groupVersion,
      );
      if (roots.length === 0) return null;
      const document = { openapi: '3.0.0', components: { schemas: closure(data.schemas, roots) } };
      documents.set(groupVersion, document);
      return document;
    },
  };
}

const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const leafSchemas: Readonly<Record<string, JsonObject>> = {
  [intOrString]: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  [quantityName]: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  [microTimeName]: { type: 'string', format: 'date-time' },
};

const scalarTypes: Readonly<Record<string, JsonObject>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  number: { type: 'number' },
  Date: { type: 'string', format: 'date-time' },
  any: {},
  object: {},
};

function bundledKind(kind: ServedKind, names: ReadonlyMap<string, string>): BundledKind {
  const { group, version, namespaced, className } = kind;
  return { group, version, kind: typeOf(className), namespaced, schema: names.get(className) ?? className };
}

function modelSchema(model: Model, names: ReadonlyMap<string, string>): JsonObject {
  const type = typeOf(model.className);
  const properties = Object.fromEntries(
    model.fields.map((field) => [field.name, fieldSchema(`${type}.${field.name}`, field, names)]),
  );
  const required = model.fields.filter((field) => field.required).map((field) => field.name);
  const atomic = marks.atomic.has(type) ? { 'x-kubernetes-map-type': 'atomic' } : {};
  return { type: 'object', properties, ...(required.length > 0 && { required }), ...atomic };
}

function fieldSchema(word: string, field: ModelField, names: ReadonlyMap<string, string>): JsonObject {
  const schema = typeSchema(field, (type, format) => {
    if (type === 'string' && marks.quantities.has(word)) return reference(quantityName);
    return leafSchema(type, format, names);
  });
  return { ...withEnum(schema, marks.enums.get(word)), ...marksOf(word) };
}

type Leaf = (type: string, format: string) => JsonObject;

function typeSchema({ type, format }: Pick<ModelField, 'type' | 'format'>, leaf: Leaf): JsonObject {
  const item = /^(?:Array|Set)<(.*)>$/.exec(type)?.[1];
  if (item !== undefined) return { type: 'array', items: typeSchema({ type: item, format }, leaf) };
  const value = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (value !== undefined) return { type: 'object', additionalProperties: typeSchema({ type: value, format }, leaf) };
  return leaf(type, format);
}

function leafSchema(type: string, format: string, names: ReadonlyMap<string, string>): JsonObject {
  if (type === 'IntOrString') return reference(intOrString);
  if (type === 'V1MicroTime') return reference(microTimeName);
  const scalar = scalarTypes[type];
  if (scalar === undefined) return reference(names.get(classIn(type) ?? '') ?? type);
  if (format === 'int32' || format === 'int64') return { type: 'integer', format };
  return format === 'byte' ? { type: 'string', format } : scalar;
}

function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

function withEnum(schema: JsonObject, values: readonly string[] | undefined): JsonObject {
  if (values === undefined) return schema;
  const { items } = schema;
  return isJsonObject(items) ? { ...schema, items: { ...items, enum: values } } : { ...schema, enum: values };
}

function marksOf(word: string): JsonObject {
  const keys = marks.keys.get(word);
  return {
    ...(keys !== undefined && { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys }),
    ...(marks.sets.has(word) && { 'x-kubernetes-list-type': 'set' }),
    ...(marks.atomic.has(word) && { 'x-kubernetes-map-type': 'atomic' }),
    ...(marks.granular.has(word) && { 'x-kubernetes-map-type': 'granular' }),
    ...(keyDefaults[word] !== undefined && { default: keyDefaults[word] }),
  };
}

const words = (text: string) => text.trim().split(/\s+/);

function inverted(table: Readonly<Record<string, string>>, separator: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(table).flatMap(([values, text]) =>
      words(text).map((word) => [word, values.split(separator)] as const),
    ),
  );
}

const marks = {
  keys: inverted(keyedLists, ','),
  enums: inverted(enums, '|'),
  sets: new Set(words(setLists)),
  atomic: new Set(words(atomicMaps)),
  granular: new Set(words(granularMaps)),
  quantities: new Set(words(quantities)),
};

/** The definitions that the given kinds lead to. */
function closure(schemas: JsonObject, roots: readonly BundledKind[]): JsonObject {
  const found: Record<string, Json> = {};
  const waiting = roots.map(({ schema }) => schema);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const schema = schemas[name];
    if (Object.hasOwn(found, name) || schema === undefined) continue;
    found[name] = schema;
    waiting.push(...referencesIn(schema));
  }
  return found;
}

function referencesIn(value: Json | undefined): readonly string[] {
  if (isJsonList(value)) return value.flatMap(referencesIn);
  if (!isJsonObject(value)) return [];
  const own = typeof value.$ref === 'string' ? [value.$ref.slice('#/components/schemas/'.length)] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}
