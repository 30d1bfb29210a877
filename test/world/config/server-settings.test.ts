import { describe, expect, test } from '@jest/globals';
import { problemText } from '../../../src/world/config/problem.ts';
import { parseServerSettings } from '../../../src/world/config/server/parse-server-settings.ts';
import { exampleServerConfig } from '../../../src/world/config/server/server-reference.ts';

const problems = (text: string): readonly string[] =>
  parseServerSettings(`version: 1\n${text}`, 'fairlead-server.yaml').problems.map(
    (problem) => `${problemText(problem)} -> ${problem.fix}`,
  );

test('the example says where its secrets stand, and which identity does what', () => {
  const { settings } = parseServerSettings(exampleServerConfig, 'example');

  expect(settings?.forges.get('gitlab-internal')).toMatchObject({
    kind: 'gitlab',
    token: { kind: 'file', path: '/run/secrets/gitlab-token' },
    webhookSecret: { kind: 'variable', name: 'GITLAB_INTERNAL_WEBHOOK' },
  });
  expect(settings?.clusters.get('stg-eu')).toMatchObject({
    plan: { kind: 'kubeconfig', context: 'stg-eu' },
    apply: null,
  });
  expect(settings?.clusters.get('prod-eu')?.apply).toMatchObject({ kind: 'serviceAccount', caFile: 'prod-ca.pem' });
});

test('it says who uses which repository', () => {
  const { settings } = parseServerSettings(
    'version: 1\nusedBy: {"gitlab:acme/a/values": [acme/gitops, acme/b/c]}',
    'file',
  );

  expect([...(settings?.usedBy ?? [])]).toEqual([['gitlab:acme/a/values', ['acme/gitops', 'acme/b/c']]]);
});

test('it says what repositories may reach, and as whom', () => {
  const { settings } = parseServerSettings(
    `version: 1
tenancy:
  shop:
    repositories: [acme/shop]
    namespaces: [shop]
    serviceAccount: {plan: shop/fairlead-plan}
  all: {repositories: ['acme/*'], paths: [base/**], namespaces: ['*']}
clusters:
  prod: {plan: {inCluster: {}}, serviceAccounts: required}
  stg: {plan: {inCluster: {}}}
`,
    'file',
  );

  expect(settings?.impersonated).toEqual(['prod']);
  const common = { clusters: [], kinds: { allow: [], deny: [] } };
  expect(settings?.tenancy).toEqual([
    {
      ...{ ...common, name: 'shop', repositories: ['acme/shop'], paths: ['**'], namespaces: ['shop'] },
      serviceAccount: { plan: 'shop/fairlead-plan', apply: null },
    },
    { ...common, name: 'all', repositories: ['acme/*'], paths: ['base/**'], namespaces: ['*'] },
  ]);
});

test('a file that says nothing restricts nothing', () => {
  const { settings } = parseServerSettings('version: 1', 'file');

  expect(settings).toMatchObject({ mode: 'enforce', repositories: [], applications: [], port: null, database: null });
});

describe('a problem names its place, the value, what is allowed and the nearest', () => {
  test.each([
    [
      'mode: enforced',
      /^fairlead-server\.yaml:2:1 mode: "enforced" is not allowed; did you mean "enforce"\? -> Write observe or enforce\.$/,
    ],
    ['mdoe: observe', /:2:1 mdoe: unknown key; did you mean "mode"\?/],
    ['port: 70000', /port: 70000 is not between 0 and 65535/],
    ['forges: {g: {kind: gitea}}', /forges\.g\.kind: "gitea" is not allowed.* -> Write github or gitlab/],
    ['forges: {Main: {kind: gitlab}}', /"Main" is not a name of a forge/],
    ['forges: {github: {kind: gitlab}}', /a forge called github is of kind github/],
    ['forges: {g: {kind: gitlab, appId: 1}}', /forges\.g\.appId: is for a forge of kind github/],
    ['forges: {g: {kind: gitlab, tokenFile: a, tokenEnv: B}}', /tokenEnv: tokenFile says the same thing/],
    ['clusters: {a: {}}', /clusters\.a\.plan: is missing/],
    ['clusters: {a: {plan: {}}}', /clusters\.a\.plan: names no way in -> Write one of kubeconfig, inCluster/],
    ['clusters: {a: {plan: {inCluster: {}, kubeconfig: {context: x}}}}', /inCluster: kubeconfig is a way in already/],
    ['clusters: {a: {plan: {argocd: {secret: s, from: a}}}}', /"a" would be read from itself/],
    [
      'clusters: {hub: {plan: {inCluster: {}}}, a: {plan: {argocd: {secret: s, from: hubb}}}}',
      /"hubb" is no cluster of this file; did you mean "hub"\?/,
    ],
    ['clusters: {a: {plan: {serviceAccount: {server: 10.0.0.1, tokenFile: t}}}}', /"10\.0\.0\.1" is not an address/],
    [
      'clusters: {a: {plan: {inCluster: {}}, serviceAccounts: required}}',
      /serviceAccounts: asks for service accounts, and no tenant/,
    ],
    ['tenancy: {a: {namespaces: [a]}}', /tenancy\.a\.repositories: is missing/],
    ['tenancy: {a: {repositories: [a], serviceAccount: {plan: a}}}', /"a" is not a service account as NAMESPACE\/NAME/],
    ['usedBy: {values: [acme/gitops]}', /"values" is not a repository, such as acme\/values/],
    ['usedBy: {"forge:acme/values": [acme/gitops]}', /"forge" is no forge of this file -> Name one of github, gitlab/],
    ['usedBy: {acme/values: acme/gitops}', /usedBy\S*: expected a list/],
    ['usedBy: {acme/values: ["github:acme/gitops"]}', /"github:acme\/gitops" is not a repository of the same forge/],
    ['usedBy: {acme/values: [a/b, a/b]}', /"a\/b" is listed twice/],
    [
      'usedBy: {"github:acme/values": [a/b, Acme/Values]}',
      /usedBy\S*: a repository is no user of itself -> Leave it out/,
    ],
  ])('%s', (text, says) => {
    expect(problems(text)).toEqual([expect.stringMatching(says)]);
  });
});

