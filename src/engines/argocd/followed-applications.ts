import type { EngineWork } from '../engine.ts';
import { type ArgoApplication, applicationType, readApplication } from './application.ts';
import { type Found, findApplications, listApplications } from './find-applications.ts';
import { type AppNotes, newNotes } from './journal.ts';
import type { ArgoCdOptions } from './options.ts';

/** An Application with what is remembered of it; null when it is gone. */
export interface Followed {
  readonly app: ArgoApplication | null;
  readonly notes: AppNotes;
}

/** The Applications that carry out some work: those remembered, else those that match. `missing` when there are none. */
export async function followedApplications(
  options: ArgoCdOptions,
  work: EngineWork,
  remembered: readonly AppNotes[] | null,
  signal: AbortSignal,
): Promise<{ readonly followed: readonly Followed[]; readonly missing: string | null }> {
  if (remembered !== null) {
    const followed = await Promise.all(
      remembered.map(async (notes) => ({ app: await readOne(options, notes.name, signal), notes })),
    );
    return { followed, missing: null };
  }
  const found = await find(options, work, signal);
  if (found.kind === 'none') return { followed: [], missing: found.missing };
  return { followed: found.apps.map((app) => ({ app, notes: newNotes(app.name) })), missing: null };
}

async function find(options: ArgoCdOptions, work: EngineWork, signal: AbortSignal): Promise<Found> {
  const { control, cluster, namespace, destinations } = options;
  const apps = await listApplications(control, namespace, signal);
  const isControl = await isSameCluster(options, signal);
  return findApplications(apps, work, { destinations: [...destinations, cluster.name], isControl });
}

/** Two contexts may name one cluster. */
async function isSameCluster({ control, cluster }: ArgoCdOptions, signal: AbortSignal): Promise<boolean> {
  if (control === cluster || control.name === cluster.name) return true;
  const [one, other] = await Promise.all([control.uid(signal), cluster.uid(signal)]);
  return one !== null && one === other;
}

async function readOne(
  { control, namespace }: ArgoCdOptions,
  name: string,
  signal: AbortSignal,
): Promise<ArgoApplication | null> {
  const object = await control.get({ ...applicationType, namespace, name }, signal);
  return object === null ? null : readApplication(object);
}
