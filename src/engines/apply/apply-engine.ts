import type { Schemas } from '../../formats/openapi/schemas.ts';
import type { Redactor } from '../../formats/redaction/redactor.ts';
import type { OfflineMerger } from '../../gitops/diff/merge-offline.ts';
import { BorderError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Target } from '../../model/target.ts';
import { mapConcurrently } from '../../tools/each.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { capabilities } from '../capabilities.ts';
import type { ChangeSet, Desired, Engine, Predictor } from '../engine.ts';
import { type Ownership, ownByEntry } from '../ownership.ts';
import { type Pair, pairResources } from './pair-resources.ts';
import { predictObject } from './predict-object.ts';
import { listLive, readLive } from './read-live.ts';
import type { CarryOptions } from './run.ts';
import { readStatus } from './status.ts';
import { takeStep } from './step.ts';
import type { Outcome, Scene } from './subject.ts';
import { readTenants } from './tenants.ts';

/** What predicting needs. */
export interface PredictorOptions {
  readonly cluster: Cluster;
  /** The cluster's own schemas: merge keys of lists, and where quantities stand. */
  readonly schemas: Schemas;
  /** Must be the one the cluster masks with, so that equal values have equal tags. */
  readonly redactor: Pick<Redactor, 'maskObject'>;
  /** Field manager, always the same for one installation. */
  readonly manager: string;
  /** Objects worked on at once. */
  readonly concurrency: number;
  /** By what it knows its own objects; left out: by its entry in `managedFields`. */
  readonly ownership?: Ownership;
  /** Predicts what the cluster cannot be asked about; left out or null: that is compared in Git only. */
  readonly merger?: OfflineMerger | null;
}

/** What the whole engine needs. */
export interface ApplyEngineOptions extends PredictorOptions, CarryOptions {}

/**
 * The engine that applies by itself: server-side apply as one field manager, stage by stage, with an inventory of what it
 * applied. Everything it writes or deletes is a function of target, commit and accepted plan.
 */
export function createApplyEngine(options: ApplyEngineOptions): Engine {
  return {
    ...createApplyPredictor(options),
    capabilities: capabilities.apply,
    step: (work, journal, signal) => takeStep(options, work, journal, signal),
    status: (work, journal, signal) => readStatus(options, work, journal, signal),
  };
}

/**
 * Foretells what the engine would do, without the right to do it. It predicts by dry-running what Git wants and
 * comparing the answer with the live object; nothing is written. `predict` throws `BorderError` when the cluster cannot be
 * reached at all or does not know the caller; faults of single objects are told in the change set.
 */
export function createApplyPredictor(options: PredictorOptions): Predictor {
  return {
    name: 'apply',
    manager: options.manager,
    predict: (target, desired, signal) => predict(options, { target, desired }, signal),
  };
}

interface Task {
  readonly target: Target;
  readonly desired: Desired;
}

async function predict(options: PredictorOptions, task: Task, signal: AbortSignal): Promise<ChangeSet> {
  const { cluster, concurrency } = options;
  const discovery = await cluster.discovery(signal);
  const pairs = await pairResources(task.desired, discovery);
  const scene = sceneOf(options, task, signal);
  const listed = await listLive(pairs, cluster, signal);
  const seen = await mapConcurrently(pairs, concurrency, async (pair): Promise<Seen> => {
    try {
      const live =
        listed.get(pair.key) ?? (listed.has(pair.key) ? null : await readLive(pair, { cluster, discovery }, signal));
      return { pair, live, ...(await predictObject(pair, live, scene, signal)) };
    } catch (error) {
      if (!(error instanceof BorderError)) throw error;
      return { pair, live: null, changes: [], findings: [], error, unasked: null, leftTo: null };
    }
  });
  throwIfSilent(seen);
  return summarise(task, seen);
}

function sceneOf(options: PredictorOptions, { target, desired }: Task, signal: AbortSignal): Scene {
  const { cluster, manager, schemas, redactor, merger = null } = options;
  let tenants: ReturnType<Scene['tenants']> | null = null;
  return {
    tenants: () => (tenants ??= readTenants(cluster, target.id, signal)),
    target: target.id,
    cluster,
    manager,
    schemas,
    maskObject: (object) => redactor.maskObject(object),
    base: desired.base,
    head: desired.head,
    ownership: options.ownership ?? ownByEntry(manager),
    merger,
  };
}

interface Seen extends Outcome {
  readonly pair: Pair;
  readonly live: JsonObject | null;
}

/** A cluster that answers nobody is not a cluster with many faulty objects. */
function throwIfSilent(seen: readonly Seen[]): void {
  const [first] = seen;
  const isSilent = ({ error }: Seen): boolean => error?.kind === 'unavailable' && error.status === 0;
  if (first?.error && seen.every(isSilent)) throw first.error;
}

function summarise(task: Task, seen: readonly Seen[]): ChangeSet {
  const live = seen.flatMap((one) => (one.live === null ? [] : [[one.pair.key, one.live] as const]));
  return {
    changes: seen.flatMap(({ changes }) => changes),
    findings: [
      ...seen.flatMap(({ findings }) => findings),
      ...unaskedNotes(task.target, seen),
      ...leftNotes(task.target, seen),
    ],
    error: describeErrors(task, seen),
    live: new Map(live),
  };
}

/** One finding for everything that could not be tried for the same reason. */
function unaskedNotes(target: Target, seen: readonly Seen[]): readonly Finding[] {
  const unasked = seen.flatMap((one) => (one.unasked === null ? [] : [one.unasked]));
  return [...Map.groupBy(unasked, ({ why }) => why)].map(([why, objects]) => {
    const isGrave = objects.some(({ severity }) => severity === 'caution');
    const message = `${count(objects.length, 'object')} could not be tried on the cluster, because ${why}.`;
    return noteOf(target, { rule: 'predicted-offline', severity: isGrave ? 'caution' : 'note', message });
  });
}

/** One note for all objects of one other tool that the pull does not touch: a deployment will leave them alone. */
function leftNotes(target: Target, seen: readonly Seen[]): readonly Finding[] {
  const left = seen.flatMap(({ leftTo }) => (leftTo === null ? [] : [leftTo]));
  return [...Map.groupBy(left, (owner) => owner)].map(([owner, objects]) => {
    const message = `${count(objects.length, 'object')} that Git holds here ${objects.length === 1 ? 'is' : 'are'} managed by ${owner}, and not written by Fairlead while that is so.`;
    return noteOf(target, { rule: 'managed-by-other', severity: 'note', message });
  });
}

function noteOf(target: Target, told: Pick<Finding, 'rule' | 'severity' | 'message'>): Finding {
  return { ...told, target: target.id, resource: null, file: null, line: null, fix: null };
}

function describeErrors({ desired }: Task, seen: readonly Seen[]): string | null {
  const failed = seen.flatMap(({ error }) => (error === null ? [] : [error.message]));
  const base =
    desired.base === null ? ['The base could not be rendered: everything is compared with the live objects.'] : [];
  const [first] = failed;
  if (first === undefined) return base[0] ?? null;
  const all = `${failed.length} of ${count(seen.length, 'object')} could not be predicted. ${first}`;
  return [...base, all].join(' ');
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
