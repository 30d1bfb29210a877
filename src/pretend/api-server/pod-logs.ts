import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import { type ApiAnswer, ok } from './exchange.ts';
import { badRequest } from './status.ts';

/** What containers wrote in their last run, by pod uid and container. */
export type PodLogs = Map<string, ReadonlyMap<string, string>>;

/**
 * Answers a GET of a pod's log: `container`, `tailLines`, `limitBytes` and `previous` are honoured. Throws the 400 `StatusError`
 * that the kubelet gives for a container that has not run (its wording: pkg/kubelet/kubelet_pods.go, validateContainerLogStatus).
 */
export function readLog(logs: PodLogs, pod: JsonObject, query: URLSearchParams): ApiAnswer {
  const container = chosenContainer(pod, query.get('container'));
  const status = statusesOf(pod).find((each) => each['name'] === container);
  const isPrevious = query.get('previous') === 'true';
  if (status !== undefined) refuseSilent(pod, container, { status, isPrevious });
  const recorded = logs.get(pickText(pod, 'metadata', 'uid') ?? '')?.get(container) ?? '';
  return ok(tailOf(recorded, query), 'text/plain');
}

function chosenContainer(pod: JsonObject, asked: string | null): string {
  const names = [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')].map(
    (container) => pickText(container, 'name') ?? '',
  );
  const podName = pickText(pod, 'metadata', 'name') ?? '';
  if (asked === null || asked === '') {
    const [only, ...more] = names;
    if (only !== undefined && more.length === 0) return only;
    throw badRequest(`a container name must be specified for pod ${podName}, choose one of: [${names.join(' ')}]`);
  }
  if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${podName}`);
  return asked;
}

interface Asked {
  readonly status: JsonObject;
  readonly isPrevious: boolean;
}

function refuseSilent(pod: JsonObject, container: string, { status, isPrevious }: Asked): void {
  const place = `container "${container}" in pod "${pickText(pod, 'metadata', 'name')}"`;
  const hasRunBefore = pick(status, 'lastState', 'terminated') !== undefined;
  if (isPrevious && !hasRunBefore) throw badRequest(`previous terminated ${place} not found`);
  const waiting = pick(status, 'state', 'waiting');
  // While a container waits to be started again, its log is that of the run before.
  if (waiting === undefined || hasRunBefore) return;
  const reason = pickText(waiting, 'reason') ?? '';
  throw badRequest(`${place} is waiting to start: ${plainly.get(reason) ?? reason}`);
}

const plainly = new Map([
  ['ErrImagePull', "image can't be pulled"],
  ['ImagePullBackOff', 'trying and failing to pull image'],
]);

function tailOf(text: string, query: URLSearchParams): string {
  const asked = query.get('tailLines');
  const lines = text.split(/(?<=\n)/);
  const tail = asked === null ? text : lines.slice(Math.max(0, lines.length - Number(asked))).join('');
  const limit = Number(query.get('limitBytes') ?? 0);
  return limit > 0 ? Buffer.from(tail).subarray(0, limit).toString() : tail;
}

function statusesOf(pod: JsonObject): readonly JsonObject[] {
  return [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
}

function listAt(pod: JsonObject, ...keys: readonly string[]): readonly JsonObject[] {
  const list = pick(pod, ...keys);
  return isJsonList(list) ? list.filter(isJsonObject) : [];
}
