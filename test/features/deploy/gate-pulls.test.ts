import { describe, expect, test } from '@jest/globals';
import { type GateFacts, isConfirmed } from '../../../src/features/deploy/gate.ts';
import { confirmDeletes } from '../../../src/model/deployment.ts';
import { deploymentOf } from '../../support/deployments.ts';
import {
  approval,
  created,
  deployment,
  earlier,
  exact,
  facts,
  mark,
  now,
  prod,
  reason,
  refused,
} from './gate-facts.ts';

describe('a deployment of several pulls', () => {
  const two = deploymentOf({ id: 'D-5', createdAt: created, pulls: [3, 4] });
  const members = new Set(['hubot', 'ann']);
  const wanted = (count: number) => ({
    deployment: two,
    members,
    environment: prod({ approvals: { count, teams: [] } }),
  });
  const commanded = { deployment: two, environment: prod({ on: 'command' }) };
  const unreviewed = { deployment: two, unreviewed: 'it differs' };
  const both = [3, 4].map((pull) => mark({ pull }));

  test.each<readonly [string, Partial<GateFacts>, string]>([
    ['is approved on each of them', wanted(1), 'for an approval on #3 and #4: `/fairlead approve prod`'],
    [
      'is not approved by what was said on one',
      { ...wanted(1), marks: [approval({ pull: 3 })] },
      'for an approval on #4: `/fairlead approve prod`',
    ],
    [
      'needs as many approvals on each',
      { ...wanted(2), marks: [approval({ pull: 3 }), approval({ pull: 3, by: 'ann' }), approval({ pull: 4 })] },
      'for an approval on #4: `/fairlead approve prod`',
    ],
    ['opens once each is approved', { ...wanted(1), marks: [approval({ pull: 3 }), approval({ pull: 4 })] }, 'open'],
    ['opens by the approval of exactly this', { ...wanted(1), marks: [approval({ pull: 4, ...exact })] }, 'open'],
    ['is not held up by a pull under way before', { ...wanted(1), begun: [3], marks: [approval({ pull: 4 })] }, 'open'],
    ['is commanded on each of them', { ...commanded, marks: [mark({ pull: 3 })] }, 'for `/fairlead deploy prod` on #4'],
    ['opens once each is commanded', { ...commanded, marks: both }, 'open'],
    [
      'takes a command from before it for the pull it was said on',
      { ...commanded, marks: both.map((one) => ({ ...one, at: earlier })) },
      'open',
    ],
    [
      'goes on unreviewed by the command of each',
      { ...unreviewed, marks: [mark({ pull: 4 })] },
      'it differs; `/fairlead deploy prod` on #3 deploys it all the same',
    ],
    ['goes on unreviewed once each is commanded', { ...unreviewed, marks: both }, 'open'],
    [
      'goes on after a refusal by the command of each',
      { deployment: { ...two, journal: refused.journal }, marks: [mark({ pull: 3, at: now.toISOString() })] },
      'ConfigMap web belongs to helm. `/fairlead deploy prod` on #4 goes on with that.',
    ],
  ])('%s', (_, change, expected) => {
    expect(reason(change)).toBe(expected);
  });

  test('deletes what needs a word only when it was said on each', () => {
    const said = both.map((one) => ({ ...one, reason: confirmDeletes }));

    expect(isConfirmed(facts({ deployment: two, marks: said }))).toBe(true);
    expect(isConfirmed(facts({ deployment: two, marks: said.slice(1) }))).toBe(false);
    expect(isConfirmed(facts({ deployment: two, marks: [...said, mark({ pull: 3 })] }))).toBe(false);
    expect(isConfirmed(facts({ deployment: two, begun: [3, 4] }))).toBe(false);
  });
});

describe('a deployment without a pull', () => {
  test('is approved by nobody', () => {
    const change = {
      deployment: { ...deployment, pulls: [] },
      environment: prod({ approvals: { count: 1, teams: [] } }),
    };

    expect(reason(change)).toBe('for an approval: `/fairlead approve prod`');
  });
});