describe('a secret in the file is refused, and said nowhere', () => {
  test.each([
    [
      'forges: {github: {kind: github, privateKey: CANARY-1}}',
      /privateKey: a secret never stands.*privateKeyFile: PATH/,
    ],
    ['forges: {g: {kind: gitlab, token: CANARY-1}}', /token: a secret never stands.*tokenEnv: NAME/],
    ['forges: {g: {kind: gitlab, tokenEnv: CANARY-1-lower}}', /tokenEnv: what is written is not the name of/],
    ['forges: {g: {kind: gitlab, tokenFile: glpat-CANARY}}', /tokenFile: what is written is not the path/],
    ['forges: {g: {kind: gitlab, tokenFile: [CANARY]}}', /tokenFile: expected a text, found a list/],
    [
      'clusters: {a: {plan: {serviceAccount: {server: "https://a", tokenFile: t, token: CANARY}}}}',
      /token: a secret never/,
    ],
    ['database: postgresql://u:CANARY@h/db', /database: a secret never stands.*urlFile/],
    ['database: {url: postgresql://u:CANARY@h/db}', /database\.url: a secret never stands.*urlEnv/],
    [`forges: {g: {kind: gitlab, tokenEnv: "${'CANARY'.repeat(30)}"}}`, /tokenEnv: what is written/],
  ])('%s', (text, says) => {
    const found = problems(text);

    expect(found).toEqual([expect.stringMatching(says)]);
    expect(found.join()).not.toContain('CANARY');
  });
});

