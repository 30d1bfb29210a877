import { type JsonObject, pickText } from '../../../model/json.ts';
import type { Api } from '../api.ts';
import type { ServedKind } from '../kinds.ts';
import { StatusError } from '../status.ts';
import { bucketOf, type StoreEvent } from '../store.ts';
import { type Controls, kinds, remove } from './controls.ts';
import { rollOut } from './deployment.ts';
import { nameOf, namespaceOf, objectAt, objectsAt, uidOf } from './fields.ts';
import { runJob } from './job.ts';
import { runPod } from './kubelet.ts';
import { timers, type WorkloadOptions } from './options.ts';
import { keepPods } from './replica-set.ts';
import { keepOrdinals } from './stateful-set.ts';

/** What is looked at: by name, so that it is read when its turn comes. */
interface Item {
  readonly kind: ServedKind;
  readonly namespace: string | null;
  readonly name: string;
}

/** Milliseconds until something is tried again that another object stands in the way of. */
const retryMs = 200;

const controllers: ReadonlyMap<ServedKind, (controls: Controls, object: JsonObject) => Promise<void> | void> = new Map([
  [kinds.deployments, rollOut],
  [kinds.replicasets, keepPods],
  [kinds.statefulsets, keepOrdinals],
  [kinds.jobs, runJob],
  [kinds.pods, runPod],
]);
const kindByBucket = new Map([...controllers.keys()].map((kind) => [bucketOf(kind), kind]));

/**
 * Runs the controllers of workloads and a kubelet until the server closes: Deployments, ReplicaSets, StatefulSets, Jobs and
 * Pods do what they say, and what belongs to a deleted object goes with it. One object is dealt with after the other, in the
 * order of the changes.
 */
export function runWorkloads(api: Api, now: () => number, options: WorkloadOptions): void {
  const { later = timers, onFault = () => undefined } = options;
  const queue = new Map<string, Item>();
  const cancels = new Set<() => void>();
  let isBusy = false;

  const add = (item: Item): void => {
    queue.set(`${bucketOf(item.kind)}/${item.namespace ?? ''}/${item.name}`, item);
    void drain();
  };
  const wake = (item: Item, milliseconds: number, before: () => void = () => undefined): void => {
    const cancel = later(() => {
      cancels.delete(cancel);
      before();
      add(item);
    }, milliseconds);
    cancels.add(cancel);
  };
  const controls: Controls = {
    api,
    now,
    options: { ...options, podMs: options.podMs ?? 100, speed: options.speed ?? 1 },
    wake: (object, milliseconds, before) => {
      const item = itemOf(api, object);
      if (item !== null) wake(item, milliseconds, before);
    },
    due: new Set(),
  };
  const drain = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    await api.ready.catch(() => queue.clear());
    for (let [first] = queue; first !== undefined && !api.closing.aborted; [first] = queue) {
      const [key, item] = first;
      queue.delete(key);
      await attempt(controls, item, { again: () => add(item), later: () => wake(item, retryMs), onFault });
    }
    isBusy = false;
  };

  const stop = api.store.onChange((event) => {
    for (const item of touchedBy(controls, event)) add(item);
  });
  api.closing.addEventListener('abort', () => {
    stop();
    for (const cancel of cancels) cancel();
  });
}

interface Ways {
  readonly again: () => void;
  readonly later: () => void;
  readonly onFault: (fault: Error) => void;
}

/** Deals with one object. What somebody else changed meanwhile is looked at again; what has gone is forgotten. */
async function attempt(controls: Controls, item: Item, ways: Ways): Promise<void> {
  try {
    await deal(controls, item);
  } catch (fault) {
    if (!controls.api.closing.aborted) settle(fault, ways);
  }
}

function settle(fault: unknown, { again, later, onFault }: Ways): void {
  const reason = fault instanceof StatusError ? fault.status['reason'] : null;
  if (reason === 'Conflict') again();
  else if (reason === 'AlreadyExists') later();
  else if (!isOfGone(fault)) onFault(fault instanceof Error ? fault : new Error(String(fault)));
}

/** Whether the object or its namespace went while it was dealt with. */
function isOfGone(fault: unknown): boolean {
  if (!(fault instanceof StatusError)) return false;
  return fault.status['reason'] === 'NotFound' || isTerminating(fault);
}

function isTerminating({ status }: StatusError): boolean {
  return objectsAt(status, 'details', 'causes').some((cause) => cause['reason'] === 'NamespaceTerminating');
}

async function deal(controls: Controls, { kind, namespace, name }: Item): Promise<void> {
  const object = controls.api.store.get(kind, namespace, name);
  if (object === undefined) return;
  if (hasLostOwners(controls.api, object)) return remove(controls, kind, object);
  if (objectAt(object, 'metadata')['deletionTimestamp'] !== undefined) return;
  await controllers.get(kind)?.(controls, object);
}

/** Whether all owners of an object that has some are gone; an owner of a kind that is not served counts as there. */
function hasLostOwners(api: Api, object: JsonObject): boolean {
  const references = objectsAt(object, 'metadata', 'ownerReferences');
  const isGone = (reference: JsonObject): boolean => {
    const kind = api.registry.kindOf(String(reference['apiVersion']), String(reference['kind']));
    if (kind === undefined) return false;
    const owner = api.store.get(kind, kind.namespaced ? namespaceOf(object) : null, String(reference['name']));
    return owner === undefined || uidOf(owner) !== reference['uid'];
  };
  return references.length > 0 && references.every(isGone);
}

/** What has to be looked at after a change: the object, what it belongs to and, once it is gone, what belonged to it. */
function touchedBy({ api, due }: Controls, event: StoreEvent): readonly Item[] {
  const { object } = event;
  const items: (Item | null)[] = ownersOf(api, object);
  if (event.type === 'DELETED') {
    const uid = uidOf(object);
    due.delete(uid);
    api.logs.delete(uid);
    const isDependent = (other: JsonObject) =>
      objectsAt(other, 'metadata', 'ownerReferences').some((reference) => reference['uid'] === uid);
    items.push(
      ...api.store
        .all()
        .filter(isDependent)
        .map((other) => itemOf(api, other)),
    );
  } else if (kindByBucket.has(event.bucket)) {
    items.push(itemOf(api, object));
  }
  return items.filter((item) => item !== null);
}

function ownersOf(api: Api, object: JsonObject): (Item | null)[] {
  return objectsAt(object, 'metadata', 'ownerReferences')
    .filter((reference) => reference['controller'] === true)
    .map((reference) => {
      const owner = { ...reference, metadata: { name: reference['name'] ?? '', namespace: namespaceOf(object) } };
      return itemOf(api, owner);
    });
}

function itemOf(api: Api, object: JsonObject): Item | null {
  const kind = api.registry.kindOf(pickText(object, 'apiVersion') ?? '', pickText(object, 'kind') ?? '');
  return kind === undefined
    ? null
    : { kind, namespace: kind.namespaced ? namespaceOf(object) : null, name: nameOf(object) };
}
