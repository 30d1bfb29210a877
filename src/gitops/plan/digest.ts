import { createHmac } from 'node:crypto';
import { isSops, sopsView } from '../../formats/flux/sops.ts';
import { canonicalJson } from '../../formats/json.ts';
import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import { apiVersionOf, leftOut, type Resource, type ResourceId, resourceKey } from '../../model/resource.ts';
import { mapInTurns } from '../../tools/each.ts';

/** Raised whenever a renderer, policy or this format changes what a digest means. */
const digestVersion = 1;

/** What a digest binds. */
export interface DigestInput {
  readonly key: Uint8Array;
  readonly clusterUid: string | null;
  /** Name of the engine and its field manager. */
  readonly engine: string;
  readonly manager: string;
  readonly head: readonly Resource[];
  readonly deletes: readonly ResourceId[];
}

/**
 * Keyed digest (HMAC-SHA256, hex) of what a target would get: cluster, engine, field manager, each object's desired state and the
 * delete list. No commit ids, nothing random, no order: equal plans have equal digests at the merge commit.
 */
export function digestOf(input: DigestInput): string {
  const objects = input.head.map((resource) => [resourceKey(resource.id), settled(resource)] as const);
  const text = canonicalJson({
    version: digestVersion,
    cluster: input.clusterUid,
    engine: input.engine,
    manager: input.manager,
    objects: Object.fromEntries(objects),
    deletes: input.deletes.map((id) => `${apiVersionOf(id)} ${resourceKey(id)}`).sort(),
  });
  return createHmac('sha256', input.key).update(text).digest('hex');
}

/** Resource key -> keyed digest of each object's desired state, nothing random in it. */
export async function objectDigests(
  key: Uint8Array,
  resources: readonly Resource[],
): Promise<ReadonlyMap<string, string>> {
  return new Map(
    await mapInTurns(resources, (resource) => {
      const text = canonicalJson({ version: digestVersion, object: settled(resource) });
      return [resourceKey(resource.id), createHmac('sha256', key).update(text).digest('hex')] as const;
    }),
  );
}

function settled(resource: Resource): Json {
  const { object } = resource;
  return withoutPointers(isSops(object) ? sopsView(object) : object, new Set(leftOut(resource)), []);
}

function withoutPointers(value: Json, pointers: ReadonlySet<string>, path: readonly (string | number)[]): Json {
  if (pointers.size === 0) return value;
  if (isJsonList(value)) return value.map((item, index) => withoutPointers(item, pointers, [...path, index]));
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !pointers.has(formatPointer([...path, key])));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutPointers(item, pointers, [...path, key])]));
}
