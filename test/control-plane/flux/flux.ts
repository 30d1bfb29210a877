import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ControlPlane, useControlPlane } from '../control-plane.ts';
import { freePorts, type ProcessSpec, startProcesses, threeAttempts } from '../processes.ts';
import { usePart } from '../shared.ts';
import { fluxDefinitions, kustomizeControllerBinary } from './binary.ts';

/** A real kustomize-controller of Flux beside the control plane on which workloads roll out. */
export interface Flux {
  readonly plane: ControlPlane;
}

/** The namespace of the controller; tests put Flux's objects into namespaces of their own. */
const ownNamespace = 'flux-system';

/** Kinds the controller watches from its start. */
const watched = [
  '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations',
  ...['gitrepositories', 'ocirepositories', 'buckets', 'externalartifacts'].map(
    (plural) => `/apis/source.toolkit.fluxcd.io/v1/${plural}`,
  ),
];

/**
 * The Flux of this jest run: kustomize-controller, started by whoever asks first and shared by all test files. It looks after all
 * namespaces; give each test one of its own. Nothing fetches: start a source-controller for that namespace, see
 * src/pretend/source-controller. The first start takes about six seconds, so give `beforeAll` a minute.
 */
export async function useFlux(): Promise<Flux> {
  const plane = await useControlPlane({ workloads: true });
  await usePart('flux', async (dir, owner) => {
    await installDefinitions(plane);
    await plane.request('POST', '/api/v1/namespaces', { metadata: { name: ownNamespace } });
    await mkdir(join(dir, 'tmp'), { recursive: true });
    const program = await kustomizeControllerBinary();
    const pids = await threeAttempts(async () => startProcesses([await specOf(plane, program, dir)], { dir, owner }));
    return { dir, pids };
  });
  return { plane };
}

/** Makes a control plane serve Flux's kinds. */
export async function installDefinitions(plane: ControlPlane): Promise<void> {
  const folders = await fluxDefinitions();
  await plane.kubectl(['apply', '--server-side', ...folders.flatMap((folder) => ['-f', folder])]);
  for (const path of watched) await whenServed(plane, path);
}

async function whenServed(plane: ControlPlane, path: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(100)) {
    if ((await plane.request('GET', path)).status === 200) return;
  }
  throw new Error(`the control plane does not serve ${path}`);
}

async function specOf({ kubeconfig }: ControlPlane, program: string, dir: string): Promise<ProcessSpec> {
  const [health] = await freePorts(1);
  const retries = ['--http-retry=1', '--requeue-dependency=2s', '--min-retry-delay=500ms'];
  return {
    name: 'kustomize-controller',
    program,
    flags: [
      '--metrics-addr=0',
      `--health-addr=127.0.0.1:${health}`,
      '--interval-jitter-percentage=0',
      '--concurrent=8',
      ...retries,
    ],
    env: { KUBECONFIG: kubeconfig, RUNTIME_NAMESPACE: ownNamespace, TMPDIR: join(dir, 'tmp') },
    ready: `http://127.0.0.1:${health}/readyz`,
  };
}
