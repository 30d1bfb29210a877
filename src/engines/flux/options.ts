import type { Redactor } from '../../formats/redaction/redactor.ts';
import type { TargetHealth } from '../../model/health.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import type { Predictor } from '../engine.ts';
import type { IsAncestor } from './revision.ts';

/** What the engine is made from. */
export interface FluxEngineOptions {
  /**
   * The cluster of the target, in which Flux runs. Needed there: get, list and patch of GitRepositories, Kustomizations and
   * HelmReleases, get of HelmCharts, and get of what a Kustomization would delete.
   */
  readonly cluster: Cluster;
  /** The namespace of Flux's objects, usually `flux-system`; null looks in all. */
  readonly namespace: string | null;
  readonly isAncestor: IsAncestor;
  /** Reads how objects of the target's cluster fare; what failed before (resource keys) is explained last. */
  readonly health: (
    ids: readonly ResourceId[],
    failedBefore: readonly string[],
    signal: AbortSignal,
  ) => Promise<TargetHealth>;
  /** Predicts what Flux would write, as its field manager. */
  readonly predictor: Predictor;
  /** Flux passes on what builds and servers say of objects. */
  readonly redactor: Pick<Redactor, 'text'>;
  readonly now: () => Date;
}
