import { isJsonList, type JsonObject, pick, pickText } from '../../../model/json.ts';
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

/** The last lines of every container of a pod, init containers first, in the pod's order. */
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
  const logs = await Promise.all(
    containersOf(pod).map(async (container) => {
      const query = { container, tailLines: wanted.lines, limitBytes: maxBytes };
      return [container, redactor.text(await read(withQuery(`${path}/log`, query)))] as const;
    }),
  );
  return new Map(logs);
}

function containersOf(pod: JsonObject): readonly string[] {
  const lists = [pick(pod, 'spec', 'initContainers'), pick(pod, 'spec', 'containers')];
  const containers = lists.flatMap((list) => (isJsonList(list) ? list : []));
  return containers.flatMap((container) => pickText(container, 'name') ?? []).slice(0, maxContainers);
}
