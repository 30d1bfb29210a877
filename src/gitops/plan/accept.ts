import type { PlanTarget } from '../../model/plan.ts';
import { type ResourceId, resourceKey } from '../../model/resource.ts';
import { type Takeover, uniteTakeovers } from '../../model/takeover.ts';

/** What a commit wants of a target, beside the plans that were shown for the pulls it merges. */
export interface AcceptInput {
  /** Resource key -> keyed digest of what the commit wants. */
  readonly wanted: ReadonlyMap<string, string>;
  /** The target's part of each reviewed plan, oldest first. */
  readonly plans: readonly PlanTarget[];
  /** The target's part of the plans of pulls that were deployed before: shown as well, but they allow nothing any more. */
  readonly earlier?: readonly PlanTarget[];
}

/** Whether the commit is what was shown, and what it may delete and take over. */
export type Acceptance =
  | { readonly kind: 'accepted'; readonly deletes: readonly ResourceId[]; readonly takeovers: readonly Takeover[] }
  /** Objects that are not as any plan showed them; resource keys, sorted. */
  | { readonly kind: 'differs'; readonly objects: readonly string[] };

/**
 * Holds a commit to the plans that were reviewed (design.md section 3): each object equals some plan's result or its unchanged
 * base, and each object that is gone was shown as deleted. So another reviewed pull's change is no difference.
 */
export function acceptCommit({ wanted, plans, earlier = [] }: AcceptInput): Acceptance {
  const shown = plans.map(objectsOf);
  const known = [...shown, ...earlier.map(objectsOf)];
  const deletes = deletesOf(plans);
  const deletedBefore = deletesOf(earlier);
  const strange = [...wanted].filter(([key, digest]) => !known.some((plan) => isShown(plan.get(key), digest)));
  const newest = shown.at(-1) ?? new Map<string, Sides>();
  const isGone = (key: string): boolean => !(wanted.has(key) || deletes.has(key) || deletedBefore.has(key));
  const gone = [...newest].filter(([key, sides]) => sides.head !== null && isGone(key));
  const objects = [...strange, ...gone].map(([key]) => key).sort();
  if (objects.length > 0) return { kind: 'differs', objects };
  return {
    kind: 'accepted',
    deletes: [...deletes].filter(([key]) => !wanted.has(key)).map(([, id]) => id),
    takeovers: uniteTakeovers(...plans.map(({ takeovers }) => takeovers)),
  };
}

type Sides = PlanTarget['objects'][string];

function objectsOf({ objects }: PlanTarget): ReadonlyMap<string, Sides> {
  return new Map(Object.entries(objects));
}

function deletesOf(plans: readonly PlanTarget[]): ReadonlyMap<string, ResourceId> {
  return new Map(plans.flatMap((plan) => plan.deletes.map((id) => [resourceKey(id), id] as const)));
}

function isShown(sides: Sides | undefined, digest: string): boolean {
  return sides !== undefined && (sides.head === digest || sides.base === digest);
}
