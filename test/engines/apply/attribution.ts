import type { Change } from '../../../src/model/change.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { formatPath } from '../../../src/model/path.ts';

/** One write to the cluster before the review. */
export interface Write {
  readonly manager: string;
  /** Server-side apply (forced), a create, or a merge patch. */
  readonly how: 'apply' | 'create' | 'merge';
  readonly content: JsonObject;
  /** `scale`, `status`; '' for the object itself. */
  readonly subresource: string;
}

/** An object as it came to be, what Git says of it before and after the pull, and what the review must say. */
export interface AttributionCase {
  readonly title: string;
  /** Writes in order; none: it is not there. */
  readonly live: readonly Write[];
  readonly base: JsonObject | null;
  readonly head: JsonObject | null;
  /** As {@link tell} says it; nothing: no change at all. */
  readonly says: readonly string[];
}

/** Stand for the name of the case's object and its namespace. */
export const NAME = 'NAME';
export const SPACE = 'SPACE';

/** Applied by Fairlead before. */
export function ours(content: JsonObject): Write {
  return { manager: 'fairlead', how: 'apply', content, subresource: '' };
}

export function applied(manager: string, content: JsonObject): Write {
  return { manager, how: 'apply', content, subresource: '' };
}

export function created(manager: string, content: JsonObject): Write {
  return { manager, how: 'create', content, subresource: '' };
}

export function merged(manager: string, content: JsonObject, subresource = ''): Write {
  return { manager, how: 'merge', content, subresource };
}

/** As client-side kubectl leaves an object. */
export function kubectlApplied(content: JsonObject): Write {
  const metadata = content['metadata'] as JsonObject; // every case has one
  const annotations = metadata['annotations'] as JsonObject | undefined; // texts, as every case's
  const text = JSON.stringify(content);
  const marked = { ...annotations, 'kubectl.kubernetes.io/last-applied-configuration': text };
  return created('kubectl-client-side-apply', { ...content, metadata: { ...metadata, annotations: marked } });
}

/** The same before and after the pull, and applied: whatever the live writes add, the review says this. */
export function quiet(title: string, object: JsonObject, ...more: readonly Write[]): AttributionCase {
  return { title, live: [ours(object), ...more], base: object, head: object, says: [] };
}

/** The pull changes an object that is as base wants it. */
export function pulls(title: string, [base, head]: readonly [JsonObject, JsonObject], ...says: readonly string[]) {
  return { title, live: [ours(base)], base, head, says } satisfies AttributionCase;
}

/** What a review says of one object: one line for each path, or for the object. */
export function tell(change: Change): readonly string[] {
  const { part, action, paths, stays = [], adopts } = change;
  const head = `${part} ${action}`;
  const lines = paths.map(
    ({ path, before, after, cause }) => `${head} ${formatPath(path)}: ${json(before)} -> ${json(after)} (${cause})`,
  );
  const kept = stays.map(({ path, owners }) => `stays ${formatPath(path)}: ${owners.join(', ')}`);
  const taken = adopts === undefined ? [] : [`adopts ${adopts.fields} of ${adopts.owner ?? 'nobody'}`];
  return [...(lines.length === 0 ? [head] : lines), ...kept, ...taken];
}

function json(value: Json): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? Number(one) : one));
}

export function object(apiVersion: string, kind: string, content: JsonObject, meta: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name: NAME, namespace: SPACE, ...meta }, ...content };
}

/** An object without a namespace. */
export function global(apiVersion: string, kind: string, content: JsonObject, meta: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name: NAME, ...meta }, ...content };
}
