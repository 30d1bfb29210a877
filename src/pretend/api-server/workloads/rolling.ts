/** A ReplicaSet as a rollout counts it. */
export interface SetCount {
  readonly name: string;
  /** Pods it is told to have. */
  readonly replicas: number;
  /** Pods that there are. */
  readonly pods: number;
  readonly available: number;
}

/** What a Deployment asks of a rollout. */
export interface RolloutWish {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** Whether all old pods go before the first new one comes. */
  readonly recreates: boolean;
}

/**
 * The next step of a rollout: how many pods which ReplicaSet is told to have, where that changes. `old` goes from the oldest to
 * the newest. The rules are the Deployment controller's (pkg/controller/deployment/rolling.go, recreate.go): first the new set
 * grows as far as the surge allows, then old ones shrink as far as enough pods stay available, those that serve nothing first.
 */
export function planReplicas(
  wish: RolloutWish,
  newest: SetCount,
  old: readonly SetCount[],
): ReadonlyMap<string, number> {
  if (wish.recreates && old.some(({ replicas, pods }) => replicas + pods > 0)) {
    return new Map(old.filter(({ replicas }) => replicas > 0).map(({ name }) => [name, 0]));
  }
  const told = newest.replicas + sum(old, 'replicas');
  const room = wish.recreates ? wish.replicas : Math.max(0, wish.replicas + wish.maxSurge - told);
  const next = Math.min(wish.replicas, newest.replicas + room);
  if (next !== newest.replicas) return new Map([[newest.name, next]]);
  return shrink(wish, newest, old);
}

function shrink(wish: RolloutWish, newest: SetCount, old: readonly SetCount[]): ReadonlyMap<string, number> {
  const fewest = wish.replicas - wish.maxUnavailable;
  const unavailable = Math.max(0, newest.replicas - newest.available);
  let most = newest.replicas + sum(old, 'replicas') - fewest - unavailable;
  let spare = newest.available + sum(old, 'available') - fewest;
  const next = new Map<string, number>();
  for (const set of old) {
    const useless = Math.max(0, Math.min(most, set.replicas - set.available));
    most -= useless;
    if (useless > 0) next.set(set.name, set.replicas - useless);
  }
  for (const set of old) {
    const kept = next.get(set.name) ?? set.replicas;
    const gone = Math.max(0, Math.min(most, spare, kept));
    most -= gone;
    spare -= gone;
    if (gone > 0) next.set(set.name, kept - gone);
  }
  return next;
}

function sum(sets: readonly SetCount[], key: 'replicas' | 'available'): number {
  return sets.reduce((total, set) => total + set[key], 0);
}
