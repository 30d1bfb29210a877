import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../../model/json.ts';
import { definitionsOf } from './definition.ts';

/**
 * What is ever read of an OpenAPI v3 document: its definitions without prose, and which kinds take which patches. A tenth of what a
 * server sends.
 */
export function essenceOf(document: JsonObject): JsonObject {
  const { openapi = null, paths } = document;
  const patches = Object.entries(isJsonObject(paths) ? paths : {}).flatMap(([path, item]) => {
    const patch = patchOf(item);
    return patch === null ? [] : [[path, { patch }] as const];
  });
  return {
    openapi,
    components: { schemas: withoutProse(definitionsOf(document)) },
    paths: Object.fromEntries(patches),
  };
}

function patchOf(path: Json): JsonObject | null {
  const content = pick(path, 'patch', 'requestBody', 'content');
  const kind = pick(path, 'patch', kindMark);
  if (!isJsonObject(content) || kind === undefined) return null;
  const types = Object.keys(content).map((type): [string, Json] => [type, {}]);
  return { requestBody: { content: Object.fromEntries(types) }, [kindMark]: kind };
}

const kindMark = 'x-kubernetes-group-version-kind';

/** Descriptions are nine tenths of a document. A property that is called `description` is an object, and stays. */
export function isProse(key: string, value: unknown): boolean {
  return key === 'description' && typeof value === 'string';
}

function withoutProse<T extends Json>(value: T): T;
function withoutProse(value: Json): Json {
  if (isJsonList(value)) return value.map((item) => withoutProse(item));
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key, below]) => !isProse(key, below));
  return Object.fromEntries(kept.map(([key, below]) => [key, withoutProse(below)]));
}
