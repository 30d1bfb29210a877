import { useArgoCd } from '../../control-plane/argocd/argocd.ts';
import type { Clusters } from './clusters.ts';
import type { Hands } from './forges.ts';

/** Applications of a real Argo CD for both environments, synced only when somebody asks. Gives what removes them. */
export async function addApplications(hands: Hands, clusters: Clusters): Promise<() => Promise<void>> {
  const { plane, namespace } = await useArgoCd();
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`;
  const names: string[] = [];
  for (const [environment, target] of Object.entries(clusters.namespaces)) {
    const object = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: target },
      spec: {
        project: 'default',
        source: {
          repoURL: hands.clone.url,
          targetRevision: 'main',
          path: `apps/checkout/overlays/${environment}`,
        },
        destination: { server: 'https://kubernetes.default.svc', namespace: target },
      },
    };
    const { status, text } = await plane.request('POST', path, object);
    if (status !== 201) throw new Error(`could not create Application ${target}: ${text}`);
    names.push(target);
  }
  return async () => {
    for (const name of names) await plane.request('DELETE', `${path}/${name}`);
  };
}
