import type { Redactor } from '../../formats/redaction/redactor.ts';
import type { TargetHealth } from '../../model/health.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import type { Predictor } from '../engine.ts';

/** What the engine for Argo CD is made from. */
export interface ArgoCdOptions {
  /** The cluster in which Argo CD's Application objects live; get, list and patch of them are all it needs there. */
  readonly control: Cluster;
  /** The namespace they live in: usually `argocd`. */
  readonly namespace: string;
  /** The cluster of the target; may be the same as `control`. */
  readonly cluster: Cluster;
  /** Server addresses and names under which Argo CD may know that cluster; the name of its context counts anyway. */
  readonly destinations: readonly string[];
  /** Whether a commit is in the history of another (or is it); false when either is unknown. */
  readonly isAncestor: (commit: string, of: string, signal: AbortSignal) => Promise<boolean>;
  /** The newest commit of a branch of the work's repository; null when it cannot be told. */
  readonly head: (branch: string, signal: AbortSignal) => Promise<string | null>;
  /** Reads how objects of the target's cluster fare; what failed before (resource keys) is explained last. */
  readonly health: (
    ids: readonly ResourceId[],
    failedBefore: readonly string[],
    signal: AbortSignal,
  ) => Promise<TargetHealth>;
  /** Predicts what Argo CD would write, as its field manager. */
  readonly predictor: Predictor;
  /** Argo CD passes on what renderers and servers say of objects. */
  readonly redactor: Pick<Redactor, 'text'>;
  readonly now: () => Date;
}