describe('sources', () => {
  test('of the example say where secrets stand, and have their defaults', () => {
    const { settings } = parseServerSettings(exampleServerConfig, 'example');

    expect(settings?.sources).toEqual({
      allow: ['ghcr.io', 'pkg-containers.githubusercontent.com', 'charts.acme.example'],
      private: ['charts.acme.example'],
      hosts: new Map([
        [
          'charts.acme.example',
          {
            username: 'robot',
            password: { kind: 'file', path: '/run/secrets/charts' },
            token: null,
            caFile: null,
            secret: null,
          },
        ],
      ]),
      argocd: null,
      flux: null,
      cacheBytes: 1024 * 1024 * 1024,
    });
  });

  test('that are not told are none', () => {
    expect(parseServerSettings('version: 1', 'file').settings?.sources).toMatchObject({ allow: [], private: [] });
  });

  test('may have a Secret instead, in a cluster of the file or the one it runs in', () => {
    const hosts = (secret: string) =>
      parseServerSettings(
        `version: 1
clusters: {hub: {plan: {inCluster: {}}}}
sources: {allow: [a.example], hosts: {a.example: {secret: {${secret}}}}}`,
        'file',
      ).settings?.sources.hosts.get('a.example')?.secret;

    expect(hosts('namespace: flux-system, name: charts')).toEqual({
      cluster: null,
      namespace: 'flux-system',
      name: 'charts',
      keys: null,
    });
    expect(hosts('cluster: hub, namespace: a, name: b, keys: {token: pat}')).toMatchObject({
      cluster: 'hub',
      keys: { username: null, password: null, token: 'pat', ca: null },
    });
  });

  test('may have credentials of controllers, which are asked for by name only', () => {
    const controllers = (text: string) => {
      const { settings } = parseServerSettings(`version: 1\nclusters: {hub: {plan: {inCluster: {}}}}\n${text}`, 'file');
      return settings && { argocd: settings.sources.argocd, flux: settings.sources.flux };
    };

    expect(controllers('sources: {argocd: {}, flux: {}}')).toEqual({
      argocd: { cluster: null, namespace: 'argocd' },
      flux: { cluster: null, namespaces: ['flux-system'] },
    });
    expect(controllers('sources: {argocd: {cluster: hub, namespace: a}, flux: {namespaces: [b, c]}}')).toEqual({
      argocd: { cluster: 'hub', namespace: 'a' },
      flux: { cluster: null, namespaces: ['b', 'c'] },
    });
  });

  test.each([
    'allow: [a.example, "a.example:8443", "*.example.com", "[::1]:5000"]',
    'private: [a.example, 10.0.0.0/8, 10.1.2.3, "fd00::/8", "::1"]',
    'allow: [a.example], hosts: {a.example: {tokenEnv: TOKEN}}',
    'allow: ["*.example"], hosts: {a.example: {caFile: a.pem}}',
  ])('%s', (text) => {
    expect(problems(`sources: {${text}}`)).toEqual([]);
  });

  test.each([
    ['allow: ["https://a.example"]', /sources\.allow\[0\]: "https:\/\/a\.example" is not a host/],
    ['allow: [A.example]', /"A\.example" is not a host/],
    ['private: [10.0.0.0/33]', /"10\.0\.0\.0\/33" is not a host, an address or a range/],
    ['private: [10.0.0.300]', /"10\.0\.0\.300" is no address/],
    ['hosts: {a.example: {caFile: a.pem}}', /"a\.example" is not in sources\.allow.* -> Add "a\.example"/],
    ['allow: [a.example], hosts: {a.example: {username: u}}', /hosts\["?a\.example"?\]: has no password/],
    ['allow: [a.example], hosts: {a.example: {passwordFile: p}}', /has no user name/],
    [
      'allow: [a.example], hosts: {a.example: {username: u, passwordFile: p, tokenFile: t}}',
      /has a token and a user name/,
    ],
    ['allow: [a.example], hosts: {a.example: {tokenFile: t, tokenEnv: T}}', /tokenEnv: tokenFile says the same thing/],
    ['allow: [a.example], hosts: {a.example: {secret: CANARY}}', /secret: a secret never stands/],
    ['allow: [a.example], hosts: {a.example: {secret: {name: b}}}', /secret\.namespace: is missing/],
    [
      'allow: [a.example], hosts: {a.example: {secret: {namespace: a, name: b}, tokenFile: t}}',
      /has a secret and a token/,
    ],
    [
      'allow: [a.example], hosts: {a.example: {secret: {cluster: hub, namespace: a, name: b}}}',
      /secret\.cluster: "hub" is no cluster of this file/,
    ],
    [
      'allow: [a.example], hosts: {a.example: {secret: {namespace: a, name: b, keys: {password: p}}}}',
      /secret\.keys: has no user name/,
    ],
    ['allow: [a.example], hosts: {a.example: {secret: {namespace: a, name: b, keys: {}}}}', /names no key/],
    ['flux: {cluster: hub}', /sources\.flux\.cluster: "hub" is no cluster of this file/],
    ['argocd: {namespace: A}', /sources\.argocd\.namespace: "A" is not a name of a namespace/],
    ['cacheMegabytes: 0', /cacheMegabytes: 0 is not between 1 and 1000000/],
    ['allow: [a.example], hosts: {a.example: {username: u, password: CANARY}}', /password: a secret never stands/],
    ['allow: [a.example], hosts: {a.example: {token: CANARY}}', /token: a secret never stands/],
  ])('%s', (text, says) => {
    const found = problems(`sources: {${text}}`);

    expect(found[0]).toMatch(says);
    expect(found.join()).not.toContain('CANARY');
  });
});

describe('argocd', () => {
  const read = (text: string) =>
    parseServerSettings(`version: 1\nclusters: {hub: {plan: {inCluster: {}}}}\n${text}`, 'file').settings?.argocd;

  test('is none where it is not told, and has its defaults where it is', () => {
    expect(read('')).toBeNull();
    expect(read('argocd: {}')).toEqual({ cluster: null, namespace: 'argocd', api: null });
  });

  test('lives in a cluster of the file, and has an API with a token from elsewhere', () => {
    expect(
      read('argocd: {cluster: hub, namespace: cd, url: https://cd.example, tokenFile: t, caFile: ca.pem}'),
    ).toEqual({
      cluster: 'hub',
      namespace: 'cd',
      api: { url: 'https://cd.example', token: { kind: 'file', path: 't' }, caFile: 'ca.pem' },
    });
  });

  test.each([
    ['cluster: hubb', /argocd\.cluster: "hubb" is no cluster of this file/],
    ['url: https://cd.example', /argocd\.url: has no token -> Write tokenFile: PATH or tokenEnv: NAME/],
    ['tokenEnv: TOKEN', /argocd\.tokenEnv: is for an API whose url is not said/],
    ['caFile: ca.pem', /argocd\.caFile: is for an API whose url is not said/],
    ['url: cd.example, tokenEnv: TOKEN', /argocd\.url: "cd\.example" is not an address/],
    ['url: https://cd.example, tokenEnv: TOKEN, tokenFile: t', /argocd\.tokenEnv: tokenFile says the same thing/],
    ['token: CANARY', /argocd\.token: a secret never stands in this file -> Write tokenFile: PATH/],
    ['namespace: A', /argocd\.namespace: "A" is not a name of a namespace/],
  ])('%s', (text, says) => {
    const found = problems(`argocd: {${text}}`);

    expect(found).toEqual([expect.stringMatching(says)]);
    expect(found.join()).not.toContain('CANARY');
  });
});
