import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from './api.ts';
import type { ControlPlaneState } from './api-server.ts';
import { realBinary } from './binaries.ts';
import { identities } from './identities.ts';
import { kwokStages } from './kwok/stages.ts';
import { freePorts, type ProcessSpec, startProcesses, threeAttempts } from './processes.ts';

/** The one node of a cluster with workloads; nothing runs on it, kwok only says so. */
export const fakeNode = 'fake-node';

/**
 * Starts controllers, scheduler and kwok beside an API server and adds a fake node, so that workloads roll out: pods turn
 * ready at once, or fail as the annotation `kwok.fail` of their template says. Gives the process ids.
 */
export async function startWorkloads(plane: ControlPlaneState, owner: number): Promise<readonly number[]> {
  await writeFile(join(plane.dir, 'stages.yaml'), await kwokStages());
  const { status, text } = await ask(plane, 'POST', '/api/v1/nodes', nodeObject());
  if (status !== 201) throw new Error(`could not create node ${fakeNode}: ${text}`);
  return threeAttempts(async () => startProcesses(await specsOf(plane), { dir: plane.dir, owner }));
}

/** Whether a namespace has its default service account, without which the server refuses pods. */
export async function hasServiceAccount(plane: ControlPlaneState, namespace: string): Promise<boolean> {
  const { status } = await ask(plane, 'GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`);
  return status === 200;
}

async function specsOf(plane: ControlPlaneState): Promise<readonly ProcessSpec[]> {
  const [controllers = 0, scheduler = 0] = await freePorts(2);
  return [
    {
      name: 'controller-manager',
      program: await realBinary('kube-controller-manager'),
      flags: [...controllerFlags(plane), ...clientFlags(plane, controllers)],
      // It answers before its controllers run; the default service account is the first thing they make.
      ready: () => hasServiceAccount(plane, 'default'),
    },
    {
      name: 'scheduler',
      program: await realBinary('kube-scheduler'),
      flags: clientFlags(plane, scheduler),
      ready: `https://127.0.0.1:${scheduler}/readyz`,
    },
    {
      name: 'kwok',
      program: await realBinary('kwok'),
      flags: kwokFlags(plane),
      ready: () => isNodeReady(plane),
    },
  ];
}

function clientFlags(plane: ControlPlaneState, port: number): readonly string[] {
  return [
    `--kubeconfig=${plane.kubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--authentication-skip-lookup',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--profiling=false',
  ];
}

/** No `--use-service-account-credentials`: with it the controllers start one after the other, which takes seconds. */
function controllerFlags(plane: ControlPlaneState): readonly string[] {
  return [
    `--service-account-private-key-file=${join(plane.dir, 'sa.key')}`,
    `--root-ca-file=${join(plane.dir, 'certs', 'apiserver.crt')}`,
  ];
}

/** A kwok that follows another one within the lease's time does nothing: its node is still held. Each cluster has one. */
function kwokFlags(plane: ControlPlaneState): readonly string[] {
  return [
    `--kubeconfig=${plane.kubeconfig}`,
    '--manage-all-nodes',
    '--node-lease-duration-seconds=40',
    '--node-ip=127.0.0.1',
    `--config=${join(plane.dir, 'stages.yaml')}`,
  ];
}

async function isNodeReady(plane: ControlPlaneState): Promise<boolean> {
  const { text } = await ask(plane, 'GET', `/api/v1/nodes/${fakeNode}`);
  const node: NodeStatus = JSON.parse(text);
  const tainted = node.spec.taints?.some(({ key }) => key === 'node.kubernetes.io/not-ready') ?? false;
  return !tainted && (node.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

interface NodeStatus {
  readonly spec: { readonly taints?: readonly { readonly key: string }[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

function nodeObject(): object {
  const labels = { 'kubernetes.io/hostname': fakeNode, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: fakeNode, annotations: { 'kwok.x-k8s.io/node': 'fake' }, labels },
  };
}

function ask(plane: ControlPlaneState, method: string, path: string, body?: object) {
  const sent = body === undefined ? undefined : { type: 'application/json', text: JSON.stringify(body) };
  return request({ ...plane, token: identities.admin.token }, method, path, sent);
}
