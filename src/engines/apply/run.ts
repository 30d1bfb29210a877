import type { Redactor } from '../../formats/redaction/redactor.ts';
import type { ApplyCounts } from '../../model/deployment.ts';
import type { TargetHealth } from '../../model/health.ts';
import type { Resource } from '../../model/resource.ts';
import type { Cluster, Discovery } from '../../world/cluster/cluster.ts';
import type { InventoryEntry } from '../../world/store/store.ts';
import type { EngineContext } from '../context.ts';
import type { EngineStep, EngineWork } from '../engine.ts';
import { type Journal, writeJournal } from './journal.ts';
import { type Pair, pairResources } from './pair-resources.ts';

/** What the store remembers of the objects applied to a target. */
export interface InventoryStore {
  read(work: EngineWork): Promise<readonly InventoryEntry[]>;
  write(work: EngineWork, entries: readonly InventoryEntry[]): Promise<void>;
}

/** What health is asked about. */
export interface HealthRequest {
  /** With the namespace the server uses. */
  readonly resources: readonly Resource[];
  /** Resource keys of what failed before. */
  readonly failedBefore: readonly string[];
  /** When carrying out began; null when it has not. */
  readonly startedAt: Date | null;
  readonly now: Date;
}

/** What carrying a commit out needs. */
export interface CarryOptions {
  readonly cluster: Cluster;
  /** Must be the one the cluster masks with, so that equal values have equal tags. */
  readonly redactor: Pick<Redactor, 'maskObject'>;
  /** Field manager, always the same for one installation. */
  readonly manager: string;
  /** Objects worked on at once. */
  readonly concurrency: number;
  readonly inventory: InventoryStore;
  readonly audit: EngineContext['audit'];
  /** Namespace of the ConfigMaps that say in the cluster what was applied. It must exist. */
  readonly inventoryNamespace: string;
  readonly health: (request: HealthRequest, signal: AbortSignal) => Promise<TargetHealth>;
  readonly now: () => Date;
}

/** One step under way. */
export interface Run {
  readonly options: CarryOptions;
  readonly work: EngineWork;
  readonly discovery: Discovery;
  /** What Git wants, each with the namespace the server uses. */
  readonly pairs: readonly Pair[];
  readonly signal: AbortSignal;
}

/** Looks up how the cluster serves what the commit holds. */
export async function openRun(options: CarryOptions, work: EngineWork, signal: AbortSignal): Promise<Run> {
  const discovery = await options.cluster.discovery(signal);
  const pairs = await pairResources({ base: null, head: work.desired }, discovery);
  return { options, work, discovery, pairs, signal };
}

/** How many objects were handled so far. */
export function countsOf(run: Run, { applied, unchanged, pruned }: Journal): ApplyCounts {
  return { applied, unchanged, pruned, total: run.pairs.length };
}

/** The step that asks to be called again at once, or after a while. */
export function again(run: Run, journal: Journal, { note, afterMs }: { note: string; afterMs: number }): EngineStep {
  return { kind: 'again', journal: writeJournal(journal), afterMs, counts: countsOf(run, journal), note };
}
