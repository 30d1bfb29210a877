import type { Evidence } from '../../model/health.ts';
import { type JsonObject, pickText } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { groupOf } from './fields.ts';
import { type LogOptions, type LogTail, logTail } from './log-tail.ts';
import type { Seen } from './read-object.ts';
import { workloadTroubles } from './rules/new-pods.ts';
import { clean } from './text.ts';
import { containerFacts, containerStatuses, nameOf, type Trouble, troublesOf } from './trouble.ts';

/** One failing object may fail in many pods the same way; what differs is shown, and not more than this. */
const mostPerObject = 3;

export interface EvidenceOptions extends LogOptions {
  readonly cluster: Cluster;
  readonly now: () => Date;
}

/** What was seen of a failing object: one entry for each container and reason, with the end of its log. */
export async function evidenceOf(
  options: EvidenceOptions,
  seen: Seen,
  signal: AbortSignal,
): Promise<readonly Evidence[]> {
  const found = distinct(troublesIn(seen, options.now())).slice(0, mostPerObject);
  if (found.length === 0) return [withoutPod(options, seen)];
  return Promise.all(
    found.map(async (trouble): Promise<Evidence> => {
      const { pod, container, exitCode, restarts, reason } = trouble;
      const tail = await tailOf(options, seen.id, trouble, signal);
      const message = trouble.message === null ? null : clean(trouble.message, options.redact);
      return { resource: seen.id, pod, container, reason, message, exitCode, restarts, ...tail };
    }),
  );
}

function troublesIn({ object, pods }: Seen, now: Date): readonly Trouble[] {
  if (object === null) return [];
  if (isPod(object)) return orEnded(object, troublesOf(object, now));
  const troubles = workloadTroubles(pods ?? [], now);
  return troubles.length > 0 ? troubles : (pods ?? []).flatMap(endedOrNotReady);
}

/** A pod that ended badly has no container in trouble any more, only one with an exit code. */
function orEnded(pod: JsonObject, troubles: readonly Trouble[]): readonly Trouble[] {
  return troubles.length > 0 ? troubles : endedOrNotReady(pod);
}

/** The containers that ended badly, else those that are not ready: they run, and their log may say why. */
function endedOrNotReady(pod: JsonObject): readonly Trouble[] {
  const phase = pickText(pod, 'status', 'phase');
  if (phase === 'Succeeded') return [];
  const facts = containerStatuses(pod).map((status) => ({ status, ...containerFacts(pod, status) }));
  const bad = facts.filter(({ exitCode, status }) => exitCode !== null && exitCode !== 0 && status['ready'] !== true);
  if (bad.length > 0) return bad.map(({ status, ...each }) => ({ ...each, reason: endReason(status) }));
  return facts
    .filter(({ status }) => status['ready'] === false)
    .map(({ status, ...each }) => ({ ...each, reason: pickText(status, 'state', 'waiting', 'reason') ?? 'NotReady' }));
}

function endReason(status: JsonObject): string {
  return (
    pickText(status, 'state', 'terminated', 'reason') ??
    pickText(status, 'lastState', 'terminated', 'reason') ??
    'Error'
  );
}

/** Pods of one workload fail alike: the first of each container and reason speaks for all. */
function distinct(troubles: readonly Trouble[]): readonly Trouble[] {
  const byKind = new Map<string, Trouble>();
  for (const trouble of troubles) {
    const key = `${trouble.container ?? ''}/${trouble.reason}`;
    if (!byKind.has(key)) byKind.set(key, trouble);
  }
  return [...byKind.values()];
}

async function tailOf(
  options: EvidenceOptions,
  owner: ResourceId,
  { pod, container, hasRun }: Trouble,
  signal: AbortSignal,
): Promise<LogTail> {
  if (container === null) return { logs: null, logsMissing: 'the pod runs on no node' };
  if (!hasRun) return { logs: null, logsMissing: 'the container never started' };
  const id = { group: '', version: 'v1', kind: 'Pod', namespace: owner.namespace, name: pod };
  return logTail(options, { id, container }, signal);
}

function withoutPod(options: EvidenceOptions, seen: Seen): Evidence {
  const { id, assessment, object } = seen;
  return {
    resource: id,
    pod: object !== null && isPod(object) ? nameOf(object) : null,
    container: null,
    reason: assessment.reason ?? 'Failed',
    message: assessment.message === null ? null : clean(assessment.message, options.redact),
    exitCode: null,
    restarts: null,
    logs: null,
    logsMissing: clean(whyNoContainer(seen), options.redact),
  };
}

function whyNoContainer({ object, pods, podsMissing }: Seen): string {
  if (podsMissing !== null) return `its pods could not be read: ${podsMissing}`;
  if (object !== null && isPod(object)) return 'none of its containers failed';
  return pods === null ? 'it runs no containers of its own' : 'none of its newest pods failed';
}

function isPod(object: JsonObject): boolean {
  return groupOf(object) === '' && object['kind'] === 'Pod';
}
