import { describe, expect, test } from '@jest/globals';
import { decideRevert, type RevertFacts, type Suspect } from '../../../src/features/revert/decide.ts';
import type { DeploymentState } from '../../../src/model/deployment.ts';
import type { EnvironmentSettings } from '../../../src/model/settings.ts';
import { deploymentOf } from '../../support/deployments.ts';

const resource = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const none = { pod: null, container: null, message: null, exitCode: null, restarts: null, logs: null, logsMissing: '' };
const evidence = [{ ...none, resource, reason: 'CrashLoopBackOff' }];
const failed = deploymentOf({ id: 'D-5', state: 'failed', evidence });

function prod(action: 'none' | 'revert-pr'): EnvironmentSettings {
  const deploy = { on: 'merge', engine: 'apply', after: null, approvals: null } as const;
  return {
    ...{ name: 'prod', match: [], branch: null, clusters: [], deploy },
    ...{ onFailure: { action }, onDrift: { action: 'report' } },
  };
}

function suspect(number: number, isRevert = false): Suspect {
  const commit = {
    id: `${number}`.repeat(40).slice(0, 40),
    parents: ['p'],
    subject: 's',
    message: 's',
    author: 'a',
    authoredAt: '',
  };
  return { commit, pull: { number, title: 't' }, isRevert };
}

function facts(change: Partial<RevertFacts> = {}): RevertFacts {
  return {
    ...{ deployment: failed, mode: 'enforce', environment: prod('revert-pr'), actor: null, goodCommit: 'g' },
    ...{ suspects: [suspect(7), suspect(6)], openRevert: null, newer: null },
    ...change,
  };
}

const stands = (state: DeploymentState) => deploymentOf({ id: 'D-5', state });

describe('a failed deployment', () => {
  test('is taken back with the newest merge', () => {
    expect(decideRevert(facts())).toEqual({ kind: 'revert', suspect: suspect(7), others: [suspect(6)] });
  });

  test('is taken back when a person asks, though another one followed', () => {
    expect(decideRevert(facts({ newer: 'D-6', actor: 'ann' }))).toMatchObject({ kind: 'revert', suspect: suspect(7) });
  });

  test.each<readonly [string, Partial<RevertFacts>, RegExp]>([
    ['in observe', { mode: 'observe' }, /mode is observe/],
    ['in observe, though a person asks', { mode: 'observe', actor: 'ann' }, /mode is observe/],
    ['where the owner does not want it', { environment: prod('none') }, /onFailure.action of prod is none/],
    ['where the environment is gone', { environment: null }, /onFailure.action of the environment is none/],
    ['that ran out of time', { deployment: stands('unknown') }, /ran out of time/],
    ['that is under way', { deployment: stands('soaking') }, /It is soaking, not failed/],
    ['that is healthy', { deployment: stands('healthy') }, /It is healthy, not failed/],
    ['that another one followed', { newer: 'D-6' }, /D-6 has taken its place/],
    ['while a revert is open', { openRevert: 9 }, /#9 is open already/],
    ['while a revert is open, though a person asks', { openRevert: 9, actor: 'ann' }, /#9 is open already/],
    ['whose newest merge is a revert', { suspects: [suspect(7, true), suspect(6)] }, /reverts are never reverted/],
    [
      'whose newest merge is a revert, though a person asks',
      { suspects: [suspect(7, true)], actor: 'ann' },
      /never reverted/,
    ],
    ['without a merge that reaches it', { suspects: [] }, /No merge since the last healthy commit/],
    [
      'whose objects failed before',
      { deployment: { ...failed, failedBefore: ['apps/Deployment/shop/web'] } },
      /failed already before this deployment/,
    ],
  ])('%s is not reverted', (_, change, why) => {
    const decision = decideRevert(facts(change));

    expect(decision.kind === 'none' ? decision.why : 'reverted').toMatch(why);
  });

  test.each<readonly [string, Partial<RevertFacts>]>([
    ['that is healthy', { deployment: stands('healthy') }],
    ['where the settings leave it to people', { environment: prod('none') }],
    ['whose objects failed before', { deployment: { ...failed, failedBefore: ['apps/Deployment/shop/web'] } }],
  ])('%s is reverted when a person asks', (_, change) => {
    expect(decideRevert(facts({ ...change, actor: 'ann' })).kind).toBe('revert');
  });

  test('of which one object is newly failing is reverted', () => {
    const other = { ...none, resource: { ...resource, name: 'db' }, reason: 'Failed' };
    const deployment = { ...failed, evidence: [...evidence, other], failedBefore: ['apps/Deployment/shop/web'] };

    expect(decideRevert(facts({ deployment })).kind).toBe('revert');
  });
});
