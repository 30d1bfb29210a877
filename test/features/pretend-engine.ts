import type { ChangeSet, Engine, EngineStep, EngineWork } from '../../src/engines/engine.ts';
import type { Change } from '../../src/model/change.ts';
import type { ApplyCounts } from '../../src/model/deployment.ts';
import { BorderError } from '../../src/model/error.ts';
import type { HealthState, ObjectHealth, TargetHealth } from '../../src/model/health.ts';
import { isJsonObject, type Json, type JsonObject, pick } from '../../src/model/json.ts';
import { type Resource, resourceKey } from '../../src/model/resource.ts';
import type { Target } from '../../src/model/target.ts';

/** A cluster and the engine that changes it, in memory: it holds what was applied and can be told to misbehave. */
export interface PretendEngine {
  readonly engine: Engine;
  /** Target -> resource key -> live object. */
  readonly live: Map<string, Map<string, JsonObject>>;
  /** Objects somebody else writes: nothing of them is taken unless the takeover was accepted. */
  readonly foreign: Set<string>;
  /** Objects that do not fare well. */
  readonly ill: Map<string, HealthState>;
  /** Every step that reached the cluster. */
  readonly steps: EngineWork[];
  isAway: boolean;
  /** Why a person must look first, about nobody's fields; null when nobody must. */
  refusal: string | null;
  /** Why every commit is refused by the server; null when it is not. */
  fault: string | null;
  /** Steps before the commit is written. */
  stages: number;
  /** Whether a deployment that was carried out once is taken for done ever after, as controllers take it. */
  remembers: boolean;
  /** Whether it says that the commit is written and leaves alone what others changed since. */
  leavesDrift: boolean;
}

/** An engine over a cluster that is empty. */
export function pretendEngine(): PretendEngine {
  const world: PretendEngine = {
    engine: {
      name: 'apply',
      manager: 'fairlead',
      predict: async (target, { base, head }) => predict(world, target, { base: base ?? [], head }),
      capabilities: { writesUnasked: false, drift: { settlesMs: 0, remedy: 'Put it back by hand.' } },
      step: async (work, journal) => step(world, work, journal),
      status: async (work) => status(world, work),
    },
    live: new Map(),
    foreign: new Set(),
    ill: new Map(),
    steps: [],
    isAway: false,
    refusal: null,
    fault: null,
    stages: 1,
    remembers: false,
    leavesDrift: false,
  };
  return world;
}

function reach({ isAway }: PretendEngine): void {
  if (!isAway) return;
  throw new BorderError({
    ...{ kind: 'unavailable', status: 0, code: 'cluster-unavailable', subject: 'prod' },
    ...{ message: 'The cluster prod does not answer.', remedy: 'It is tried again.' },
  });
}

function liveOf(world: PretendEngine, target: string): Map<string, JsonObject> {
  const live = world.live.get(target) ?? new Map<string, JsonObject>();
  world.live.set(target, live);
  return live;
}

function step(world: PretendEngine, work: EngineWork, journal: Json): EngineStep {
  reach(world);
  const isKnown = world.remembers && world.steps.some(({ deployment }) => deployment === work.deployment);
  world.steps.push(work);
  const counts = {
    applied: work.desired.length,
    unchanged: 0,
    pruned: work.deletes.length,
    total: work.desired.length,
  };
  const ready = answerReady(world, { journal, counts, isKnown });
  if (ready !== null) return ready;
  const live = liveOf(world, work.target.id);
  const taken = work.desired.map(({ id }) => resourceKey(id)).filter((key) => world.foreign.has(key));
  const [unseen] = taken.filter((key) => !work.takeovers.some((one) => one.key === key));
  if (unseen !== undefined) {
    const takeovers = [{ key: unseen, fields: [{ field: '.data.key', owner: 'helm' }] }];
    return { kind: 'refused', journal, reason: `${unseen} belongs to helm now.`, takeovers };
  }
  const done = isJsonObject(journal) ? Number(journal['done']) : 0;
  if (done + 1 < world.stages)
    return { kind: 'again', journal: { done: done + 1 }, afterMs: 0, counts: null, note: 'the next stage' };
  for (const { id, object } of work.desired) live.set(resourceKey(id), object);
  for (const key of taken) world.foreign.delete(key);
  for (const id of work.deletes) live.delete(resourceKey(id));
  return { kind: 'applied', journal: { done: done + 1 }, counts, kept: [] };
}

/** What it answers before it looks at any object. */
function answerReady(
  world: PretendEngine,
  { journal, counts, isKnown }: { readonly journal: Json; readonly counts: ApplyCounts; readonly isKnown: boolean },
): EngineStep | null {
  if (world.fault !== null) return { kind: 'failed', journal, reason: world.fault, resource: null, counts: null };
  if (world.refusal !== null) return { kind: 'refused', journal, reason: world.refusal };
  return isKnown || world.leavesDrift ? { kind: 'applied', journal, counts, kept: [] } : null;
}

function status(world: PretendEngine, work: EngineWork): TargetHealth {
  reach(world);
  const objects = work.desired.map(({ id }): ObjectHealth => {
    const state = world.ill.get(resourceKey(id)) ?? 'healthy';
    return { resource: id, state, reason: state === 'healthy' ? null : 'CrashLoopBackOff', message: null };
  });
  const failed = objects.filter(({ state }) => state === 'failed');
  const none = { pod: null, container: null, message: null, exitCode: null, restarts: null, logs: null };
  const evidence = failed.map(({ resource }) => ({
    ...none,
    resource,
    reason: 'CrashLoopBackOff',
    logsMissing: 'none',
  }));
  const isHealthy = objects.every(({ state }) => state === 'healthy');
  return { state: failed.length > 0 ? 'failed' : isHealthy ? 'healthy' : 'progressing', objects, evidence, pods: null };
}

type Sides = { readonly base: readonly Resource[]; readonly head: readonly Resource[] };

function predict(world: PretendEngine, { id: target }: Target, { base, head }: Sides): ChangeSet {
  reach(world);
  const live = liveOf(world, target);
  const changes = base.flatMap(({ id, object }): readonly Change[] => {
    const now = live.get(resourceKey(id));
    const change = { target, part: 'already', resource: id } as const;
    if (now === undefined) return [{ ...change, action: 'create', paths: [] }];
    const [before, after] = [pick(now, 'data', 'key') ?? null, pick(object, 'data', 'key') ?? null];
    const cause = world.foreign.has(resourceKey(id)) ? 'takeover' : 'git';
    if (before === after && cause === 'git') return [];
    return [{ ...change, action: 'update', paths: [{ path: ['data', 'key'], before, after, cause }] }];
  });
  const shown = new Map([...live].filter(([key]) => head.some(({ id }) => resourceKey(id) === key)));
  return { changes, findings: [], error: null, live: shown };
}
