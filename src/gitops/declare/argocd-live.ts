import { canonicalJson } from '../../formats/json.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pickObject } from '../../model/json.ts';

/** What of an Application decides what it renders. */
const deciding = ['project', 'source', 'sources', 'sourceHydrator', 'destination'] as const;

/** Narrows what Argo CD hands to a plugin. */
const paths = 'argocd.argoproj.io/manifest-generate-paths';

/**
 * The first field in which the live Application would render something else than the declared one, such as `spec.source`; null where it
 * would not. Revisions of `own` sources do not count, as they are given with the question; neither does what is empty.
 */
export function unlike(declared: DeclaredApplication, live: JsonObject, own: ReadonlySet<number>): string | null {
  const [ours, theirs] = [pickObject(declared.object, 'spec'), pickObject(live, 'spec')];
  const textOf = (spec: JsonObject, key: (typeof deciding)[number]): string =>
    canonicalJson(compact(withoutRevisions(key, spec[key] ?? null, own)));
  const found = deciding.find((key) => textOf(ours, key) !== textOf(theirs, key));
  if (found !== undefined) return `spec.${found}`;
  return pathsOf(declared.object) === pathsOf(live) ? null : `metadata.annotations["${paths}"]`;
}

function withoutRevisions(key: (typeof deciding)[number], value: Json, own: ReadonlySet<number>): Json {
  if (key === 'source') return own.has(0) ? withoutRevision(value) : value;
  if (key === 'sources' && isJsonList(value)) {
    return value.map((one, index) => (own.has(index) ? withoutRevision(one) : one));
  }
  if (key !== 'sourceHydrator' || !isJsonObject(value)) return value;
  return { ...value, drySource: withoutRevision(value['drySource'] ?? null) };
}

function withoutRevision(source: Json): Json {
  if (!isJsonObject(source)) return source;
  const { targetRevision: _, ...rest } = source;
  return rest;
}

/** Without what Go leaves out of its JSON: a field that is empty is none. */
function compact(value: Json): Json {
  if (isJsonList(value)) return value.map(compact);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).map(([key, item]) => [key, compact(item)] as const);
  return Object.fromEntries(kept.filter(([, item]) => !isEmpty(item)));
}

function isEmpty(value: Json): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === null || value === '' || value === false || value === 0;
}

function pathsOf(object: JsonObject): Json {
  return pickObject(pickObject(object, 'metadata'), 'annotations')[paths] ?? '';
}
