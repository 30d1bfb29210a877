import { describe, expect, test } from '@jest/globals';
import { parseSettings } from '../../../src/world/config/parse-settings.ts';
import { problemText } from '../../../src/world/config/problem.ts';

const context = {
  file: '.fairlead.yaml',
  engines: ['apply', 'argocd', 'flux'],
  clusters: ['stg-eu', 'prod-eu', 'prod-us'],
};

function problemsOf(text: string | Uint8Array): readonly string[] {
  return parseSettings(text, context).problems.map((problem) => problemText(problem).replace('.fairlead.yaml:', ''));
}

describe('a file in order', () => {
  test('says nothing but its version and gets every default', () => {
    const { settings } = parseSettings('version: 1\n', context);

    expect(settings).toEqual({
      version: 1,
      mode: 'observe',
      environments: new Map(),
      applications: new Map(),
      tenancy: [],
      policy: { rules: new Map() },
      comment: { when: 'changes' },
      render: { helm: null },
      argocd: { clusters: [] },
    });
  });

  test('an environment without options only watches', () => {
    const { settings } = parseSettings('version: 1\nenvironments: {prod: {}}\n', context);

    expect(settings?.environments.get('prod')).toEqual({
      name: 'prod',
      match: [],
      branch: null,
      clusters: [],
      deploy: { on: 'never', engine: 'apply', after: null, approvals: null },
      onFailure: { action: 'none' },
      onDrift: { action: 'report' },
    });
  });

  test('tenants say what their paths may reach', () => {
    const text = `version: 1
tenancy:
  shop: {paths: [./teams/shop/**], clusters: [prod-*], namespaces: [shop, shop-*], kinds: {deny: [Secret]}}
  platform: {paths: [platform/**], namespaces: ['*'], kinds: {allow: ['*.*']}}
`;

    expect(parseSettings(text, context).settings?.tenancy).toEqual([
      {
        by: 'repository',
        tenants: [
          {
            ...{ name: 'shop', paths: ['teams/shop/**'], clusters: ['prod-*'], namespaces: ['shop', 'shop-*'] },
            kinds: { allow: [], deny: ['Secret'] },
          },
          {
            ...{ name: 'platform', paths: ['platform/**'], clusters: [], namespaces: ['*'] },
            kinds: { allow: ['*.*'], deny: [] },
          },
        ],
      },
    ]);
  });

  test.each([
    ['tenancy: {shop: {namespaces: [shop]}}', /tenancy\.shop\.paths: is missing/],
    ['tenancy: {shop: {paths: [../x]}}', /"\.\.\/x" is not a glob of paths inside the repository/],
    ['tenancy: {shop: {paths: [x], namespaces: [Shop]}}', /"Shop" is not a glob of namespaces/],
    ['tenancy: {shop: {paths: [x], kinds: {allow: [apps/Deployment]}}}', /"apps\/Deployment" is not a kind such as/],
    ['tenancy: {shop: {paths: [x], kinds: {deny: [Secret.]}}}', /"Secret\." is not a kind such as/],
    ['tenancy: {shop: {paths: [x], serviceAccount: {plan: a/b}}}', /serviceAccount: unknown key/],
  ])('%s is a problem', (line, says) => {
    expect(problemsOf(`version: 1\n${line}\n`)).toEqual([expect.stringMatching(says)]);
  });

  test('everything it says is in the settings', () => {
    const text = `version: 1
mode: enforce
environments:
  staging: {match: ./apps/*/stg/, deploy: {on: command}}
  prod:
    match: [apps/*/prod, charts/**/values-prod.yaml]
    branch: release/1.x
    clusters: [prod-eu, prod-us]
    deploy:
      on: merge
      engine: flux
      after: {environment: staging, healthyFor: 1h30m5s}
      approvals: {teams: [acme/sre, group/sub/team]}
    onFailure: {action: revert-pr}
    onDrift: {action: adopt-pr}
applications: {web: {path: ./apps/web/}}
policy: {rules: {image-latest: off, pdb-removed: block}}
`;

    const { settings } = parseSettings(new TextEncoder().encode(text), context);

    expect([...(settings?.environments.keys() ?? [])]).toEqual(['staging', 'prod']);
    expect(settings?.environments.get('staging')).toMatchObject({ match: ['apps/*/stg'], deploy: { on: 'command' } });
    expect(settings?.environments.get('prod')).toEqual({
      name: 'prod',
      match: ['apps/*/prod', 'charts/**/values-prod.yaml'],
      branch: 'release/1.x',
      clusters: ['prod-eu', 'prod-us'],
      deploy: {
        on: 'merge',
        engine: 'flux',
        after: { environment: 'staging', healthyFor: 5_405_000 },
        approvals: { count: 1, teams: ['acme/sre', 'group/sub/team'] },
      },
      onFailure: { action: 'revert-pr' },
      onDrift: { action: 'adopt-pr' },
    });
    expect(settings).toMatchObject({ mode: 'enforce', applications: new Map([['web', { path: 'apps/web' }]]) });
    expect(settings?.policy.rules).toEqual(
      new Map([
        ['image-latest', 'off'],
        ['pdb-removed', 'block'],
      ]),
    );
  });

  test('clusters of Argo CD belong to every project and carry no labels where nothing is said', () => {
    const text = `version: 1
argocd:
  clusters:
    prod-eu: {server: 'https://10.0.0.1:6443', project: shop, labels: {env: prod, acme.example/tier: '1'}}
    arn:aws:eks:eu-west-1:1:cluster/dev: {server: 'https://10.0.0.2', annotations: {note: any thing}}
`;

    expect(parseSettings(text, context).settings?.argocd.clusters).toEqual([
      {
        secret: null,
        name: 'prod-eu',
        server: 'https://10.0.0.1:6443',
        project: 'shop',
        labels: { env: 'prod', 'acme.example/tier': '1' },
        annotations: {},
      },
      {
        secret: null,
        name: 'arn:aws:eks:eu-west-1:1:cluster/dev',
        server: 'https://10.0.0.2',
        project: '',
        labels: {},
        annotations: { note: 'any thing' },
      },
    ]);
  });

  test.each([
    ['0', 0],
    ['90s', 90_000],
    ['"0"', 0],
    ['3m', 180_000],
    ['48h', 172_800_000],
  ])('healthyFor %s is %d ms', (written, expected) => {
    const text = `version: 1\nenvironments: {a: {}, b: {deploy: {after: {environment: a, healthyFor: ${written}}}}}\n`;

    expect(parseSettings(text, context).settings?.environments.get('b')?.deploy.after?.healthyFor).toBe(expected);
  });

  test('aliases and << are written out, and what the map says itself wins', () => {
    const text = `version: 1
environments:
  staging: &base
    clusters: [stg-eu]
    deploy: {on: merge}
  copy: *base
  prod: {<<: *base, clusters: [prod-eu]}
`;

    const { settings } = parseSettings(text, context);

    expect(settings?.environments.get('copy')).toMatchObject({ clusters: ['stg-eu'], deploy: { on: 'merge' } });
    expect(settings?.environments.get('prod')).toMatchObject({ clusters: ['prod-eu'], deploy: { on: 'merge' } });
  });

  test('clusters are not compared where the server does not say which it knows', () => {
    const text = 'version: 1\nenvironments: {a: {clusters: [anything]}}\n';

    expect(parseSettings(text, { ...context, clusters: null }).problems).toEqual([]);
  });
});

