import { BorderError } from '../../../model/error.ts';
import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../../model/json.ts';
import type { ResourceId } from '../../../model/resource.ts';
import type { ApiResource } from '../cluster.ts';
import { readObject } from './answer.ts';
import { describeAction, requireScope } from './objects.ts';
import type { Session } from './session.ts';
import { objectPath, withQuery } from './urls.ts';

/** Bytes read of one container's log. */
const maxBytes = 256 * 1024;
/** Containers read of one pod. */
const maxContainers = 50;
/**
 * The last lines of every container of a pod, init containers first, in the pod's order. A container whose log cannot be read,
 * such as one that still waits for its image, is left out. Where one that restarted has said less than what was asked for, its
 * last lines before the restart come first: they tell what it died of. Throws `BorderError` when no log at all can be read.
 */
export async function readPodLogs(
  session: Session,
  resource: ApiResource,
  wanted: { readonly id: ResourceId; readonly lines: number },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { transport, limits, redactor } = session;
  const action = describeAction('read the logs of', resource, wanted.id);
  const path = objectPath(resource, requireScope(resource, wanted.id));
  const read = async (logPath: string): Promise<string> => {
    const call = { method: 'GET', path: logPath, action, deadlineMs: limits.requestMs, isIdempotent: true } as const;
    return (await transport.send(call, signal)).text;
  };
  const pod = readObject(await read(path), { server: transport.server, action });
  const readRun = (container: string, previous: true | null): Promise<Run> => {
    const query = { container, previous, tailLines: wanted.lines, limitBytes: maxBytes };
    return attempt(read(withQuery(`${path}/log`, query)));
  };
  const containers = containersOf(pod);
  const tails = await Promise.all(
    containers.map((container) => tailOf(statusOf(pod, container), wanted.lines, (run) => readRun(container, run))),
  );
  const [fault] = tails.flatMap((tail) => tail.fault ?? []);
  if (fault !== undefined && tails.every((tail) => tail.text === null)) throw fault;
  const texts = tails.map(({ text }, index) => [containers[index] ?? '', text] as const);
  return new Map(texts.flatMap(([name, text]) => (text === null ? [] : [[name, redactor.text(text)] as const])));
}

/** The log of one run of a container, or why it could not be read. */
type Run = { readonly text: string; readonly fault: null } | { readonly text: null; readonly fault: BorderError };

async function attempt(reading: Promise<string>): Promise<Run> {
  try {
    return { text: await reading, fault: null };
  } catch (fault) {
    if (fault instanceof BorderError) return { text: null, fault };
    throw fault;
  }
}

async function tailOf(status: JsonObject, lines: number, read: (previous: true | null) => Promise<Run>): Promise<Run> {
  const current = await read(null);
  if (!needsMore(status, current, lines)) return current;
  const previous = await read(true);
  if (previous.text === null) return current;
  return { text: lastLines([previous.text, current.text ?? ''], lines), fault: null };
}

/** Of a container that waits for its next run the kubelet gives the run before, so asking for that would say it twice. */
function needsMore(status: JsonObject, current: Run, lines: number): boolean {
  if (pick(status, 'lastState', 'terminated') === undefined) return false;
  if (current.text === null || current.text === '') return true;
  return pick(status, 'state', 'waiting') === undefined && linesOf(current.text).length < lines;
}

function lastLines(texts: readonly string[], lines: number): string {
  const all = texts.flatMap(linesOf).slice(-lines);
  return all.map((line) => `${line}\n`).join('');
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function containersOf(pod: JsonObject): readonly string[] {
  const containers = objectsOf(pod, ['spec', 'initContainers'], ['spec', 'containers']);
  return containers.flatMap((container) => pickText(container, 'name') ?? []).slice(0, maxContainers);
}

function statusOf(pod: JsonObject, container: string): JsonObject {
  const statuses = objectsOf(pod, ['status', 'initContainerStatuses'], ['status', 'containerStatuses']);
  return statuses.find((status) => status['name'] === container) ?? {};
}

function objectsOf(pod: JsonObject, ...paths: readonly (readonly string[])[]): readonly JsonObject[] {
  const lists = paths.map((path) => pick(pod, ...path));
  return lists.flatMap((list) => (isJsonList(list) ? list : [])).filter(isJsonObject);
}
