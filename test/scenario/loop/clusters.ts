import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { type Relay, startRelay } from './relay.ts';

/** Two environments on one real control plane: a context and a namespace for each. */
export interface Clusters {
  readonly plane: ControlPlane;
  readonly kubeconfig: string;
  readonly contexts: readonly string[];
  readonly namespaces: { readonly staging: string; readonly prod: string };
  /** What stands between the bot and the control plane. */
  readonly relay: Relay;
  /** The image a Deployment of an environment runs. */
  liveImage(environment: 'staging' | 'prod', name?: string): Promise<string | null>;
  /** The Deployment of an application as it is; null when there is none. */
  live(environment: 'staging' | 'prod', name?: string): Promise<LiveDeployment | null>;
  /** Somebody edits the Deployment by hand, as `kubectl edit` does. */
  edit(environment: 'staging' | 'prod', patch: object, name?: string): Promise<void>;
  close(): Promise<void>;
}

/** What the API server answers for a Deployment, as far as tests look. */
export interface LiveDeployment {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

/** Makes both environments; `dir` takes the kubeconfig. */
export async function openClusters(dir: string): Promise<Clusters> {
  const plane = await useControlPlane({ workloads: true });
  const namespaces = { staging: await plane.namespace('staging'), prod: await plane.namespace('prod') };
  const kubeconfig = join(dir, 'kubeconfig.json');
  const relay = await startRelay(plane);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster: { server: relay.url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token: plane.token } }],
    contexts: Object.entries(namespaces).map(([name, namespace]) => ({
      name,
      context: { cluster: 'real', user: 'admin', namespace },
    })),
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const pathOf = (environment: 'staging' | 'prod', name: string): string =>
    `/apis/apps/v1/namespaces/${namespaces[environment]}/deployments/${name}`;
  const live: Clusters['live'] = async (environment, name = 'checkout') => {
    const { status, text } = await plane.request('GET', pathOf(environment, name));
    // what the API server answers for a Deployment
    return status === 200 ? (JSON.parse(text) as LiveDeployment) : null;
  };
  return {
    plane,
    kubeconfig,
    contexts: ['staging', 'prod'],
    namespaces,
    relay,
    live,
    liveImage: async (environment, name) =>
      (await live(environment, name))?.spec.template.spec.containers[0]?.image ?? null,
    edit: async (environment, patch, name = 'checkout') => {
      const path = `${pathOf(environment, name)}?fieldManager=kubectl-edit`;
      const { status, text } = await plane.request('PATCH', path, patch, 'application/merge-patch+json');
      if (status !== 200) throw new Error(`could not edit ${name}: ${text}`);
    },
    close: () => relay.close(),
  };
}
