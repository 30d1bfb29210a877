/** Rule ids of findings, as figures name them: those of our own checks, of what cannot be rendered, and of the shipped policies. */
export const knownRules: readonly string[] = [
  ...['argocd-cycle', 'argocd-differs', 'argocd-incomplete', 'argocd-invalid', 'argocd-unreadable'],
  ...['ambiguous-scalar', 'api-deprecated', 'application-removed', 'check-incomplete', 'config-invalid'],
  ...['config-weakens', 'duplicate-key', 'duplicate-list-key', 'duplicate-resource', 'ignored-document'],
  ...['kind-not-served', 'leak-unchecked', 'leaked-token', 'merge-conflict', 'metadata-annotation', 'metadata-label'],
  ...['metadata-name', 'namespace-missing', 'not-a-resource', 'plaintext-secret', 'policy-error', 'policy-unsupported'],
  ...['predicted-offline', 'predicted-without-admission', 'random-per-render', 'removed-api', 'runs-on-merge'],
  ...['schema-broken', 'schema-enum', 'schema-invalid', 'schema-more', 'schema-pattern-unchecked', 'schema-required'],
  ...['schema-unknown-field', 'schema-unknown-kind', 'schema-wrong-type', 'server-invalid', 'server-refused'],
  ...['server-strict', 'server-warning'],
  ...['decode-failed', 'module-build-failed', 'module-crashed', 'module-memory', 'module-missing', 'refused'],
  ...['remote-reference', 'render-failed', 'render-memory', 'render-timeout', 'worker-timeout'],
  ...['added-capabilities', 'cluster-admin-binding', 'host-namespaces', 'host-path-volume', 'image-latest'],
  ...['privilege-escalation', 'privileged-container', 'rbac-wildcard', 'resource-limits', 'run-as-root'],
];
