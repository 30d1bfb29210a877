import { BorderError } from '../../model/error.ts';
import type { Evidence, ObjectHealth, TargetHealth } from '../../model/health.ts';
import { type JsonObject, pick } from '../../model/json.ts';
import { resourceKey } from '../../model/resource.ts';
import { mapConcurrently } from '../../tools/each.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { countPods } from './count-pods.ts';
import { evidenceOf } from './evidence.ts';
import { readObject, type Seen, type Wanted } from './read-object.ts';
import { clean } from './text.ts';

export interface ReadHealthOptions {
  readonly cluster: Cluster;
  /** The objects of the target; where Git's object is known too, a job that cleans up after itself is not missed. */
  readonly resources: readonly Wanted[];
  /** Resource keys of what failed already before the deployment under way: explained after what fails anew. */
  readonly failedBefore?: readonly string[];
  /** When the deployment under way began; null when none is. */
  readonly startedAt: Date | null;
  readonly now: () => Date;
  /** Masks secrets in what the cluster and its containers say. */
  readonly redact: (text: string) => string;
  /** Lines kept of each failing container's log. Default 20. */
  readonly logLines?: number;
}

/** Objects read at once, objects that evidence is gathered for, and log reads at once. */
const limits = { reads: 16, explained: 10, explaining: 4 };

/**
 * How the live objects of a target fare, with evidence of those that failed. An object that cannot be read is `unknown` with
 * the reason. Throws `BorderError` only when the cluster could be reached for none of them.
 */
export async function readHealth(options: ReadHealthOptions, signal: AbortSignal): Promise<TargetHealth> {
  const seen = await mapConcurrently(options.resources, limits.reads, (wanted) => readObject(options, wanted, signal));
  throwWhenUnreachable(seen);
  const objects = seen.map(({ id, assessment }): ObjectHealth => {
    const message = assessment.message === null ? null : clean(assessment.message, options.redact);
    return { resource: id, ...assessment, message };
  });
  return { state: stateOf(seen), objects, evidence: await explain(options, seen, signal), pods: countPods(seen) };
}

function throwWhenUnreachable(seen: readonly Seen[]): void {
  const faults = seen.map(({ fault }) => fault);
  const isOut = faults.every((fault) => fault instanceof BorderError && fault.kind === 'unavailable');
  const [first] = faults;
  if (isOut && first) throw first;
}

/** One failure decides; what somebody holds back on purpose does not keep the others from being healthy. */
function stateOf(seen: readonly Seen[]): TargetHealth['state'] {
  const states = new Set(seen.map(({ assessment, object }) => settled(assessment.state, object)));
  if (states.has('failed')) return 'failed';
  if (states.has('progressing') || states.has('missing')) return 'progressing';
  return states.has('unknown') ? 'unknown' : 'healthy';
}

/** Suspended by its own spec is the wish; suspended on the way, as a rollout that waits for a promotion, is not there yet. */
function settled(state: ObjectHealth['state'], object: JsonObject | null): ObjectHealth['state'] {
  if (state !== 'suspended' || object === null) return state;
  const isWish = pick(object, 'spec', 'paused') === true || pick(object, 'spec', 'suspend') === true;
  return isWish ? 'healthy' : 'progressing';
}

async function explain(
  options: ReadHealthOptions,
  seen: readonly Seen[],
  signal: AbortSignal,
): Promise<readonly Evidence[]> {
  const before = new Set(options.failedBefore);
  const rank = ({ id }: Seen): number => (before.has(resourceKey(id)) ? 1 : 0);
  const failing = seen
    .filter(({ assessment }) => assessment.state === 'failed')
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, limits.explained);
  const asked = { ...options, logLines: options.logLines ?? 20 };
  const found = await mapConcurrently(failing, limits.explaining, (each) => evidenceOf(asked, each, signal));
  return found.flat();
}
