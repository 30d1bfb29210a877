import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { mergePatch } from './merge-patch.ts';

/**
 * Options with those of an override file laid over them as Argo CD 3.5 does (reposerver/repository `mergeSourceParameters`): a JSON
 * merge patch, the outcome of which Go decodes into the options that are there, key by key in their order. So the case of a field's
 * name does not matter, null takes nothing back, an entry of a list keeps what the one that stood in its place says and it does not,
 * and fields that there are not are no fault.
 */
export function overlayOptions(options: JsonObject, over: JsonObject): JsonObject {
  return layFields(options, mergePatch(options, over), sourceShape);
}

/** What a field holds, as far as laying over it depends on that. */
type Shape =
  | { readonly kind: 'value' }
  /** Keys are people's own; those before stay. */
  | { readonly kind: 'map' }
  | { readonly kind: 'list'; readonly item: Shape }
  | FieldsShape;

interface FieldsShape {
  readonly kind: 'fields';
  readonly fields: Readonly<Record<string, Shape>>;
  /** Names as written by their lower case. */
  readonly names: ReadonlyMap<string, string>;
}

function layFields(before: JsonObject, over: JsonObject, { fields, names }: FieldsShape): JsonObject {
  const laid = new Map(Object.entries(before));
  for (const written of Object.keys(over).sort()) {
    const value = over[written] ?? null;
    const name = Object.hasOwn(fields, written) ? written : names.get(written.toLowerCase());
    const shape = name === undefined ? undefined : fields[name];
    if (name !== undefined && shape !== undefined && value !== null) laid.set(name, lay(laid.get(name), value, shape));
  }
  return Object.fromEntries(laid);
}

/** A value of another type stays as it is: reading it tells. */
function lay(before: Json | undefined, over: Json, shape: Shape): Json {
  switch (shape.kind) {
    case 'value':
      return over;
    case 'map':
      return isJsonObject(over) ? layMap(objectOr(before), over) : over;
    case 'list':
      return isJsonList(over) ? layList(isJsonList(before) ? before : [], over, shape.item) : over;
    case 'fields':
      return isJsonObject(over) ? layFields(objectOr(before), over, shape) : over;
    default:
      return shape satisfies never;
  }
}

function layMap(before: JsonObject, over: JsonObject): JsonObject {
  return { ...before, ...Object.fromEntries(Object.entries(over).filter(([, value]) => value !== null)) };
}

function layList(before: readonly Json[], over: readonly Json[], item: Shape): readonly Json[] {
  return over.map((one, index) => (one === null ? (before[index] ?? null) : lay(before[index], one, item)));
}

function objectOr(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

const value = { kind: 'value' } as const;
const map = { kind: 'map' } as const;

function fieldsOf(plain: readonly string[], others: Readonly<Record<string, Shape>> = {}): FieldsShape {
  const fields = { ...Object.fromEntries(plain.map((name) => [name, value])), ...others };
  return { kind: 'fields', fields, names: new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name])) };
}

function listOf(...args: Parameters<typeof fieldsOf>): Shape {
  return { kind: 'list', item: fieldsOf(...args) };
}

const helmShape = fieldsOf(
  [
    ...['valueFiles', 'releaseName', 'values', 'version', 'passCredentials', 'ignoreMissingValueFiles', 'skipCrds'],
    ...['namespace', 'kubeVersion', 'apiVersions', 'skipTests', 'skipSchemaValidation', 'valuesObject'],
  ],
  {
    parameters: listOf(['name', 'value', 'forceString']),
    fileParameters: listOf(['name', 'path']),
  },
);

const selectorShape = fieldsOf([
  ...['group', 'version', 'kind', 'name', 'namespace', 'annotationSelector', 'labelSelector'],
]);

const kustomizeShape = fieldsOf(
  [
    ...['namePrefix', 'nameSuffix', 'images', 'version', 'forceCommonLabels', 'forceCommonAnnotations', 'namespace'],
    ...['commonAnnotationsEnvsubst', 'components', 'ignoreMissingComponents', 'labelWithoutSelector'],
    ...['labelIncludeTemplates', 'kubeVersion', 'apiVersions'],
  ],
  {
    commonLabels: map,
    commonAnnotations: map,
    replicas: listOf(['name', 'count']),
    patches: listOf(['path', 'patch'], { target: selectorShape, options: map }),
  },
);

const variables = listOf(['name', 'value', 'code']);

/** `ApplicationSource` of argoproj.io/v1alpha1, without where its files are: overrides do not change that. */
const sourceShape = fieldsOf(['ref', 'name'], {
  helm: helmShape,
  kustomize: kustomizeShape,
  directory: fieldsOf(['recurse', 'include', 'exclude'], {
    jsonnet: fieldsOf(['libs'], { extVars: variables, tlas: variables }),
  }),
  plugin: fieldsOf(['name'], {
    env: listOf(['name', 'value']),
    parameters: listOf(['name', 'string', 'array'], { map }),
  }),
});
