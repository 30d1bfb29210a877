import type { JsonObject } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import type { EngineWork } from '../engine.ts';
import { findReconcilers } from './find-reconcilers.ts';
import { type GitSource, readGitSource, sourceType } from './git-source.ts';
import { type HelmChart, helmChartType, helmReleaseType, readHelmChart, readHelmRelease } from './helm-release.ts';
import type { Notes } from './journal.ts';
import { kustomizationType, type Ref, readKustomization } from './kustomization.ts';
import { listObjects, type Reconciler } from './list-objects.ts';
import type { FluxEngineOptions } from './options.ts';

/** A Kustomization or HelmRelease with its source and what is remembered of it; null is gone, or not there yet. */
export interface Followed {
  readonly notes: Notes;
  readonly reconciler: Reconciler | null;
  readonly source: GitSource | null;
  readonly chart: HelmChart | null;
}

/** What carries out some work: what is remembered, else what matches. `missing` when there is none. */
export async function readFollowed(
  options: Pick<FluxEngineOptions, 'cluster' | 'namespace'>,
  work: EngineWork,
  remembered: readonly Notes[] | null,
  signal: AbortSignal,
): Promise<{ readonly followed: readonly Followed[]; readonly missing: string | null }> {
  const { cluster, namespace } = options;
  if (remembered !== null) {
    return { followed: await Promise.all(remembered.map((notes) => readOne(cluster, notes, signal))), missing: null };
  }
  const found = findReconcilers(await listObjects(cluster, namespace, signal), work);
  if (found.kind === 'none') return { followed: [], missing: found.missing };
  const followed = found.pairs.map(async ({ source, reconciler }): Promise<Followed> => {
    const chart = await readChart(cluster, reconciler, signal);
    return { notes: newNotes(reconciler, source), reconciler, source, chart };
  });
  return { followed: await Promise.all(followed), missing: null };
}

function newNotes({ kind, id }: Reconciler, source: GitSource): Notes {
  return {
    kind,
    ref: refOf(id),
    source: refOf(source.id),
    asked: 0,
    isRequested: false,
    wasApplied: null,
    stale: [],
  };
}

function refOf({ namespace, name }: ResourceId): Ref {
  return { namespace: namespace ?? '', name };
}

/** The source is read first: what a Kustomization says is then never older than what its source serves. */
async function readOne(cluster: Cluster, notes: Notes, signal: AbortSignal): Promise<Followed> {
  const get = (type: Pick<ResourceId, 'group' | 'version' | 'kind'>, ref: Ref): Promise<JsonObject | null> =>
    cluster.get({ ...type, ...ref }, signal);
  const source = await get(sourceType, notes.source);
  const isRelease = notes.kind === 'helm-release';
  const object = await get(isRelease ? helmReleaseType : kustomizationType, notes.ref);
  const reconciler = object === null ? null : isRelease ? readHelmRelease(object) : readKustomization(object);
  const chart = reconciler === null ? null : await readChart(cluster, reconciler, signal);
  return { notes, reconciler, source: source === null ? null : readGitSource(source), chart };
}

async function readChart(cluster: Cluster, reconciler: Reconciler, signal: AbortSignal): Promise<HelmChart | null> {
  if (reconciler.kind !== 'helm-release') return null;
  const object = await cluster.get({ ...helmChartType, ...reconciler.chart }, signal);
  return object === null ? null : readHelmChart(object);
}
