import { type JsonObject, pick } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import { type Condition, condition, type FluxObject, readFluxObject, text } from './flux-object.ts';
import { readInventory } from './inventory-id.ts';
import { type Ref, readSourceRef, trimPath } from './kustomization.ts';

/** The type of the objects that install a chart. */
export const helmReleaseType = { group: 'helm.toolkit.fluxcd.io', version: 'v2', kind: 'HelmRelease' } as const;

/** The type of the objects in which source-controller packs a chart. */
export const helmChartType = { group: 'source.toolkit.fluxcd.io', version: 'v1', kind: 'HelmChart' } as const;

/** A HelmRelease as the engine needs it. */
export interface HelmRelease extends FluxObject {
  readonly kind: 'helm-release';
  /** Where its chart comes from; null when that is no GitRepository. */
  readonly source: Ref | null;
  /** Folder of the chart in the repository. */
  readonly path: string;
  readonly isRemote: boolean;
  /** Whether every commit is a new version of the chart; else only a new version in Chart.yaml is. */
  readonly takesEveryCommit: boolean;
  readonly chart: Ref;
  /** Version of the chart it last tried; '' before. */
  readonly attempted: string;
  /** There after a failed release was rolled back or uninstalled. */
  readonly remediated: Condition | null;
  /** What went wrong first: Ready tells only of the taking back once that began. null while Ready tells of no failure. */
  readonly fault: Condition | null;
  readonly inventory: readonly ResourceId[];
}

/** A HelmChart as the engine needs it. */
export interface HelmChart extends FluxObject {
  /** Revision of the source it was last worked out from. */
  readonly sourceRevision: string;
  /** Version of the packed chart; '' when there is none. */
  readonly version: string;
  /** When it was packed, ISO 8601. */
  readonly packedAt: string;
}

/** Reads a HelmRelease. */
export function readHelmRelease(object: JsonObject): HelmRelease {
  const common = readFluxObject(object, helmReleaseType);
  const chart = ['spec', 'chart', 'spec'] as const;
  const namespace = text(object, ...chart, 'sourceRef', 'namespace') || (common.id.namespace ?? '');
  const remediated = condition(object, 'Remediated');
  return {
    ...common,
    kind: 'helm-release',
    source: readSourceRef(object, [...chart, 'sourceRef']),
    path: trimPath(text(object, ...chart, 'chart')),
    isRemote: pick(object, 'spec', 'kubeConfig') !== undefined,
    takesEveryCommit: text(object, ...chart, 'reconcileStrategy') === 'Revision',
    // helm-controller makes it beside the source, under this name
    chart: { namespace, name: `${common.id.namespace}-${common.id.name}` },
    attempted: text(object, 'status', 'lastAttemptedRevision'),
    remediated: remediated?.status === 'True' ? remediated : null,
    fault: faultOf(object, common.ready),
    inventory: readInventory(object),
  };
}

/** helm-controller, internal/reconcile/release.go: Ready is Remediated before TestSuccess before Released. */
function faultOf(object: JsonObject, ready: Condition | null): Condition | null {
  if (ready?.status !== 'False' || !/^(?:Rollback|Uninstall)/.test(ready.reason)) return whenFalse(ready);
  return whenFalse(condition(object, 'Released')) ?? whenFalse(condition(object, 'TestSuccess')) ?? ready;
}

function whenFalse(found: Condition | null): Condition | null {
  return found?.status === 'False' ? found : null;
}

/** Reads a HelmChart. */
export function readHelmChart(object: JsonObject): HelmChart {
  return {
    ...readFluxObject(object, helmChartType),
    sourceRevision: text(object, 'status', 'observedSourceArtifactRevision'),
    version: text(object, 'status', 'artifact', 'revision'),
    packedAt: text(object, 'status', 'artifact', 'lastUpdateTime'),
  };
}
