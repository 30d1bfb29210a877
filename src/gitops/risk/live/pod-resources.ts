import { parseQuantity } from '../../../formats/quantities.ts';
import { isJsonList, type Json, type JsonObject, pick } from '../../../model/json.ts';

/** `requests` or `limits`. */
export type Side = 'requests' | 'limits';

/**
 * What a Pod counts for in a quota, in nanos: its containers and sidecars together, or its largest init container where that is more,
 * and its overhead (kubernetes.io/docs/concepts/workloads/pods/init-containers, "Resource sharing within containers").
 */
export function amountOf(pod: JsonObject, side: Side, resource: string): bigint {
  const of = (container: Json): bigint => quantityAt(container, 'resources', side, resource);
  const inits = listAt(pod, 'initContainers');
  let sidecars = 0n;
  let largest = 0n;
  for (const init of inits) {
    if (isSidecar(init)) sidecars += of(init);
    else largest = max(largest, sidecars + of(init));
  }
  const running = listAt(pod, 'containers').reduce((sum: bigint, container) => sum + of(container), sidecars);
  return max(running, largest) + quantityAt(pick(pod, 'spec'), 'overhead', resource);
}

/** Whether every container of a Pod says how much it takes; a quota refuses a Pod that does not. */
export function isSaid(pod: JsonObject, side: Side, resource: string): boolean {
  const all = [...listAt(pod, 'containers'), ...listAt(pod, 'initContainers')];
  return all.every((container) => {
    const value = pick(container, 'resources', side, resource);
    return value !== undefined && value !== null;
  });
}

/** Whether a Pod still counts: one that ended does not. */
export function isCounted(pod: JsonObject): boolean {
  const phase = pick(pod, 'status', 'phase');
  return phase !== 'Succeeded' && phase !== 'Failed';
}

/** A quantity however it is written, in nanos; nothing counts as none. */
export function quantityAt(value: Json | undefined, ...path: readonly string[]): bigint {
  const found = pick(value, ...path);
  const isNumber = typeof found === 'number' || typeof found === 'bigint';
  return (typeof found === 'string' || isNumber ? parseQuantity(String(found)) : null) ?? 0n;
}

function isSidecar(container: Json): boolean {
  return pick(container, 'restartPolicy') === 'Always';
}

function listAt(pod: JsonObject, field: string): readonly Json[] {
  const found = pick(pod, 'spec', field);
  return isJsonList(found) ? found : [];
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