const prod = 'version: 1\nenvironments:\n  prod:\n';

describe('a file with problems names each at its place', () => {
  test.each<[string, string, readonly string[]]>([
    ['an empty file', '', ['1:1 the file is empty']],
    ['only a comment', '# nothing\n', ['1:1 the file is empty']],
    ['a list', '- version: 1\n', ['1:1 expected a mapping, found a list']],
    ['a text', 'version\n', ['1:1 expected a mapping, found the text "version"']],
    ['no version', 'mode: observe\n', ['1:1 version: is missing']],
    ['another version', '# v2\nversion: 2\n', ['2:1 version: 2 is not allowed']],
    ['the version as text', 'version: "1"\n', ['1:1 version: "1" is not allowed']],
    ['an unknown key', 'version: 1\nmodes: observe\n', ['2:1 modes: unknown key; did you mean "mode"?']],
    ['a key that is near to nothing', 'version: 1\nbanana: 1\n', ['2:1 banana: unknown key']],
    ['an unknown mode', 'version: 1\nmode: enforc\n', ['2:1 mode: "enforc" is not allowed; did you mean "enforce"?']],
    [
      'a word that begins the right one',
      `${prod}    onFailure:\n      action: revert\n`,
      ['5:7 environments.prod.onFailure.action: "revert" is not allowed; did you mean "revert-pr"?'],
    ],
    [
      'an unknown engine, one of those there are',
      `${prod}    deploy: {on: merge, engine: argo}\n`,
      ['4:25 environments.prod.deploy.engine: "argo" is not allowed; did you mean "argocd"?'],
    ],
    [
      'a word that YAML 1.1 reads as true',
      `${prod}    deploy: {on: yes}\n`,
      ['4:14 environments.prod.deploy.on: "yes" is not allowed'],
    ],
    ['an environment with nothing in it', prod, ['3:3 environments.prod: expected a mapping, found nothing']],
    [
      'a nested unknown key',
      `${prod}    onfailure: {action: none}\n`,
      ['4:5 environments.prod.onfailure: unknown key; did you mean "onFailure"?'],
    ],
    [
      'clusters that are no list',
      `${prod}    clusters: prod-eu\n`,
      ['4:5 environments.prod.clusters: expected a list of texts, found the text "prod-eu"'],
    ],
    [
      'an unknown cluster',
      `${prod}    clusters:\n      - prod-us\n      - prod-er\n`,
      ['6:9 environments.prod.clusters[1]: "prod-er" is no cluster the server was told of; did you mean "prod-eu"?'],
    ],
    [
      'a cluster named twice',
      `${prod}    clusters: [prod-eu, prod-eu]\n`,
      ['4:25 environments.prod.clusters[1]: "prod-eu" is listed twice'],
    ],
    [
      'a number for a cluster',
      `${prod}    clusters: [1]\n`,
      ['4:16 environments.prod.clusters[0]: expected a text, found 1'],
    ],
    [
      'a glob that leads out of the repository',
      `${prod}    match: a/../../b\n`,
      ['4:5 environments.prod.match: "a/../../b" is not a glob of paths inside the repository, written from its root'],
    ],
    [
      'a branch with a space',
      `${prod}    branch: my branch\n`,
      ['4:5 environments.prod.branch: "my branch" is not the name of a branch'],
    ],
    [
      'no approval asked for',
      `${prod}    deploy: {approvals: {count: 0}}\n`,
      ['4:26 environments.prod.deploy.approvals.count: 0 is not between 1 and 20'],
    ],
    [
      'more approvals than there are people',
      `${prod}    deploy: {approvals: {count: 21}}\n`,
      ['4:26 environments.prod.deploy.approvals.count: 21 is not between 1 and 20'],
    ],
    [
      'half an approval',
      `${prod}    deploy: {approvals: {count: 1.5}}\n`,
      ['4:26 environments.prod.deploy.approvals.count: expected a whole number, found 1.5'],
    ],
    [
      'a team with an @',
      `${prod}    deploy: {approvals: {teams: ["@acme/sre"]}}\n`,
      ['4:34 environments.prod.deploy.approvals.teams[0]: "@acme/sre" is not a team such as org/team'],
    ],
    [
      'a duration without a unit',
      `${prod}    deploy: {after: {environment: prod, healthyFor: 5}}\n`,
      [
        '4:22 environments.prod.deploy.after.environment: "prod" waits for itself',
        '4:41 environments.prod.deploy.after.healthyFor: 5 is not a duration such as 90s, 3m or 1h30m',
      ],
    ],
    [
      'after nothing',
      `${prod}    deploy: {after: {healthyFor: 5m}}\n`,
      ['4:14 environments.prod.deploy.after.environment: is missing'],
    ],
    [
      'after an environment that is not there',
      `${prod}    deploy: {after: {environment: stagin}}\n  staging: {}\n`,
      [
        '4:22 environments.prod.deploy.after.environment: "stagin" is no environment of this file; did you mean "staging"?',
      ],
    ],
    [
      'environments that wait for each other',
      `version: 1
environments:
  a: {deploy: {after: {environment: b}}}
  b: {deploy: {after: {environment: c}}}
  c: {deploy: {after: {environment: b}}}
`,
      ['4:24 environments.b.deploy.after.environment: these environments wait for each other: b -> c -> b'],
    ],
    [
      'a name that is none',
      'version: 1\nenvironments: {"a:b": {}}\n',
      [
        '2:16 environments["a:b"]: "a:b" is not a name of an environment: a letter, then letters, digits, dots, dashes and underscores, at most 63',
      ],
    ],
    [
      'folders outside, missing and shared',
      'version: 1\napplications:\n  a: {path: /etc}\n  b: {}\n  c: {path: x}\n  d: {path: ./x/}\n',
      [
        '3:7 applications.a.path: "/etc" is not a folder inside the repository, written from its root',
        '4:3 applications.b.path: is missing',
        '6:7 applications.d.path: "./x/" is already the folder of "c"',
      ],
    ],
    [
      'a rule with an unknown severity',
      'version: 1\npolicy: {rules: {image-latest: blocked}}\n',
      ['2:18 policy.rules.image-latest: "blocked" is not allowed; did you mean "block"?'],
    ],
    [
      'a key written twice',
      'version: 1\nmode: observe\nversion: 1\n',
      ['3:1 version: is written twice, first in line 1'],
    ],
    ['a second document', 'version: 1\n---\nmode: observe\n', ['2:1 the file holds more than one document']],
    ['a tag', 'version: !secret 1\n', ['1:10 not YAML: Unresolved tag: !secret']],
    ['a tab', 'version: 1\npolicy:\n\trules: {}\n', ['3:1 not YAML: Tabs are not allowed as indentation']],
    ['an alias of nothing', 'version: *v\n', ['1:10 no anchor "v" stands before this alias']],
    ['an anchor that contains itself', 'version: 1\npolicy: &p {rules: *p}\n', ['2:12 an anchor contains itself']],
    ['<< of a text', 'version: 1\n<<: text\n', ['2:1 << takes a mapping or a list of mappings']],
    ['a mapping as a key', '? {a: 1}\n: 1\n', ['1:3 a key must be a word']],
  ])('%s', (_title, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  test('windows line ends and a byte order mark move nothing', () => {
    expect(problemsOf('\uFEFFversion: 1\r\nmode: nothing\r\n')).toEqual(['2:1 mode: "nothing" is not allowed']);
  });

  test('a fix says what is allowed', () => {
    const { problems } = parseSettings('version: 1\nmode: x\nb: 1\nenvironments: {a: {clusters: [z]}}\n', context);

    expect(problems.map(({ fix }) => fix)).toEqual([
      'Write observe or enforce.',
      'Known here: version, mode, environments, applications, tenancy, policy, comment, render, argocd.',
      'The server knows stg-eu, prod-eu, prod-us.',
    ]);
  });
});
