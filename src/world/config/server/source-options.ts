import type { Option } from '../option.ts';
import { group, list, optional, pathText, pattern, required, secret, text } from '../shapes.ts';
import { clusterName, namespaceName } from './cluster-names.ts';

const host = '(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const port = '(?::[1-9][0-9]{0,4})?';

const sourceHost = pattern(`^${host}${port}$`, 'a host in small letters, with its port where that is not 443');

const allowedHost = pattern(
  `^(?:\\*\\.)?${host}${port}$|^\\[[0-9a-f:]+\\]${port}$`,
  'a host, HOST:PORT or *.DOMAIN, in small letters',
);

const privatePlace = pattern(
  `^${host}$|^(?:[0-9]{1,3}\\.){3}[0-9]{1,3}(?:/(?:[0-9]|[12][0-9]|3[0-2]))?$|^(?=[^:]*:)[0-9a-f:]+(?:/(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))?$`,
  'a host, an address or a range such as 10.1.0.0/16',
);

const userName = pattern('^[^\\s:\\x00-\\x1f]{1,200}$', 'a user name without spaces and colons');

const secretName = pattern('^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$', 'a name of a Secret');

const homeCluster = (about: string): Option => text('cluster', about, clusterName, 'hub');

const secretKey = pattern('^[-._a-zA-Z0-9]{1,253}$', 'a key of a Secret: letters, digits and -._');

const keyOptions: readonly Option[] = [
  text('username', 'Key that holds the user name.', secretKey, 'user'),
  text('password', 'Key that holds the password.', secretKey, 'pass'),
  text('token', 'Key that holds a bearer token.', secretKey, 'pat'),
  text('ca', 'Key that holds the authority that vouches for the host, in PEM.', secretKey, 'ca.pem'),
];

const secretOptions: readonly Option[] = [
  homeCluster(
    'The cluster of this file the Secret lies in; its plan identity gets it. The one it runs in when left out.',
  ),
  required(text('namespace', 'Its namespace.', namespaceName, 'flux-system')),
  required(text('name', 'Its name.', secretName, 'charts')),
  {
    name: 'keys',
    text: 'The keys that count, and no others. Left out, those of Helm, Flux and Argo CD: `username` and `password`, `token` or `bearerToken`, `.dockerconfigjson`; `ca.crt` or `caFile`.',
    shape: optional(keyOptions),
    default: null,
    examples: [{ username: 'user', password: 'pass' }],
  },
];

const hostOptions: readonly Option[] = [
  text('username', 'User name, with a password.', userName, 'robot'),
  ...secret('password', 'the password (of a Git server: an access token)', 'CHARTS_PASSWORD'),
  ...secret('token', 'a token that is sent as a bearer token, instead of user name and password', 'CHARTS_TOKEN'),
  text(
    'caFile',
    'PEM file of the authority that vouches for it; the public ones when left out.',
    pathText,
    '/etc/ssl/acme.pem',
  ),
  {
    name: 'secret',
    text: 'A Secret of Kubernetes that holds them instead. It is read when first needed, and again after a 401.',
    shape: optional(secretOptions),
    default: null,
    examples: [{ cluster: 'hub', namespace: 'flux-system', name: 'charts' }],
  },
];

/** Where charts, artifacts and Git bases may be fetched from. */
export const sourceOptions: readonly Option[] = [
  list(
    'allow',
    'The hosts that charts, artifacts and Git bases may be fetched from, with those their servers redirect to or hand out tokens at. Without any, nothing is fetched.',
    allowedHost,
    ['ghcr.io', 'pkg-containers.githubusercontent.com', 'charts.acme.example:8443'],
  ),
  list(
    'private',
    'Hosts that may lead to private addresses or to this machine, and addresses or ranges that may be reached. Everything else that is not of the public internet is refused; link-local addresses need their range.',
    privatePlace,
    ['charts.acme.example', '10.20.0.0/16'],
  ),
  {
    name: 'hosts',
    text: 'Credentials and authorities of these hosts. Those of one host never go to another.',
    shape: { kind: 'named', word: 'HOST', names: sourceHost, of: group(hostOptions) },
    default: {},
    examples: [{ 'charts.acme.example:8443': { username: 'robot', passwordFile: '/run/secrets/charts' } }],
  },
  {
    name: 'argocd',
    text: 'Argo CD whose repository Secrets (`repository` and `repo-creds`) give credentials too, for the addresses they name; none without it. They add nothing to `allow`.',
    shape: optional([
      homeCluster(
        'The cluster of this file Argo CD lives in; its plan identity lists the Secrets. The one it runs in when left out.',
      ),
      { ...text('namespace', 'Namespace of Argo CD.', namespaceName, 'argocd'), default: 'argocd' },
    ]),
    default: null,
    examples: [{ namespace: 'argocd' }],
  },
  {
    name: 'flux',
    text: 'Flux whose GitRepository, HelmRepository and OCIRepository objects give credentials too, by the Secrets they name, for their addresses; none without it. They add nothing to `allow`.',
    shape: optional([
      homeCluster(
        'The cluster of this file Flux lives in; its plan identity lists the sources and gets the Secrets. The one it runs in when left out.',
      ),
      {
        ...list('namespaces', 'Namespaces of these objects.', namespaceName, ['flux-system', 'shop']),
        default: ['flux-system'],
      },
    ]),
    default: null,
    examples: [{ namespaces: ['flux-system', 'shop'] }],
  },
  {
    name: 'cacheMegabytes',
    text: 'Room for what was fetched, in the data folder. What was used longest ago goes first.',
    shape: { kind: 'count', least: 1, most: 1_000_000 },
    default: 1024,
    examples: [1024],
  },
];
