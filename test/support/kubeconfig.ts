import { writeFileSync } from 'node:fs';

/** The token in every kubeconfig made here; it may show nowhere. */
export const canaryToken = 'CANARY-token-0123456789abcdef';

/** The text of a kubeconfig with one context `prod`. */
export function kubeconfigText(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: canaryToken } }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }],
  });
}

/** Writes it and gives the environment that names it. */
export function kubeconfigAt(path: string, text: string): { readonly KUBECONFIG: string } {
  writeFileSync(path, text);
  return { KUBECONFIG: path };
}
