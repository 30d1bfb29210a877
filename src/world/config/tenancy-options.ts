import type { Option, TextRule } from './option.ts';
import { group, list, optional, pattern, required, text } from './shapes.ts';

const tenantName = pattern(
  '^[A-Za-z](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
  'a name of a tenant: a letter, then letters, digits, dots, dashes and underscores, at most 63',
);

const clusterGlob = pattern('^[^\\s\\x00-\\x1f]{1,253}$', 'a glob of names of clusters, without spaces');

const namespaceGlob = pattern('^[a-z0-9*](?:[a-z0-9*-]{0,61}[a-z0-9*])?$', 'a glob of namespaces, such as shop-*');

const kindGlob = pattern(
  '^[A-Za-z*][A-Za-z0-9*]*(?:\\.[a-z0-9*](?:[a-z0-9.*-]*[a-z0-9*])?)?$',
  'a kind such as Deployment, Deployment.apps or *.apps',
);

const accountName = pattern(
  '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$',
  'a service account as NAMESPACE/NAME',
);

const kindOptions: readonly Option[] = [
  list(
    'allow',
    'Kinds, as `KIND` or `KIND.GROUP` (the core group is `core`). Without any, `*`. `*` alone stands for none that reaches beyond a namespace or hands out rights: cluster-scoped kinds (CustomResourceDefinitions, webhooks, Namespaces and so on) and those of `rbac.authorization.k8s.io` must be named. `*.*` names all.',
    kindGlob,
    ['*', 'Namespace', 'Role', 'RoleBinding'],
  ),
  list('deny', 'Kinds that are refused all the same.', kindGlob, ['Secret']),
];

const reachOptions: readonly Option[] = [
  list('clusters', 'Globs on names of clusters. Without any, every cluster of the environments.', clusterGlob, [
    'prod-*',
  ]),
  list('namespaces', 'Globs on namespaces. Without any, none. A Namespace counts as inside itself.', namespaceGlob, [
    'shop',
    'shop-*',
  ]),
  {
    name: 'kinds',
    text: 'Which kinds.',
    shape: group(kindOptions),
    default: {},
    examples: [{ deny: ['Secret'] }],
  },
];

const accountOptions: readonly Option[] = [
  text('plan', 'Who reads and asks for dry-runs.', accountName, 'shop/fairlead-plan'),
  text('apply', 'Who deploys. It needs the rights of the deployment.', accountName, 'shop/fairlead-apply'),
];

const about =
  'What paths of the repository may reach. An application is judged by its folder and by the files of the Argo CD or Flux objects that declare it, which all must be covered, an object also by its own file where that is covered. Of several tenants that cover a path one that permits an object whole is enough. What is outside is refused: nothing of it is read, dry-run, listed or written.';

/** The option `tenancy` of `.fairlead.yaml`. */
export function tenancyOption(pathGlob: TextRule): Option {
  const paths: Option = {
    name: 'paths',
    text: 'Globs on folders and files: `*` within a segment, `**` across segments.',
    shape: { kind: 'texts', rule: pathGlob, alone: false },
    default: [],
    examples: [['teams/shop/**']],
  };
  return {
    name: 'tenancy',
    text: `${about} Without any tenant, everything the identities of the clusters may reach. The file of the server may bound it further.`,
    shape: { kind: 'named', word: 'TENANT', names: tenantName, of: group([required(paths), ...reachOptions]) },
    default: {},
    examples: [{ shop: { paths: ['teams/shop/**'], namespaces: ['shop', 'shop-*'] } }],
  };
}

/** The option `tenancy` of the server's file: the outer bound. */
export function serverTenancyOption(nameGlob: TextRule, pathGlob: TextRule): Option {
  const who: readonly Option[] = [
    required(
      list('repositories', 'Globs on `owner/name` or `forge:owner/name`.', nameGlob, ['acme/shop', 'github:acme/*']),
    ),
    {
      name: 'paths',
      text: 'Globs on folders and files of these repositories.',
      shape: { kind: 'texts', rule: pathGlob, alone: false },
      default: ['**'],
      examples: [['teams/shop/**']],
    },
  ];
  const accounts: Option = {
    name: 'serviceAccount',
    text: 'Service accounts that are impersonated for targets of these paths, instead of what the identities of the cluster may do: these need `impersonate` on them and nothing else. The first tenant that covers a target counts.',
    shape: optional(accountOptions),
    default: null,
    examples: [{ plan: 'shop/fairlead-plan', apply: 'shop/fairlead-apply' }],
  };
  return {
    name: 'tenancy',
    text: `${about} With any tenant here, a repository that none covers reaches nothing; \`tenancy\` of its \`.fairlead.yaml\` holds inside of this.`,
    shape: { kind: 'named', word: 'TENANT', names: tenantName, of: group([...who, ...reachOptions, accounts]) },
    default: {},
    examples: [{ shop: { repositories: ['acme/shop'], namespaces: ['shop', 'shop-*'] } }],
  };
}
