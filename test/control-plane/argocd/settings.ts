/** The namespace Argo CD's own objects live in. */
export const argoNamespace = 'argocd';

/** Kinds that no test applies but the one that tells of them. */
export const resourceExclusions =
  '[{apiGroups: ["node.*"], kinds: [RuntimeClass], clusters: ["https://kubernetes.*"]}, {kinds: [ConfigMap], clusters: [elsewhere]}]';

/** Signs the tokens of the API server. */
export const tokenKey = 'a-key-that-only-tests-use-0123456789';

/** Who asks the API server, and what for. */
export interface ArgoAccount {
  readonly name: string;
  readonly tokenId: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  /** What it may do: resource, action and object, such as `applications, get, default/*`. */
  readonly rights: readonly string[];
}

/**
 * What an installation of Argo CD brings besides its programs. It compares only when asked (or when an object changes), so that
 * no test waits for a timer of its own.
 */
export function settingsObjects(namespace = argoNamespace, account: ArgoAccount | null = null): readonly object[] {
  const metadata = (name: string) => ({ name, namespace, labels: { 'app.kubernetes.io/part-of': 'argocd' } });
  const configMap = (name: string, data: Data = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(name),
    data,
  });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    configMap('argocd-cm', {
      'timeout.reconciliation': '0s',
      'application.resourceTrackingMethod': 'annotation',
      'resource.exclusions': resourceExclusions,
      ...(account === null ? {} : { [`accounts.${account.name}`]: 'apiKey' }),
    }),
    configMap('argocd-rbac-cm', account === null ? {} : { 'policy.csv': policyOf(account) }),
    ...['cmd-params', 'tls-certs', 'ssh-known-hosts', 'gpg-keys'].map((name) => configMap(`argocd-${name}-cm`)),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('argocd-secret'),
      stringData: { 'server.secretkey': tokenKey, ...(account === null ? {} : tokensOf(account)) },
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

type Data = Readonly<Record<string, string>>;

function policyOf({ name, rights }: ArgoAccount): string {
  return rights.map((right) => `p, ${name}, ${right}, allow\n`).join('');
}

function tokensOf({ name, tokenId, issuedAt }: ArgoAccount): Data {
  return { [`accounts.${name}.tokens`]: JSON.stringify([{ id: tokenId, iat: issuedAt }]) };
}
