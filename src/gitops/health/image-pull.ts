import { type JsonObject, pickText } from '../../model/json.ts';
import { conditionOf, dateAt, objectsAt, secondsSince } from './fields.ts';
import { isPassing } from './passing.ts';

/**
 * Until a pod that could pull has tried twice, in seconds. The kubelet waits 10 s after its first try; where it does not say why
 * that failed, a try may also have run out of time, which takes 30 s.
 */
const triedTwiceAfter = { stated: 15, unstated: 60 };

/**
 * Whether a container in ImagePullBackOff will not get its image: pulling it failed more than once, and not because the registry
 * is out of reach, which says nothing of the change. Since 1.32 the kubelet adds to its message why the last try failed
 * (pkg/kubelet/images/image_manager.go).
 */
export function isImageRefused(pod: JsonObject, status: JsonObject, now: Date): boolean {
  const [, cause] = /^Back-off pulling image "[^"]*": (.+)/s.exec(messageOf(status)) ?? [];
  if (cause !== undefined && isOutOfReach(cause)) return false;
  const seconds = secondsSince(pullableSince(pod), now);
  return seconds > (cause === undefined ? triedTwiceAfter.unstated : triedTwiceAfter.stated);
}

function messageOf(status: JsonObject): string {
  return pickText(status, 'state', 'waiting', 'message') ?? '';
}

/** What registries and the ways to them say when they cannot serve anybody. */
function isOutOfReach(cause: string): boolean {
  return isPassing(cause) || /\b5\d\d [A-Z]|network is unreachable|name resolution|unexpected EOF/.test(cause);
}

/** Its init containers, or once these are done its containers, can be pulled since then; null when that is not known. */
function pullableSince(pod: JsonObject): Date | null {
  const hasInits = objectsAt(pod, 'spec', 'initContainers').length > 0;
  const done = conditionOf(pod, 'Initialized');
  const sandbox = conditionOf(pod, 'PodReadyToStartContainers');
  const [first, second] = hasInits ? [done, sandbox] : [sandbox, done];
  if (first?.status === 'True') return first.since;
  return second?.status === 'True' ? second.since : dateAt(pod, 'status', 'startTime');
}
