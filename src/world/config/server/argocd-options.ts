import type { Option } from '../option.ts';
import { pathText, secret, text, webAddress } from '../shapes.ts';
import { clusterName, namespaceName } from './cluster-names.ts';

/** The Argo CD whose clusters, settings and projects are read, and whose API may be asked. */
export const argocdOptions: readonly Option[] = [
  text(
    'cluster',
    'The cluster of this file Argo CD lives in; its plan identity reads its cluster Secrets, the ConfigMaps `argocd-cm` and `argocd-cmd-params-cm`, AppProjects and the Deployment `argocd-repo-server`. The one it runs in when left out.',
    clusterName,
    'hub',
  ),
  { ...text('namespace', 'Namespace of Argo CD.', namespaceName, 'argocd'), default: 'argocd' },
  text(
    'url',
    'Address of its API, with a token; without it the API is not asked.',
    webAddress,
    'https://argocd.example.com',
  ),
  ...secret('token', 'a token of Argo CD that may read applications', 'ARGOCD_AUTH_TOKEN'),
  text(
    'caFile',
    'PEM file of the authority that vouches for `url`; the public ones when left out.',
    pathText,
    '/etc/ssl/acme.pem',
  ),
];
