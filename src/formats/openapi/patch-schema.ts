import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import { definitionOfKind, definitionsOf, type KindId, resolve, stepInto } from './definition.ts';

/** How strategic merge patches treat the value at one place of a kind, as its Go type's tags say. */
export interface PatchPlace {
  /** Lists are merged by it; null: replaced as a whole, or merged as sets of scalars. */
  readonly mergeKey: string | null;
  /** `merge`, `replace`, `retainKeys`. */
  readonly strategies: readonly string[];
  /** The place of a field, or of what a map holds. */
  field(name: string): PatchPlace;
  /** That of a list's items. */
  items(): PatchPlace;
}

/**
 * Opens what the document of a group version says of patches of a kind
 * (kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch, `x-kubernetes-patch-strategy`). null where the
 * server takes no strategic merge patches of it, as of custom resources.
 */
export function openPatchSchema(document: JsonObject, id: KindId): PatchPlace | null {
  const definitions = definitionsOf(document);
  const name = definitionOfKind(definitions, id);
  if (name === null || !takesStrategicPatches(document, id)) return null;
  return placeOf(definitions, { $ref: `#/components/schemas/${name}` });
}

function takesStrategicPatches(document: JsonObject, { kind }: KindId): boolean {
  const paths = pick(document, 'paths');
  return Object.values(isJsonObject(paths) ? paths : {}).some((path) => {
    const patch = pick(path, 'patch');
    const content = pick(patch, 'requestBody', 'content');
    const isOfKind = pickText(patch, 'x-kubernetes-group-version-kind', 'kind') === kind;
    return isOfKind && isJsonObject(content) && Object.hasOwn(content, 'application/strategic-merge-patch+json');
  });
}

function placeOf(definitions: JsonObject, schema: JsonObject | undefined): PatchPlace {
  if (schema === undefined) return unknownPlace;
  const strategy = pickText(schema, 'x-kubernetes-patch-strategy') ?? '';
  return {
    mergeKey: pickText(schema, 'x-kubernetes-patch-merge-key') ?? null,
    strategies: strategy === '' ? [] : strategy.split(','),
    field: (name) => placeOf(definitions, stepInto(definitions, schema, name)),
    items: () => placeOf(definitions, itemsOf(resolve(definitions, schema))),
  };
}

function itemsOf({ items }: JsonObject): JsonObject | undefined {
  const value: Json | undefined = items;
  return isJsonObject(value) && !isJsonList(value) ? value : undefined;
}

/** Beyond the schema nothing is merged but maps. */
const unknownPlace: PatchPlace = {
  mergeKey: null,
  strategies: [],
  field: () => unknownPlace,
  items: () => unknownPlace,
};
