import { formatResource, type Resource, type ResourceId } from '../model/resource.ts';
import { someOf } from '../model/some-of.ts';
import { insideOf, isWithin, type Reach } from '../model/tenancy.ts';
import type { Desired, Engine } from './engine.ts';

/**
 * An engine that does nothing beyond what the tenancy of an application permits. A step that would write or delete anything outside is
 * refused whole, before the engine takes it. What is outside is neither predicted nor looked at: a prediction is then not whole, and says so.
 */
export function confined(engine: Engine, reach: Reach): Engine {
  if (reach.tenancy.length === 0) return engine;
  const inside = (resources: readonly Resource[]): readonly Resource[] => insideOf(reach, resources);
  return {
    ...engine,
    predict: async (target, desired, signal) => {
      const permitted: Desired = {
        ...desired,
        base: desired.base === null ? null : inside(desired.base),
        head: inside(desired.head),
      };
      const set = await engine.predict(target, permitted, signal);
      const left = desired.head.length - permitted.head.length;
      return left === 0 ? set : { ...set, error: [set.error ?? [], leftText(left)].flat().join(' ') };
    },
    step: async (work, journal, signal) => {
      const within = new Set(inside(work.desired));
      const outside = [
        ...work.desired.filter((resource) => !within.has(resource)).map(({ id }) => id),
        ...work.deletes.filter((id) => !isWithin(reach, id, null)),
      ];
      if (outside.length > 0) return { kind: 'refused', journal, reason: refusalText(outside) };
      return engine.step(work, journal, signal);
    },
    status: (work, journal, signal) => engine.status({ ...work, desired: inside(work.desired) }, journal, signal),
  };
}

/** Objects a refusal names. */
const mostNamed = 3;

function refusalText(outside: readonly ResourceId[]): string {
  const named = someOf(outside.map(formatResource), mostNamed);
  return `${named} ${outside.length === 1 ? 'is' : 'are'} outside the tenancy of the application: nothing is written. Take them out of Git, or have the owners of the tenancy take them in.`;
}

function leftText(left: number): string {
  return `${left} ${left === 1 ? 'object is' : 'objects are'} outside the tenancy of the application, and not looked at.`;
}
