import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { ResourceId } from '../../src/model/resource.ts';
import type { Cluster, ListOptions, WatchOptions, WriteOptions } from '../../src/world/cluster/cluster.ts';

/** Nothing in the contract waits longer than its own deadlines. */
export const signal: AbortSignal = new AbortController().signal;

export const apply: WriteOptions = {
  manager: 'fairlead',
  force: false,
  dryRun: false,
  validation: 'Strict',
  as: null,
};

export const everything: ListOptions = {
  namespace: null,
  labelSelector: null,
  metadataOnly: false,
  page: null,
  limit: 100,
};

export const fromStart: WatchOptions = {
  namespace: null,
  labelSelector: null,
  metadataOnly: false,
  resourceVersion: null,
};

export const types = {
  configMap: { group: '', version: 'v1', kind: 'ConfigMap' },
  secret: { group: '', version: 'v1', kind: 'Secret' },
  namespace: { group: '', version: 'v1', kind: 'Namespace' },
  deployment: { group: 'apps', version: 'v1', kind: 'Deployment' },
  clusterRole: { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole' },
} as const;

export function fresh(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}

/** Creates a namespace of its own for a test. */
export async function newNamespace(cluster: Cluster): Promise<string> {
  const name = fresh('contract');
  await cluster.write({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, apply, signal);
  return name;
}

export function idOf(
  type: Pick<ResourceId, 'group' | 'version' | 'kind'>,
  namespace: string | null,
  name: string,
): ResourceId {
  return { ...type, namespace, name };
}

/** Empty maps are left out: an applied empty map is a field of its own, which others then conflict with. */
export function configMap(namespace: string, name: string, data: JsonObject, labels: JsonObject = {}): JsonObject {
  const metadata = { name, namespace, ...(Object.keys(labels).length > 0 ? { labels } : {}) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...(Object.keys(data).length > 0 ? { data } : {}) };
}

export function secret(namespace: string, name: string, values: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, ...values };
}

export function deployment(
  namespace: string,
  name: string,
  spec: JsonObject = {},
  containers: readonly Json[] = [],
): JsonObject {
  const labels = { app: name };
  const web = { name: 'web', image: 'registry.example/web:1' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [web, ...containers] } },
      ...spec,
    },
  };
}

/** A definition of a namespaced kind with an int64 and a text field. */
export function definition(group: string): JsonObject {
  const spec = { type: 'object', properties: { size: { type: 'integer', format: 'int64' }, note: { type: 'string' } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `gadgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  };
}

/** Defines a kind under a group of its own and waits until it is served. */
export async function defineKind(cluster: Cluster): Promise<Pick<ResourceId, 'group' | 'version' | 'kind'>> {
  const type = { group: `${fresh('g')}.example.com`, version: 'v1', kind: 'Gadget' };
  await cluster.write(definition(type.group), apply, signal);
  await eventually(async () => (await cluster.discovery(signal)).find(type));
  // Listing works once the server has set up storage for the kind, which may be a moment after discovery names it.
  await eventually(() => cluster.list(type, everything, signal).catch(() => undefined));
  return type;
}

/** The first answer that is not undefined; fails after 20 s. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 20_000; Date.now() < end; await delay(50)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error('it did not happen within 20 s');
}
