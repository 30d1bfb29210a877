import { setTimeout as delay } from 'node:timers/promises';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import type { SetController } from '../../control-plane/argocd/set-controller.ts';
import { controllerClusters } from './argocd-controller-cases.ts';

/** The Secrets by which an Argo CD in a namespace knows `controllerClusters`; other suites that know one of them name it as here. */
export function clusterSecrets(namespace: string, names = ['cluster-0', 'cluster-1']): readonly object[] {
  return controllerClusters.map(({ name, server, labels, annotations }, index) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: names[index],
      namespace,
      labels: { ...labels, 'argocd.argoproj.io/secret-type': 'cluster' },
      annotations,
    },
    stringData: { name, server, config: '{}' },
  }));
}

/** What the controller makes of a set: its Applications, or that it refuses it. */
export async function generateThere({ plane, namespace }: SetController, id: string, text: string): Promise<Json> {
  await plane.kubectl(['apply', '--server-side', '-f', '-'], { input: text });
  const set = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applicationsets/${id}`;
  for (const end = Date.now() + 45_000; Date.now() < end; await delay(100)) {
    const conditions = pick(JSON.parse((await plane.request('GET', set)).text), 'status', 'conditions');
    const holding = (isJsonList(conditions) ? conditions : []).filter((one) => pickText(one, 'status') === 'True');
    const holds = (type: string) => holding.some((one) => pickText(one, 'type') === type);
    if (holds('ErrorOccurred')) return 'refused';
    if (holds('ResourcesUpToDate')) return sorted(await applicationsOf({ plane, namespace }, id));
  }
  throw new Error(`the controller did not finish ${id}`);
}

async function applicationsOf({ plane, namespace }: SetController, id: string): Promise<readonly JsonObject[]> {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`;
  const items = pick(JSON.parse((await plane.request('GET', path)).text), 'items');
  const all = isJsonList(items) ? items.filter(isJsonObject) : [];
  return all.filter((one) => {
    const owners = pick(one, 'metadata', 'ownerReferences');
    return isJsonList(owners) && owners.some((owner) => pickText(owner, 'name') === id);
  });
}

/** By name; without what is empty, which Go leaves out, and what the API server adds. */
export function sorted(applications: readonly JsonObject[]): Json {
  return applications
    .map((one) => {
      const kept = ['name', 'labels', 'annotations', 'finalizers'];
      const metadata = Object.fromEntries(kept.map((key) => [key, pick(one, 'metadata', key) ?? null]));
      return withoutEmpty({ metadata, spec: one['spec'] ?? {} });
    })
    .toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

function withoutEmpty(value: Json): Json {
  if (isJsonList(value)) return value.map(withoutEmpty);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).map(([key, item]) => [key, withoutEmpty(item)] as const);
  return Object.fromEntries(
    kept
      .filter(([, item]) => !(item === null || item === '' || item === false))
      .filter(([, item]) => typeof item !== 'object' || item === null || Object.keys(item).length > 0)
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}
