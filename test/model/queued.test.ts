import { describe, expect, test } from '@jest/globals';
import type { ClusterMap } from '../../src/model/cluster-map.ts';
import { isReached } from '../../src/model/inputs.ts';
import {
  beginJob,
  boardJob,
  deployJob,
  driftJob,
  healJob,
  mergedJob,
  pullJob,
  pullMergedJob,
  revertJob,
  sweepJob,
  tellJob,
} from '../../src/model/queued.ts';
import {
  clustersOf,
  defaultSettings,
  type EnvironmentSettings,
  engineOf,
  type Settings,
} from '../../src/model/settings.ts';
import { shop } from '../support/deployments.ts';

const renamed = { ...shop, fullName: 'acme/other', installation: 8 };

describe('the key of a job', () => {
  test.each([
    [beginJob(shop, 17, { head: 'a', before: null }), 'begin:github:42#17', true],
    [pullJob(shop, 17, 'pull'), 'review:github:42#17', true],
    [pullJob(shop, 17, 'base'), 'review:github:42#17', false],
    [mergedJob(shop, 'main', 'b'), 'merged:github:42:main', false],
    [pullMergedJob(shop, 'main', 17), 'merged:github:42:main#17', false],
    [deployJob('D-1'), 'deploy:D-1', 'sooner'],
    [tellJob(shop, 17), 'tell:github:42#17', true],
    [revertJob('D-1', null), 'revert:D-1', false],
    [driftJob(shop, 't', 'w'), 'drift:github:42:t', true],
    [boardJob(shop), 'board:github:42', true],
    [healJob(shop, { drift: 'd-1', actor: 'ann', how: 'heal', asked: null }), 'heal:github:42:d-1', false],
    [sweepJob(shop), 'sweep:github:42', true],
    [sweepJob(shop, new Date(0)), 'sweep:github:42', false],
  ])('of %j is %s', (queued, key, replace) => {
    expect({ key: queued.key, replace: queued.replace }).toEqual({ key, replace });
  });

  test('outlives the name of the repository', () => {
    expect(mergedJob(renamed, 'main', null).key).toBe(mergedJob(shop, 'main', null).key);
    expect(boardJob(renamed).key).toBe(boardJob(shop).key);
  });
});

describe('what an application reads', () => {
  test.each<readonly [readonly string[], string, boolean]>([
    [['apps/web/'], 'apps/web/a.yaml', true],
    [['apps/web/'], 'apps/web/deep/a.yaml', true],
    [['apps/web/'], 'apps/website/a.yaml', false],
    [['apps/web/'], 'apps/web', false],
    [['apps/web/a.yaml'], 'apps/web/a.yaml', true],
    [['apps/web/a.yaml'], 'apps/web/b.yaml', false],
    [['apps/web/a.yaml'], 'apps/web/a.yaml/b', false],
    [['/'], 'anything', true],
    [[], 'anything', false],
  ])('%j is reached by %s: %s', (inputs, file, expected) => {
    expect(isReached(inputs, [file])).toBe(expected);
    expect(isReached(inputs, ['other/x', file])).toBe(expected || inputs.includes('/'));
    expect(isReached(inputs, [])).toBe(false);
  });
});

describe('the clusters of the environments', () => {
  const environment = (name: string, clusters: readonly string[]): [string, EnvironmentSettings] => {
    const deploy = { on: 'merge', engine: 'flux', after: null, approvals: null } as const;
    return [
      name,
      { name, match: [], branch: null, clusters, deploy, onFailure: { action: 'none' }, onDrift: { action: 'report' } },
    ];
  };
  const settings = (...named: readonly [string, EnvironmentSettings][]): Settings => {
    return { ...defaultSettings, environments: new Map(named) };
  };
  const map = (
    mode: ClusterMap['mode'],
    bare: string | null,
    more: Readonly<Record<string, readonly string[]>> = {},
  ) => {
    return { mode, bare, byEnvironment: new Map(Object.entries(more)) };
  };
  const said = ({ byEnvironment }: ClusterMap) => Object.fromEntries(byEnvironment);

  test('are those the settings name, else those the server maps', () => {
    const named = settings(environment('prod', ['eu', 'us']), environment('staging', []));

    expect(said(clustersOf(named, map('live', null, { staging: ['st'], prod: ['old'] })))).toEqual({
      staging: ['st'],
      prod: ['eu', 'us'],
    });
  });

  test('are the one bare context for those without a name of their own', () => {
    const found = clustersOf(settings(environment('prod', ['eu']), environment('staging', [])), map('live', 'bare'));

    expect([found.bare, said(found)]).toEqual([null, { staging: ['bare'], prod: ['eu'] }]);
  });

  test('are none where the server reads none, and those of the server where the settings name none', () => {
    const none = map('none', null);
    const server = map('live', null, { prod: ['eu'] });

    expect(clustersOf(settings(environment('prod', ['eu'])), none)).toBe(none);
    expect(clustersOf(settings(environment('prod', [])), server)).toBe(server);
  });

  test('have the engine of their environment, or our own', () => {
    const named = settings(environment('prod', []));

    expect(['prod', 'staging', null].map((name) => engineOf(named, name, null))).toEqual(['flux', 'apply', 'apply']);
  });

  test('have the controller that declares them, unless Fairlead deploys the environment', () => {
    const named = settings(environment('prod', []));
    const declared = ['argocd-application', 'flux-kustomization', 'flux-helmrelease'] as const;

    expect(declared.map((kind) => engineOf(named, 'staging', { kind }))).toEqual(['argocd', 'flux', 'flux']);
    expect(declared.map((kind) => engineOf(named, 'prod', { kind }))).toEqual(['flux', 'flux', 'flux']);
  });
});
