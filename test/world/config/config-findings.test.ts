import { describe, expect, test } from '@jest/globals';
import type { Settings } from '../../../src/model/settings.ts';
import { configFindings } from '../../../src/world/config/config-findings.ts';
import { parseSettings } from '../../../src/world/config/parse-settings.ts';

const context = { engines: ['apply', 'flux'], clusters: null };

function settingsOf(text: string): Settings {
  const { settings, problems } = parseSettings(text, { file: 'base', ...context });
  expect(problems).toEqual([]);
  return settings ?? settingsOf('version: 1');
}

const base = `version: 1
mode: enforce
environments:
  staging:
    clusters: [stg]
    deploy: {on: command}
  prod:
    match: [apps/*/prod]
    clusters: [prod-eu]
    deploy:
      on: command
      after: {environment: staging, healthyFor: 3m}
      approvals: {count: 2, teams: [acme/sre]}
    onFailure: {action: revert-pr}
policy:
  rules: {image-latest: block, pdb-removed: note}
`;

const weak = (head: string | null): readonly string[] =>
  configFindings(head, settingsOf(base), context).map(({ rule, line, message }) => {
    expect(rule).toBe('config-weakens');
    return `${line}: ${message}`;
  });

describe('a pull that makes the settings weaker says in what', () => {
  test.each<[string, (text: string) => string, readonly string[]]>([
    ['nothing', (text) => text, []],
    ['only observing', (text) => text.replace('enforce', 'observe'), ['2: mode changes from "enforce" to "observe"']],
    [
      'no approvals',
      (text) => text.replace(/ +approvals:.*\n/, ''),
      ['10: environments.prod.deploy.approvals no longer asks for 2 approvals'],
    ],
    [
      'fewer approvals',
      (text) => text.replace('count: 2', 'count: 1'),
      ['13: environments.prod.deploy.approvals.count goes down from 2 to 1'],
    ],
    ['more approvals', (text) => text.replace('count: 2', 'count: 3'), []],
    [
      'approvals of anybody',
      (text) => text.replace(', teams: [acme/sre]', ''),
      ['13: environments.prod.deploy.approvals.teams no longer asks for a member of acme/sre'],
    ],
    [
      'approvals of more teams',
      (text) => text.replace('acme/sre', 'acme/sre, acme/all'),
      ['13: environments.prod.deploy.approvals.teams lets members of acme/all approve as well'],
    ],
    [
      'another answer to a failure',
      (text) => text.replace('revert-pr', 'none'),
      ['14: environments.prod.onFailure.action changes from "revert-pr" to "none"'],
    ],
    [
      'a more automatic answer to drift',
      (text) => text.replace('revert-pr}', 'revert-pr}\n    onDrift: {action: heal}'),
      ['15: environments.prod.onDrift.action changes from "report" to "heal"'],
    ],
    [
      'deploying on merge',
      (text) => text.replace('on: command\n', 'on: merge\n'),
      ['11: environments.prod.deploy.on changes from "command" to "merge"'],
    ],
    ['deploying no longer', (text) => text.replace('on: command\n', 'on: never\n'), []],
    [
      'a shorter wait',
      (text) => text.replace('3m', '1m'),
      ['12: environments.prod.deploy.after.healthyFor goes down from 180 s to 60 s'],
    ],
    [
      'another branch',
      (text) => text.replace('    match:', '    branch: loose\n    match:'),
      ['8: environments.prod.branch changes from the default to "loose"'],
    ],
    [
      'applications taken out of an environment with approvals',
      (text) => text.replace('apps/*/prod', 'apps/web/prod'),
      ['8: environments.prod.match no longer covers "apps/*/prod"'],
    ],
    [
      'a guarded cluster reached from elsewhere',
      (text) => text.replace('[stg]', '[stg, prod-eu]'),
      ['5: environments.staging.clusters reaches prod-eu without the approvals prod asks for'],
    ],
    [
      'a rule set to off, and one that is graver',
      (text) => text.replace('image-latest: block, pdb-removed: note', 'image-latest: off, pdb-removed: caution'),
      ['16: policy.rules.image-latest changes from block to off'],
    ],
    [
      'a rule no longer set',
      (text) => text.replace('image-latest: block, ', ''),
      ['16: policy.rules.image-latest changes from block to its own severity'],
    ],
  ])('%s', (_title, change, expected) => {
    expect(weak(change(base))).toEqual(expected);
  });

  test('deleting the file takes everything away', () => {
    expect(weak(null)).toEqual([
      'null: mode changes from "enforce" to "observe"',
      'null: environments.prod.deploy.approvals no longer asks for 2 approvals',
      'null: environments.prod.deploy.after no longer waits for staging',
      'null: environments.prod.onFailure.action changes from "revert-pr" to "none"',
      'null: policy.rules.image-latest changes from block to its own severity',
    ]);
  });
});

test('a file with problems blocks, with each at its line', () => {
  const findings = configFindings('version: 1\nmode: enforc\nx: 1\n', settingsOf(base), context);

  expect(findings).toEqual([
    {
      rule: 'config-invalid',
      severity: 'block',
      target: null,
      resource: null,
      file: '.fairlead.yaml',
      line: 2,
      message: 'mode: "enforc" is not allowed; did you mean "enforce"?',
      fix: 'Write observe or enforce.',
    },
    expect.objectContaining({ rule: 'config-invalid', line: 3, message: 'x: unknown key' }),
  ]);
});

describe('a pull that lets paths reach more says in what', () => {
  const bounded = `version: 1
tenancy:
  shop:
    paths: [teams/shop/**]
    clusters: [prod-eu]
    namespaces: [shop]
    kinds: {allow: [ConfigMap], deny: [Secret]}
`;
  const said = (from: string, to: string | null): readonly string[] =>
    configFindings(to, settingsOf(from), context).map(({ line, message }) => `${line}: ${message}`);

  test.each<[string, (text: string) => string | null, readonly string[]]>([
    ['nothing', (text) => text, []],
    ['no tenancy', () => null, ['null: tenancy is gone: every path reaches all that the clusters let Fairlead reach']],
    ['another tenant', (text) => `${text}  all: {paths: ['**']}\n`, ['8: tenancy.all lets "**" reach more']],
    ['a path', (text) => text.replace('[teams', '[x, teams'), ['4: tenancy.shop.paths takes in "x"']],
    [
      'a cluster',
      (text) => text.replace('[prod-eu', '[prod-us, prod-eu'),
      ['5: tenancy.shop.clusters takes in "prod-us"'],
    ],
    [
      'every cluster',
      (text) => text.replace('    clusters: [prod-eu]\n', ''),
      ['3: tenancy.shop.clusters is not bounded to "prod-eu" any more'],
    ],
    ['a namespace', (text) => text.replace('[shop]', '[shop, "*"]'), ['6: tenancy.shop.namespaces takes in "*"']],
    ['every kind', (text) => text.replace('allow: [ConfigMap], ', ''), ['7: tenancy.shop.kinds.allow takes in "*"']],
    [
      'a refused kind',
      (text) => text.replace(', deny: [Secret]', ''),
      ['7: tenancy.shop.kinds.deny no longer refuses "Secret"'],
    ],
    ['less', (text) => text.replace('namespaces: [shop]', 'namespaces: []'), []],
  ])('%s', (_title, change, messages) => {
    expect(said(bounded, change(bounded))).toEqual(messages);
  });

  test('the first tenants only narrow', () => {
    expect(said('version: 1\n', bounded)).toEqual([]);
  });
});
