import type { ClusterEntry, ClusterWay } from '../../../../model/server-settings.ts';
import type { Cluster } from '../../cluster.ts';
import { openEntrance } from '../open-cluster.ts';
import { broken, type Destination, type Entrance, type Surroundings } from './entrance.ts';
import { openWay } from './open-way.ts';

/** A cluster, opened. */
export interface OpenedCluster {
  /** Reads, watches, asks for dry-runs. */
  readonly plan: Cluster;
  /** Writes; the same as `plan` where the file names one identity only. */
  readonly apply: Cluster;
  /** Of objects that name none. */
  readonly namespace: string;
}

/** Clusters of a server's file, by name. */
export type Entries = ReadonlyMap<string, ClusterEntry>;

/** Opens a cluster by both of its identities. Nothing is sent to it yet. Throws what `openWay` throws. */
export async function openEntry(
  name: string,
  entries: Entries,
  around: Omit<Surroundings, 'other'>,
): Promise<OpenedCluster> {
  const entry = entryOf(name, entries);
  const [plan, apply] = await Promise.all([
    openIdentity(name, 'plan', { entries, around }),
    entry.apply === null ? null : openIdentity(name, 'apply', { entries, around }),
  ]);
  const { redactor, clock, cacheDir } = around;
  const opened = openEntrance(plan, { name, redactor, clock, cacheDir });
  return {
    plan: opened,
    apply: apply === null ? opened : openEntrance(apply, { name, redactor, clock, cacheDir }),
    namespace: entry.namespace ?? plan.namespace ?? 'default',
  };
}

/** Opens one identity's way into a cluster. */
export async function openIdentity(
  name: string,
  identity: 'plan' | 'apply',
  { entries, around }: { readonly entries: Entries; readonly around: Omit<Surroundings, 'other'> },
): Promise<Entrance> {
  const entry = entryOf(name, entries);
  const way: ClusterWay = (identity === 'plan' ? null : entry.apply) ?? entry.plan;
  const to: Destination = { name, tls: entry.tls };
  return openWay(way, to, { ...around, other: (from) => openOther(from, [name], { entries, around }) });
}

/** The cluster another one's Secret lies in; a chain of them must end. */
async function openOther(
  name: string,
  trail: readonly string[],
  { entries, around }: { readonly entries: Entries; readonly around: Omit<Surroundings, 'other'> },
): Promise<Entrance> {
  if (trail.includes(name))
    throw broken(name, `its Secret is read from itself: ${[...trail, name].join(' -> ')}`, 'Correct from.');
  const { plan, tls } = entryOf(name, entries);
  const further = (from: string): Promise<Entrance> => openOther(from, [...trail, name], { entries, around });
  return openWay(plan, { name, tls }, { ...around, other: further });
}

function entryOf(name: string, entries: Entries): ClusterEntry {
  const entry = entries.get(name);
  if (entry === undefined) throw new Error(`no cluster ${name} in the file of the server: checked before`);
  return entry;
}
