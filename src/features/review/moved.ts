import { type Resource, resourceKey } from '../../model/resource.ts';
import type { RenderedTarget } from './render-target.ts';

/**
 * Follows objects that move from one application to another in the same place, as when a folder is renamed: what base wanted
 * of them counts for the application that holds them at head. Else the move would read as a delete and a create, and the delete
 * would be false: the object is still in Git.
 */
export function followMoves(targets: readonly RenderedTarget[]): readonly RenderedTarget[] {
  const leaving = new Map<string, Resource>();
  for (const target of targets) {
    const kept = keysOf(target.head ?? target.base ?? []);
    for (const resource of target.base ?? []) {
      if (!kept.has(resourceKey(resource.id))) leaving.set(placeKey(target, resource), resource);
    }
  }
  const moved = new Set<Resource>();
  const arrived = targets.map((target) => {
    const known = keysOf(target.base ?? []);
    const arriving = (target.head ?? []).flatMap((resource) => {
      const before = known.has(resourceKey(resource.id)) ? undefined : leaving.get(placeKey(target, resource));
      return before === undefined ? [] : [before];
    });
    for (const resource of arriving) moved.add(resource);
    return target.base === null || arriving.length === 0 ? target : { ...target, base: [...target.base, ...arriving] };
  });
  return arrived.map((target, index) => {
    const own = new Set(targets[index]?.base ?? []);
    const base = target.base?.filter((resource) => !(own.has(resource) && moved.has(resource))) ?? null;
    return { ...target, base };
  });
}

/** Objects meet only in one cluster, or, where none is read, in one environment. */
function placeKey({ target }: RenderedTarget, resource: Resource): string {
  const place = target.cluster === null ? `environment ${target.environment ?? ''}` : `cluster ${target.cluster}`;
  return `${place}\u0000${resourceKey(resource.id)}`;
}

function keysOf(resources: readonly Resource[]): ReadonlySet<string> {
  return new Set(resources.map(({ id }) => resourceKey(id)));
}
