import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { own } from './equality.ts';

const serverMetadata: ReadonlySet<string> = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'selfLink',
  'deletionGracePeriodSeconds',
]);

const serverAnnotations: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'autoscaling.alpha.kubernetes.io/conditions',
  'autoscaling.alpha.kubernetes.io/current-metrics',
]);

const emptyWhenGone: ReadonlySet<string> = new Set(['annotations', 'labels', 'finalizers', 'ownerReferences']);

/**
 * An object without what the server writes for itself: bookkeeping in metadata, status, last-applied and revision
 * annotations, and what is known to come and go without a change (rules of aggregated ClusterRoles, empty rules, claims'
 * status inside StatefulSets: kubernetes.io/docs and argo-cd#11143). The original stays as it is.
 */
export function normalise(object: JsonObject): JsonObject {
  const { status: _, ...rest } = object;
  const metadata = own(object, 'metadata');
  const plain: JsonObject = isJsonObject(metadata) ? { ...rest, metadata: normaliseMetadata(metadata) } : rest;
  const kind = own(object, 'kind');
  const rule = typeof kind === 'string' && Object.hasOwn(kindRules, kind) ? kindRules[kind] : undefined;
  return rule === undefined ? plain : rule(plain);
}

function normaliseMetadata(metadata: JsonObject): JsonObject {
  const kept: [string, Json][] = [];
  for (const [key, value] of Object.entries(metadata)) {
    const cleaned = key === 'annotations' && isJsonObject(value) ? withoutServerAnnotations(value) : value;
    if (!serverMetadata.has(key) && !(emptyWhenGone.has(key) && isEmpty(cleaned))) kept.push([key, cleaned]);
  }
  return Object.fromEntries(kept);
}

function withoutServerAnnotations(annotations: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !serverAnnotations.has(key)));
}

function isEmpty(value: Json): boolean {
  return value === null || (isJsonList(value) ? value.length === 0 : isJsonObject(value) && isEmptyObject(value));
}

function isEmptyObject(value: JsonObject): boolean {
  return Object.keys(value).length === 0;
}

const kindRules: Readonly<Record<string, (object: JsonObject) => JsonObject>> = {
  Role: withoutEmptyRules,
  ClusterRole: (object) =>
    own(object, 'aggregationRule') === null ? withoutEmptyRules(object) : without(object, 'rules'),
  StatefulSet: withPlainClaims,
};

function withoutEmptyRules(object: JsonObject): JsonObject {
  return isEmpty(own(object, 'rules')) ? without(object, 'rules') : object;
}

function withPlainClaims(object: JsonObject): JsonObject {
  const spec = own(object, 'spec');
  const claims = isJsonObject(spec) ? own(spec, 'volumeClaimTemplates') : null;
  if (!isJsonObject(spec) || !isJsonList(claims)) return object;
  const volumeClaimTemplates = claims.map((claim) => (isJsonObject(claim) ? without(claim, 'status') : claim));
  return { ...object, spec: { ...spec, volumeClaimTemplates } };
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
