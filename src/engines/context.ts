import type { Schemas } from '../formats/openapi/schemas.ts';
import type { Redactor } from '../formats/redaction/redactor.ts';
import type { OfflineMerger } from '../gitops/diff/merge-offline.ts';
import type { TargetHealth } from '../model/health.ts';
import type { Resource, ResourceId } from '../model/resource.ts';
import type { Cluster } from '../world/cluster/cluster.ts';
import type { InventoryEntry } from '../world/store/store.ts';
import type { EngineWork } from './engine.ts';

/** What every engine is made from; each takes what it needs. */
export interface EngineContext {
  readonly cluster: Cluster;
  /** Namespace of the kubeconfig context. */
  readonly namespace: string;
  /** The cluster's own schemas: merge keys of lists, and where quantities stand. */
  readonly schemas: Schemas;
  /** The one the cluster masks with, so that equal values have equal tags. */
  readonly redactor: Pick<Redactor, 'maskObject' | 'text'>;
  /** Objects worked on at once. */
  readonly concurrency: number;
  /** Predicts what a cluster cannot be asked about; left out: that is compared in Git only. */
  readonly merger?: OfflineMerger;
  readonly inventory: {
    read(work: EngineWork): Promise<readonly InventoryEntry[]>;
    write(work: EngineWork, entries: readonly InventoryEntry[]): Promise<void>;
  };
  /** Keeps a record of what was written just now, resource keys. */
  readonly audit: (
    work: EngineWork,
    action: 'object-applied' | 'object-deleted',
    resources: readonly string[],
  ) => Promise<void>;
  readonly health: (
    request: {
      readonly resources: readonly (Pick<Resource, 'id'> & Partial<Resource>)[];
      readonly failedBefore: readonly string[];
      readonly startedAt: Date | null;
      readonly now: Date;
    },
    signal: AbortSignal,
  ) => Promise<TargetHealth>;
  /** Whether a commit of the repository is in the history of another (or is it). */
  readonly isAncestor: (commit: string, of: string, signal: AbortSignal) => Promise<boolean>;
  /** Head of a branch of the repository. */
  readonly head: (branch: string, signal: AbortSignal) => Promise<string | null>;
  /** Namespaces where controllers keep their objects; null: all. */
  readonly controllers: { readonly argocd: string; readonly flux: string | null };
  readonly now: () => Date;
}

/** Health of objects by id alone, for engines whose controllers know when a deployment began. */
export function healthById({ health, now }: Pick<EngineContext, 'health' | 'now'>) {
  return (ids: readonly ResourceId[], failedBefore: readonly string[], signal: AbortSignal): Promise<TargetHealth> =>
    health({ resources: ids.map((id) => ({ id })), failedBefore, startedAt: null, now: now() }, signal);
}
