import type { Evidence, HealthState, ObjectHealth, TargetHealth } from '../../model/health.ts';
import type { Json } from '../../model/json.ts';
import { type ResourceId, resourceKey } from '../../model/resource.ts';
import type { EngineWork } from '../engine.ts';
import { type ArgoApplication, applicationType } from './application.ts';
import { type Followed, followedApplications } from './followed-applications.ts';
import { readJournal } from './journal.ts';
import type { ArgoCdOptions } from './options.ts';

/** Argo CD's words for health, in ours. */
const states: Readonly<Record<string, HealthState>> = {
  Healthy: 'healthy',
  Progressing: 'progressing',
  Degraded: 'failed',
  Suspended: 'suspended',
  Missing: 'missing',
};

/**
 * How the target fares: its objects as we read them, so that pods and reasons have names, and each Application's own word, which
 * also holds for kinds that only Argo CD has a rule for. `unknown` when no Application fits; a step says what was looked for.
 */
export async function readStatus(
  options: ArgoCdOptions,
  work: EngineWork,
  { journal, signal }: { readonly journal: Json; readonly signal: AbortSignal },
): Promise<TargetHealth> {
  const { followed, missing } = await followedApplications(
    options,
    work,
    readJournal(work.deployment, journal),
    signal,
  );
  if (missing !== null) return { state: 'unknown', objects: [], evidence: [], pods: null };
  const ids = followed.flatMap(({ app }) => (app === null ? [] : objectsOf(app)));
  const health = await options.health(ids, work.failedBefore ?? [], signal);
  const held = health.objects.filter(({ state }) => state === 'progressing');
  const underWay = new Set(held.map(({ resource }) => resourceKey(resource)));
  const words = followed.flatMap((one) => wordsOf(options, one, underWay));
  return combine(health, words);
}

/** What Git wants of an Application: hooks come and go, and what is to be pruned is wanted no more. */
function objectsOf({ resources }: ArgoApplication): readonly ResourceId[] {
  return resources.filter(({ isHook, requiresPruning }) => !isHook && !requiresPruning).map(({ id }) => id);
}

/**
 * The word on the Application, and before it those on single objects that fail, which Argo CD keeps there if set up so. It also
 * calls degraded what only takes long (a progress deadline, missing metrics, one failed pull): of what we see under way, by resource
 * key, that is no failure.
 */
function wordsOf(
  { namespace, redactor }: ArgoCdOptions,
  { app, notes }: Followed,
  underWay: ReadonlySet<string>,
): readonly ObjectHealth[] {
  const resource = { ...applicationType, namespace, name: notes.name };
  if (app === null) return [{ resource, state: 'missing', reason: 'Missing', message: 'The Application is gone.' }];
  const { status, message } = app.health;
  if (isStale(app))
    return [{ resource, state: 'progressing', reason: 'Stale', message: 'Argo CD compares once more.' }];
  const failing = app.resources.filter(
    ({ id, health }) => states[health.status] === 'failed' && !underWay.has(resourceKey(id)),
  );
  const isSlow = status === 'Degraded' && failing.length === 0 && underWay.size > 0;
  const state = isSlow ? 'progressing' : (states[status] ?? 'unknown');
  if (state === 'healthy') return [{ resource, state, reason: null, message: null }];
  const said = message ?? `Argo CD calls Application ${app.name} ${status}.`;
  return [
    ...failing.map(
      ({ id, health }): ObjectHealth => ({
        resource: id,
        state: 'failed',
        reason: health.status,
        message: health.message === null ? null : redactor.text(health.message),
      }),
    ),
    { resource, state, reason: status, message: redactor.text(said) },
  ];
}

/** Its health may still be that of before the last sync. Both times are the controller's own. */
function isStale({ operation, reconciledAt }: ArgoApplication): boolean {
  const finishedAt = operation?.finishedAt ?? null;
  return finishedAt !== null && (reconciledAt === null || Date.parse(reconciledAt) < Date.parse(finishedAt));
}

function combine(health: TargetHealth, words: readonly ObjectHealth[]): TargetHealth {
  const failed = words.filter(({ state }) => state === 'failed');
  const known = new Set(health.objects.map(({ resource }) => resourceKey(resource)));
  const added = words.filter(({ resource }) => !known.has(resourceKey(resource)));
  // Named objects with their pods say more than "Degraded" does.
  const evidence = health.state === 'failed' ? health.evidence : failed.map(evidenceOf);
  return { ...health, state: worst(health, words), objects: [...health.objects, ...added], evidence };
}

function evidenceOf({ resource, reason, message }: ObjectHealth): Evidence {
  return {
    resource,
    pod: null,
    container: null,
    reason: reason ?? 'Degraded',
    message,
    exitCode: null,
    restarts: null,
    logs: null,
    logsMissing: 'Argo CD does not say which object it means.',
  };
}

function worst(health: TargetHealth, words: readonly ObjectHealth[]): TargetHealth['state'] {
  const found = new Set(words.map(({ state }) => state));
  if (health.state === 'failed' || found.has('failed')) return 'failed';
  if (health.state === 'progressing' || found.has('progressing') || found.has('missing')) return 'progressing';
  return health.state === 'unknown' || found.has('unknown') ? 'unknown' : 'healthy';
}
