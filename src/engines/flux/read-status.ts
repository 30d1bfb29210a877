import type { Evidence, ObjectHealth, TargetHealth } from '../../model/health.ts';
import type { Json } from '../../model/json.ts';
import { resourceKey } from '../../model/resource.ts';
import type { EngineWork } from '../engine.ts';
import { objectsOf } from './count-objects.ts';
import { type Followed, readFollowed } from './followed.ts';
import { helmReleaseType } from './helm-release.ts';
import { readJournal } from './journal.ts';
import { kustomizationType } from './kustomization.ts';
import type { FluxEngineOptions } from './options.ts';
import { readWord, type Word } from './read-word.ts';
import { standingOf } from './revision.ts';

/**
 * How the target fares: its objects as we read them, so that pods and reasons have names, and the word of each Kustomization and
 * HelmRelease, which also holds for kinds that only Flux was told how to judge. `unknown` when none fits; a step says what was
 * looked for.
 */
export async function readStatus(
  options: FluxEngineOptions,
  work: EngineWork,
  { journal, signal }: { readonly journal: Json; readonly signal: AbortSignal },
): Promise<TargetHealth> {
  const remembered = readJournal(work.deployment, journal);
  const { followed, missing } = await readFollowed(options, work, remembered, signal);
  if (missing !== null) return { state: 'unknown', objects: [], evidence: [], pods: null };
  const desired = work.desired.map(({ id }) => id);
  const ids = followed.flatMap(({ reconciler }) =>
    reconciler === null ? [] : objectsOf(reconciler, desired, work.root),
  );
  const health = await options.health(ids, work.failedBefore ?? [], signal);
  const words = await Promise.all(followed.map((one) => wordOf(options, work, one, { health, signal })));
  return combine(health, words);
}

async function wordOf(
  { isAncestor, redactor }: FluxEngineOptions,
  work: EngineWork,
  { reconciler, chart, notes }: Followed,
  { health, signal }: { readonly health: TargetHealth; readonly signal: AbortSignal },
): Promise<ObjectHealth> {
  const type = notes.kind === 'kustomization' ? kustomizationType : helmReleaseType;
  const resource = { ...type, ...notes.ref };
  if (reconciler === null) return { resource, state: 'missing', reason: 'Missing', message: 'It is gone.' };
  const revision = reconciler.kind === 'kustomization' ? reconciler.attempted : (chart?.sourceRevision ?? '');
  const standing = await standingOf(isAncestor, work, revision, signal);
  const word: Word = readWord(reconciler, { standing, chart, seen: health.state });
  return { resource, ...word, message: word.message === null ? null : redactor.text(word.message) };
}

function combine(health: TargetHealth, words: readonly ObjectHealth[]): TargetHealth {
  const failed = words.filter(({ state }) => state === 'failed');
  const known = new Set(health.objects.map(({ resource }) => resourceKey(resource)));
  const added = words.filter(({ resource }) => !known.has(resourceKey(resource)));
  // Named objects with their pods say more than Flux's summary does.
  const evidence = health.state === 'failed' ? health.evidence : failed.map(evidenceOf);
  return { ...health, state: worst(health, words), objects: [...health.objects, ...added], evidence };
}

function evidenceOf({ resource, reason, message }: ObjectHealth): Evidence {
  return {
    resource,
    pod: null,
    container: null,
    reason: reason ?? 'Failed',
    message,
    exitCode: null,
    restarts: null,
    logs: null,
    logsMissing: 'Flux does not say which container it means.',
  };
}

function worst(health: TargetHealth, words: readonly ObjectHealth[]): TargetHealth['state'] {
  const found = new Set(words.map(({ state }) => state));
  if (health.state === 'failed' || found.has('failed')) return 'failed';
  if (health.state === 'progressing' || found.has('progressing') || found.has('missing')) return 'progressing';
  return health.state === 'unknown' || found.has('unknown') ? 'unknown' : 'healthy';
}
