import type { TargetHealth } from '../../model/health.ts';
import { type JsonObject, pickText } from '../../model/json.ts';
import { conditionOf, groupOf, numberAt, wantedReplicas } from './fields.ts';
import type { Seen } from './read-object.ts';

type Count = NonNullable<TargetHealth['pods']>;

/** Kinds whose status counts pods that are to stay; jobs end. */
const counters: Readonly<Record<string, (object: JsonObject) => Count>> = {
  'apps/Deployment': newOnes,
  'argoproj.io/Rollout': newOnes,
  'apps/StatefulSet': newOnes,
  'apps/ReplicaSet': ready,
  'apps/DaemonSet': (object) => ({
    ready: numberAt(object, 'status', 'numberReady'),
    wanted: numberAt(object, 'status', 'desiredNumberScheduled'),
  }),
  '/Pod': (object) => ({ ready: conditionOf(object, 'Ready')?.status === 'True' ? 1 : 0, wanted: 1 }),
};

/** Ready and wanted pods of all workloads; null when none runs pods. Where the newest pods were read, only these count. */
export function countPods(seen: readonly Seen[]): Count | null {
  const counts = seen.flatMap(({ object, pods }) => (object === null ? [] : countOf(object, pods)));
  if (counts.length === 0) return null;
  const sum = (key: keyof Count): number => counts.reduce((total, count) => total + count[key], 0);
  return { ready: sum('ready'), wanted: sum('wanted') };
}

function countOf(object: JsonObject, pods: readonly JsonObject[] | null): readonly Count[] {
  const counted = counters[`${groupOf(object)}/${pickText(object, 'kind') ?? ''}`]?.(object);
  if (counted === undefined) return [];
  const seen = pods?.filter((pod) => conditionOf(pod, 'Ready')?.status === 'True').length ?? counted.ready;
  return [{ ready: Math.min(seen, counted.wanted), wanted: counted.wanted }];
}

function ready(object: JsonObject): Count {
  return { ready: numberAt(object, 'status', 'readyReplicas'), wanted: wantedReplicas(object) };
}

/** During a rollout some of the ready pods are old. */
function newOnes(object: JsonObject): Count {
  const count = ready(object);
  return { ...count, ready: Math.min(count.ready, numberAt(object, 'status', 'updatedReplicas')) };
}
