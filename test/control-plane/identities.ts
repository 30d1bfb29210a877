/** One user of the control plane. */
export interface Identity {
  readonly token: string;
  /** The kubeconfig context that acts as this user. */
  readonly context: string;
}

/** The users of every control plane. */
export const identities = {
  /** May do everything (`system:masters`). */
  admin: { token: 'real-admin-token', context: 'real' },
  /** May read every object; nothing else. */
  reader: { token: 'real-reader-token', context: 'real-reader' },
  /** May read, create and patch every object (what a dry-run asks for); may not delete. */
  planner: { token: 'real-planner-token', context: 'real-planner' },
  /** Authenticated, with no role at all. */
  viewer: { token: 'real-viewer-token', context: 'real-viewer' },
} as const satisfies Record<string, Identity>;

/** The server's token file. */
export function tokenFile(): string {
  return Object.entries(identities)
    .map(([name, { token }]) => `${token},${name},${name},"${name === 'admin' ? 'system:masters' : `${name}s`}"\n`)
    .join('');
}

/** The kubeconfig with one context per identity. */
export function kubeconfigOf(server: string, certificate: string): string {
  const names = Object.values(identities);
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'real',
          cluster: { server, 'certificate-authority-data': Buffer.from(certificate).toString('base64') },
        },
      ],
      users: names.map(({ context, token }) => ({ name: context, user: { token } })),
      contexts: names.map(({ context }) => ({ name: context, context: { cluster: 'real', user: context } })),
      'current-context': identities.admin.context,
    },
    null,
    2,
  );
}

/** The roles of reader and planner, as objects to create. */
export function roleObjects(): readonly object[] {
  return [
    ...roleOf('reader', ['get', 'list', 'watch']),
    ...roleOf('planner', ['get', 'list', 'watch', 'create', 'patch']),
  ];
}

function roleOf(name: string, verbs: readonly string[]): readonly object[] {
  const group = 'rbac.authorization.k8s.io';
  const metadata = { name: `real-${name}` };
  return [
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata,
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ apiGroup: group, kind: 'User', name }],
    },
  ];
}
