import { definitionOfKind, definitionsOf, stepInto } from '../../formats/openapi/definition.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonObject, type JsonObject, pickText } from '../../model/json.ts';
import { apiVersionOf, type Resource, type ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { assess } from './assess.ts';
import { groupOf } from './fields.ts';
import { type Assessment, type HealthContext, healthy, unknown } from './rule.ts';
import { newestPods, runsPods } from './workload-pods.ts';

/** An object to look at; what Git says of it may be known too. */
export type Wanted = Pick<Resource, 'id'> & Partial<Pick<Resource, 'object'>>;

/** What was read of one object. */
export interface Seen {
  readonly id: ResourceId;
  /** Null when it does not exist or could not be read. */
  readonly object: JsonObject | null;
  readonly assessment: Assessment;
  /** Pods of its newest revision; null when they were not needed or could not be read. */
  readonly pods: readonly JsonObject[] | null;
  /** Why pods that were needed could not be read. */
  readonly podsMissing: string | null;
  /** Why the object could not be read. */
  readonly fault: FairleadError | null;
}

export interface ReadOptions {
  readonly cluster: Cluster;
  readonly startedAt: Date | null;
  readonly now: () => Date;
}

/** Reads one object, what its rule needs besides, and assesses it. What cannot be read is unknown; never throws for that. */
export async function readObject(options: ReadOptions, wanted: Wanted, signal: AbortSignal): Promise<Seen> {
  const nothing = { id: wanted.id, object: null, pods: null, podsMissing: null, fault: null };
  try {
    const object = await options.cluster.get(wanted.id, signal);
    if (object === null) return { ...nothing, assessment: whenAbsent(wanted) };
    return await judge(options, { id: wanted.id, object }, signal);
  } catch (cause) {
    signal.throwIfAborted();
    if (!(cause instanceof FairleadError)) throw cause;
    return { ...nothing, assessment: unknown('NotReadable', cause.message), fault: cause };
  }
}

/** A job with a time to live is deleted after it has ended, well or not: being gone says nothing bad. */
function whenAbsent({ id, object }: Wanted): Assessment {
  const isCleared = id.group === 'batch' && id.kind === 'Job' && hasTimeToLive(object);
  if (isCleared) return healthy('It is gone, as a job with ttlSecondsAfterFinished may be.');
  return { state: 'missing', reason: 'Missing', message: 'It is not in the cluster.' };
}

function hasTimeToLive(object: JsonObject | undefined): boolean {
  const spec = object?.['spec'];
  return isJsonObject(spec) && spec['ttlSecondsAfterFinished'] !== undefined;
}

async function judge(
  options: ReadOptions,
  { id, object }: { readonly id: ResourceId; readonly object: JsonObject },
  signal: AbortSignal,
): Promise<Seen> {
  const context: HealthContext = { now: options.now(), startedAt: options.startedAt };
  const first = assess(object, context);
  const seen = { id, object, pods: null, podsMissing: null, fault: null };
  if (!mayChange(first)) return { ...seen, assessment: first };
  if (runsPods(object)) return withPods(options.cluster, { ...seen, object, assessment: first }, context, signal);
  const more = await furtherFacts(options.cluster, object, signal);
  return { ...seen, assessment: more === null ? first : assess(object, { ...context, ...more }) };
}

/** Facts beyond the object are read only where they may alter the answer or explain it. */
function mayChange({ state }: Assessment): boolean {
  return state !== 'suspended' && state !== 'unknown';
}

async function withPods(
  cluster: Cluster,
  seen: Seen & { readonly object: JsonObject },
  context: HealthContext,
  signal: AbortSignal,
): Promise<Seen> {
  if (seen.assessment.state === 'healthy') return seen;
  try {
    const pods = await newestPods(cluster, seen.object, signal);
    return { ...seen, pods, assessment: assess(seen.object, { ...context, pods }) };
  } catch (cause) {
    signal.throwIfAborted();
    if (!(cause instanceof FairleadError)) throw cause;
    return { ...seen, podsMissing: cause.message };
  }
}

/** The class of a claim, or whether the schema of a custom kind has conditions; null when nothing is to be known. */
async function furtherFacts(
  cluster: Cluster,
  object: JsonObject,
  signal: AbortSignal,
): Promise<Partial<HealthContext> | null> {
  const group = groupOf(object);
  if (group === '' && object['kind'] === 'PersistentVolumeClaim') return storageClassOf(cluster, object, signal);
  if (!group.includes('.') || group.endsWith('.k8s.io')) return null;
  const status = object['status'];
  if (isJsonObject(status) && status['conditions'] !== undefined) return null;
  return { hasConditions: await declaresConditions(cluster, object, signal) };
}

async function storageClassOf(cluster: Cluster, claim: JsonObject, signal: AbortSignal) {
  const name = pickText(claim, 'spec', 'storageClassName');
  if (name === undefined || name === '' || pickText(claim, 'status', 'phase') === 'Bound') return null;
  const id = { group: 'storage.k8s.io', version: 'v1', kind: 'StorageClass', namespace: null, name };
  const storageClass = await cluster.get(id, signal).catch(() => null); // without the right to read it, it stays pending
  return storageClass === null ? null : { storageClass };
}

async function declaresConditions(cluster: Cluster, object: JsonObject, signal: AbortSignal): Promise<boolean> {
  const [group = '', version = ''] = (pickText(object, 'apiVersion') ?? '').split('/');
  const id = { group, version, kind: pickText(object, 'kind') ?? '' };
  const openapi = await cluster.openapi(signal);
  const document = await openapi.document(apiVersionOf(id), signal);
  const definitions = document === null ? {} : definitionsOf(document);
  const schema = definitions[definitionOfKind(definitions, id) ?? ''];
  if (!isJsonObject(schema)) return false;
  const status = stepInto(definitions, schema, 'status');
  return status !== undefined && stepInto(definitions, status, 'conditions') !== undefined;
}
