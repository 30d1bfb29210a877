/** The namespace Argo CD's own objects live in. */
export const argoNamespace = 'argocd';

/**
 * What an installation of Argo CD brings besides its programs. It compares only when asked (or when an object changes), so that
 * no test waits for a timer of its own.
 */
export function settingsObjects(namespace = argoNamespace): readonly object[] {
  const configMap = (name: string, data: Readonly<Record<string, string>> = {}): object => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: partOfArgo },
    data,
  });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    configMap('argocd-cm', { 'timeout.reconciliation': '0s', 'application.resourceTrackingMethod': 'annotation' }),
    ...['rbac', 'cmd-params', 'tls-certs', 'ssh-known-hosts', 'gpg-keys'].map((name) => configMap(`argocd-${name}-cm`)),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-secret', namespace, labels: partOfArgo },
      stringData: { 'server.secretkey': 'a-key-that-only-tests-use-0123456789' },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default', namespace },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ namespace: '*', server: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    },
  ];
}

const partOfArgo = { 'app.kubernetes.io/part-of': 'argocd' };
