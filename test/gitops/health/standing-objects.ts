import type { JsonObject } from '../../../src/model/json.ts';
import { pickText } from '../../../src/model/json.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';

const paths: Readonly<Record<string, string>> = {
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
  StatefulSet: '/apis/apps/v1/namespaces/NS/statefulsets',
  ReplicaSet: '/apis/apps/v1/namespaces/NS/replicasets',
  Pod: '/api/v1/namespaces/NS/pods',
};

/** Objects with a status we choose, on an API server without controllers: what is written stands still. */
export interface StandingObjects {
  /** Creates the object and sets its status; gives it as stored. */
  put(object: JsonObject): Promise<JsonObject>;
  /** A Deployment `web` of one pod wanted, with an old and a new ReplicaSet, and the pods given for each. */
  rollout(pods: { readonly old: readonly JsonObject[]; readonly new: readonly JsonObject[] }): Promise<void>;
}

/** A pod of the rollout: name, further spec and status. */
export function standingPod(name: string, status: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'web', image: 'shop:2' }], ...spec },
    status: { phase: 'Running', ...status },
  };
}

export function standingObjects(plane: ControlPlane, namespace: string): StandingObjects {
  const put = async (object: JsonObject): Promise<JsonObject> => {
    const { status, ...desired } = object;
    const path = (paths[String(object['kind'])] ?? '').replace('NS', namespace);
    const stored = await answered(plane.request('POST', path, desired));
    if (status === undefined) return stored;
    const name = pickText(stored, 'metadata', 'name');
    return answered(plane.request('PATCH', `${path}/${name}/status`, { status }, 'application/merge-patch+json'));
  };
  return {
    put,
    rollout: async (pods) => {
      const owner = await put(deployment());
      for (const [age, revision] of [
        ['old', 1],
        ['new', 2],
      ] as const) {
        const set = await put(replicaSet(age, revision, owner));
        for (const pod of pods[age]) await put(ownedBy(set, pod, { app: 'web', 'pod-template-hash': age }));
      }
    },
  };
}

async function answered(sent: ReturnType<ControlPlane['request']>): Promise<JsonObject> {
  const { status, text } = await sent;
  if (status >= 300) throw new Error(text);
  return JSON.parse(text);
}

function ownedBy(owner: JsonObject, object: JsonObject, labels: JsonObject): JsonObject {
  const name = pickText(owner, 'metadata', 'name') ?? '';
  const uid = pickText(owner, 'metadata', 'uid') ?? '';
  const reference = {
    apiVersion: String(owner['apiVersion']),
    kind: String(owner['kind']),
    name,
    uid,
    controller: true,
  };
  const metadata = { name: pickText(object, 'metadata', 'name') ?? '', labels, ownerReferences: [reference] };
  return { ...object, metadata };
}

const template = (hash: string): JsonObject => ({
  metadata: { labels: { app: 'web', ...(hash === '' ? {} : { 'pod-template-hash': hash }) } },
  spec: { containers: [{ name: 'web', image: 'shop:2' }] },
});

function deployment(): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template('') },
    status: { observedGeneration: 1, replicas: 2, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
  };
}

function replicaSet(hash: string, revision: number, owner: JsonObject): JsonObject {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: `web-${hash}` },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } },
      template: template(hash),
    },
  };
  const owned = ownedBy(owner, object, { app: 'web', 'pod-template-hash': hash });
  const metadata = {
    ...(owned['metadata'] as JsonObject),
    annotations: { 'deployment.kubernetes.io/revision': `${revision}` },
  };
  return { ...owned, metadata };
}
