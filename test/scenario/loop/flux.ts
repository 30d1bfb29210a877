import { startSourceController } from '../../../src/pretend/source-controller/source-controller.ts';
import { useFlux } from '../../control-plane/flux/flux.ts';
import type { Clusters } from './clusters.ts';
import type { Hands } from './forges.ts';

/**
 * A GitRepository and a Kustomization for each environment: the kustomize-controller is real, the source-controller its double.
 * Gives what stops it.
 */
export async function addKustomizations(hands: Hands, clusters: Clusters): Promise<() => Promise<void>> {
  const { plane } = await useFlux();
  const namespace = await plane.namespace('flux');
  const access = { server: plane.server, token: plane.token, ca: plane.certificate };
  const source = await startSourceController({ access, namespace });
  const post = async (path: string, object: object): Promise<void> => {
    const { status, text } = await plane.request('POST', path, object);
    if (status !== 201) throw new Error(`could not create at ${path}: ${text}`);
  };
  await post(`/apis/source.toolkit.fluxcd.io/v1/namespaces/${namespace}/gitrepositories`, {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'gitops' },
    spec: { interval: '1h', url: hands.clone.url, ref: { branch: 'main' } },
  });
  const kustomizations = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${namespace}/kustomizations`;
  for (const environment of Object.keys(clusters.namespaces)) {
    await post(kustomizations, {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: environment },
      spec: {
        interval: '1h',
        path: `./apps/checkout/overlays/${environment}`,
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'gitops' },
      },
    });
  }
  return async () => {
    for (const environment of Object.keys(clusters.namespaces))
      await plane.request('DELETE', `${kustomizations}/${environment}`);
    await source.close();
  };
}
