import { formatResource, type ResourceId, resourceKey } from '../../model/resource.ts';
import type { EngineWork } from '../engine.ts';
import type { ArgoApplication } from './application.ts';

/** Kinds whose deletion takes more with it than the object: only after a person confirmed. */
const precious = new Set(['Namespace', 'CustomResourceDefinition', 'PersistentVolume', 'PersistentVolumeClaim']);

/** Objects of an Application that stay although Git has them no more. */
export type Kept = readonly { readonly resource: ResourceId; readonly why: string }[];

/**
 * Whether a sync may prune. Argo CD prunes all it finds superfluous or nothing, so all of it must be in the accepted plan, and
 * what it found must be from exactly this commit.
 */
export function mayPrune(
  app: ArgoApplication,
  work: Pick<EngineWork, 'deletes' | 'confirmed'>,
  isExact: boolean,
): boolean {
  const superfluous = superfluousOf(app);
  return isExact && superfluous.length > 0 && superfluous.every((id) => whyNot(id, work) === null);
}

/** What of an Application stays and why, told when all is written. */
export function keptOf(app: ArgoApplication, work: Pick<EngineWork, 'deletes' | 'confirmed'>, isExact: boolean): Kept {
  const superfluous = superfluousOf(app);
  const known = isExact ? superfluous : superfluous.filter((id) => isPlanned(id, work));
  const forbidden = superfluous.find((id) => whyNot(id, work) !== null);
  const otherwise = app.syncsItself
    ? 'the automated sync of Argo CD left it in place'
    : forbidden === undefined
      ? 'Argo CD left it in place'
      : `Argo CD prunes all or nothing, and ${formatResource(forbidden)} must stay`;
  return known.map((resource) => ({ resource, why: whyNot(resource, work) ?? otherwise }));
}

function superfluousOf({ resources }: ArgoApplication): readonly ResourceId[] {
  return resources.filter(({ requiresPruning }) => requiresPruning).map(({ id }) => id);
}

function whyNot(id: ResourceId, work: Pick<EngineWork, 'deletes' | 'confirmed'>): string | null {
  if (!isPlanned(id, work)) return 'the accepted plan does not delete it';
  return precious.has(id.kind) && !work.confirmed ? `deleting a ${id.kind} needs a confirmation` : null;
}

function isPlanned(id: ResourceId, { deletes }: Pick<EngineWork, 'deletes'>): boolean {
  return deletes.some((planned) => resourceKey(planned) === resourceKey(id));
}
