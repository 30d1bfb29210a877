import type { Group, Option } from '../option.ts';
import { pathGlob } from '../options.ts';
import {
  choice,
  folderPath,
  formatVersion,
  group,
  list,
  optional,
  pathText,
  pattern,
  secret,
  text,
} from '../shapes.ts';
import { serverTenancyOption } from '../tenancy-options.ts';
import { argocdOptions } from './argocd-options.ts';
import { clusterName, namespaceName } from './cluster-names.ts';
import { forgeOptions } from './forge-options.ts';
import { sourceOptions } from './source-options.ts';
import { wayOptions } from './way-options.ts';

const forgeName = pattern(
  '^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$',
  'a name of a forge: a lower-case letter, then lower-case letters, digits and dashes, at most 40',
);

const environmentName = pattern('^[A-Za-z](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$', 'a name of an environment');

const hostName = pattern('^[A-Za-z0-9.:_-]+$', 'a host name or address');

const usedName = pattern(
  '^(?:[a-z][a-z0-9-]*:)?[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)+$',
  'a repository, such as acme/values or github:acme/values',
);

const userName = pattern(
  '^[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)+$',
  'a repository of the same forge, such as acme/gitops',
);

const nameGlob = pattern('^[^\\s\\x00-\\x1f]{1,300}$', 'a glob of names, without spaces');

const basicOptions: readonly Option[] = [
  formatVersion,
  {
    name: 'mode',
    text: 'The most any repository may ask for: with `observe` nothing is deployed, healed or reverted and no merge is stopped, whatever `.fairlead.yaml` says. A repository that says nothing observes in either case. Variable: `FAIRLEAD_MODE`.',
    shape: choice('observe', 'enforce'),
    default: 'enforce',
    examples: ['observe'],
  },
  list(
    'repositories',
    'The repositories it works for, as globs on `owner/name` or `forge:owner/name`; webhooks of others are let go. Without any, all that the forges let it see.',
    nameGlob,
    ['acme/*', 'github:other/infra'],
  ),
  list(
    'applications',
    'The applications it may deploy, heal and revert, as globs on their names; others are only reviewed. Without any, all of them.',
    nameGlob,
    ['apps/*'],
  ),
  {
    name: 'usedBy',
    text: 'Repositories with values, charts or bases, as `owner/name` or `forge:owner/name`, and the repositories of the same forge whose applications take from them: a pull of the first reviews these applications too, and shows what they deploy.',
    shape: { kind: 'named', word: 'REPOSITORY', names: usedName, of: { kind: 'texts', rule: userName, alone: false } },
    default: {},
    examples: [{ 'acme/values': ['acme/gitops'] }],
  },
  text('host', 'Address to listen on; 0.0.0.0 when left out. Variable: `HOST`.', hostName, '0.0.0.0'),
  {
    name: 'port',
    text: 'Port to listen on; 3000 when left out, 0 takes a free one. Variable: `PORT`.',
    shape: { kind: 'count', least: 0, most: 65_535 },
    default: null,
    examples: [3000],
  },
  text(
    'data',
    'Folder for the store, mirrors and the installation key; in the cache folder when left out. Variable: `FAIRLEAD_DATA`.',
    folderPath,
    '/var/lib/fairlead',
  ),
  {
    name: 'database',
    text: 'Address of a PostgreSQL, which holds a password; without it the store is embedded. Variables: `DATABASE_URL`, `DATABASE_URL_FILE`.',
    shape: optional(secret('url', 'the address (`postgresql://…`)', 'DATABASE_URL')),
    default: null,
    examples: [{ urlFile: '/run/secrets/database-url' }],
  },
  {
    name: 'logLevel',
    text: 'What is logged; `info` when left out. Variable: `LOG_LEVEL`.',
    shape: choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: null,
    examples: ['info'],
  },
  {
    name: 'poll',
    text: 'How often open pulls and protected branches are looked at, where no webhook can come in. Variable: `FAIRLEAD_POLL`.',
    shape: { kind: 'duration' },
    default: null,
    examples: ['1m'],
  },
  text(
    'caFile',
    'PEM file of authorities that are trusted besides the public ones, for forges and clouds (as `NODE_EXTRA_CA_CERTS` is). Clusters have their own.',
    pathText,
    '/etc/ssl/acme.pem',
  ),
];

const clusterOptions: readonly Option[] = [
  list(
    'environments',
    'Environments whose applications live in it. Without any, it is reached only where `.fairlead.yaml` names it.',
    environmentName,
    ['prod'],
  ),
  text(
    'namespace',
    'Namespace of objects that name none; what the kubeconfig says when left out, else `default`.',
    namespaceName,
    'default',
  ),
  {
    name: 'tls',
    text: 'Whether the certificate of the API server is checked. `insecure` takes any, and is the only way to have that: `insecure-skip-tls-verify` in a kubeconfig is refused without it.',
    shape: choice('verify', 'insecure'),
    default: 'verify',
    examples: ['verify'],
  },
  {
    name: 'serviceAccounts',
    text: 'Whether anything is done there as the identities themselves: with `required`, only as a service account that `tenancy` names for the target, and what has none is refused.',
    shape: choice('optional', 'required'),
    default: 'optional',
    examples: ['required'],
  },
  {
    name: 'plan',
    text: 'The identity that reads, watches and asks for dry-runs: reviews, drift, health. Exactly one way in.',
    shape: group(wayOptions),
    default: null,
    examples: [{ kubeconfig: { context: 'prod-eu-plan' } }],
    required: true,
  },
  {
    name: 'apply',
    text: 'The identity that deploys: the dry-runs of a deployment, so that a missing right shows before the first write, and every real write. Left out, it is the one of `plan`.',
    shape: optional(wayOptions),
    default: null,
    examples: [{ kubeconfig: { context: 'prod-eu-apply' } }],
  },
];

/** Everything the server's own file may say, in the order of the reference page. */
export const serverOptions: Group = group([
  ...basicOptions,
  {
    name: 'forges',
    text: 'The forges it works for, by name. Webhooks come in at `/hooks/KIND/NAME`, and for one called `github` at `/hooks/github`.',
    shape: { kind: 'named', word: 'FORGE', names: forgeName, of: group(forgeOptions) },
    default: {},
    examples: [{ github: { kind: 'github', appId: 12_345 } }],
  },
  {
    name: 'clusters',
    text: 'The clusters it may reach, by the name `.fairlead.yaml` calls them.',
    shape: { kind: 'named', word: 'CLUSTER', names: clusterName, of: group(clusterOptions) },
    default: {},
    examples: [{ 'prod-eu': { environments: ['prod'], plan: { inCluster: {} } } }],
  },
  serverTenancyOption(nameGlob, pathGlob),
  {
    name: 'sources',
    text: 'Where charts, artifacts and Git bases that manifests name may be fetched from.',
    shape: group(sourceOptions),
    default: {},
    examples: [{ allow: ['charts.acme.example'] }],
  },
  {
    name: 'argocd',
    text: 'The Argo CD that deploys what repositories declare. Without it, nothing of it is read or asked.',
    shape: optional(argocdOptions),
    default: null,
    examples: [{ cluster: 'hub', namespace: 'argocd' }],
  },
]);
