import { type ControlPlane, useControlPlane } from '../control-plane.ts';
import { freePorts, type ProcessSpec, startProcesses, threeAttempts } from '../processes.ts';
import { usePart } from '../shared.ts';
import { type ArgoPlace, installArgoCd, preparePlace, repoServerSpecs } from './argocd.ts';

/** Argo CD's ApplicationSet controller. It generates Applications in its namespace, and nobody synchronises them. */
export interface SetController {
  readonly plane: ControlPlane;
  readonly namespace: string;
}

/**
 * The ApplicationSet controller of this jest run, with a repo-server of its own, in a namespace that no other part of Argo CD
 * looks at. The first start takes about eight seconds, so give `beforeAll` two minutes.
 */
export async function useSetController(): Promise<SetController> {
  const namespace = 'argocd-sets';
  const plane = await useControlPlane({ workloads: true });
  await usePart(namespace, async (dir, owner) => {
    await installArgoCd(plane, namespace);
    const place = await preparePlace(plane, dir, namespace);
    const pids = await threeAttempts(async () => startProcesses(await specsOf(place), { dir, owner }));
    return { dir, pids };
  });
  return { plane, namespace };
}

async function specsOf(place: ArgoPlace): Promise<readonly ProcessSpec[]> {
  const { specs, address } = await repoServerSpecs(place);
  const [metrics, probe, webhook] = await freePorts(3);
  const flags = ['--metrics-addr', `127.0.0.1:${metrics}`, '--probe-addr', `127.0.0.1:${probe}`];
  const { program, env } = place;
  const controller: ProcessSpec = {
    name: 'applicationset-controller',
    program,
    flags: [
      ...flags,
      '--webhook-addr',
      `127.0.0.1:${webhook}`,
      '--argocd-repo-server',
      address,
      '--repo-server-plaintext',
    ],
    env: { ...env, ARGOCD_BINARY_NAME: 'argocd-applicationset-controller' },
    // It registers no probe; its metrics come when the manager runs.
    ready: `http://127.0.0.1:${metrics}/metrics`,
  };
  return [...specs, controller];
}
