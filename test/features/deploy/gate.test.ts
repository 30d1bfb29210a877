import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type GateFacts, gate, isCommanded, refusalJournal, refusalOf } from '../../../src/features/deploy/gate.ts';
import { deploymentOf, shop } from '../../support/deployments.ts';
import {
  approval,
  created,
  deployment,
  earlier,
  facts,
  later,
  mark,
  now,
  prod,
  reason,
  refused,
  taken,
} from './gate-facts.ts';

describe('the gate', () => {
  test.each<readonly [string, Partial<GateFacts>, string]>([
    ['is open when nothing is in the way', {}, 'open'],
    ['stays shut in observe', { mode: 'observe' }, 'the mode is observe: nothing is deployed'],
    [
      'names broken settings when they are why nothing is deployed',
      { mode: 'observe', problem: 'the settings of abc are not in force' },
      'the mode is observe: nothing is deployed; the settings of abc are not in force',
    ],
    [
      'names broken settings when older ones do not deploy there',
      { environment: null, problem: 'the settings of abc are not in force' },
      'the settings do not deploy to prod any more; the settings of abc are not in force',
    ],
    ['stays shut without the environment', { environment: null }, 'the settings do not deploy to prod any more'],
    ['stays shut where never', { environment: prod({ on: 'never' }) }, 'the settings do not deploy to prod any more'],
    [
      'waits while the environment is paused',
      { pauses: [{ repo: shop, environment: 'prod', by: 'ann', reason: 'freeze', at: created }] },
      'prod is paused by ann: freeze',
    ],
    [
      'waits while everything is paused',
      { pauses: [{ repo: shop, environment: null, by: 'ann', reason: '', at: created }] },
      'everything is paused by ann',
    ],
    [
      'does not mind the pause of another environment',
      { pauses: [{ repo: shop, environment: 'staging', by: 'ann', reason: '', at: created }] },
      'open',
    ],
    ['waits while a pull is held', { marks: [mark({ kind: 'hold', by: 'ann', reason: 'wait' })] }, 'held by ann: wait'],
    [
      'waits for a command where the settings say so',
      { environment: prod({ on: 'command' }) },
      'for `/fairlead deploy prod`',
    ],
    ['opens with the command', { environment: prod({ on: 'command' }), marks: [mark()] }, 'open'],
    [
      'does not take the command of another environment',
      { environment: prod({ on: 'command' }), marks: [mark({ subject: 'staging' })] },
      'for `/fairlead deploy prod`',
    ],
    [
      'waits with what no review shows',
      { unreviewed: 'it was pushed' },
      'it was pushed; `/fairlead deploy prod` deploys it all the same',
    ],
    ['goes on with it by a command given since', { unreviewed: 'it was pushed', marks: [mark()] }, 'open'],
    [
      'goes on by a command given before for exactly this',
      { unreviewed: 'it was pushed', marks: [mark({ at: earlier, digests: { [deployment.target]: 'now' } })] },
      'open',
    ],
    [
      'does not go on by a command given before for something else',
      { unreviewed: 'it differs', marks: [mark({ at: earlier, digests: { [deployment.target]: 'then' } })] },
      'it differs; `/fairlead deploy prod` deploys it all the same',
    ],
    [
      'needs no review for what a person asked for',
      { unreviewed: 'it differs', deployment: deploymentOf({ id: 'D-5', trigger: 'rollback' }) },
      'open',
    ],
    [
      'waits after a refusal',
      { deployment: refused },
      'ConfigMap web belongs to helm. `/fairlead deploy prod` goes on with that.',
    ],
    [
      'does not take a command from before the refusal',
      { deployment: refused, marks: [mark({ at: created })] },
      'ConfigMap web belongs to helm. `/fairlead deploy prod` goes on with that.',
    ],
    [
      'waits where the target was set back',
      { setBack: { id: 'D-6', commit: 'ab12cd3e', createdAt: later }, marks: [mark({ at: created })] },
      'D-6 went back to ab12cd3 since; `/fairlead deploy prod` goes on with this all the same',
    ],
    [
      'goes on by a command after that',
      { setBack: { id: 'D-6', commit: 'ab12cd3e', createdAt: created }, marks: [mark()] },
      'open',
    ],
    [
      'goes on by a command after the refusal',
      { deployment: refused, marks: [mark({ at: now.toISOString() })] },
      'open',
    ],
  ])('%s', (_, change, expected) => {
    expect(reason(change)).toBe(expected);
  });

  test('tells first what stands first, whatever else is in the way', () => {
    const everything: Partial<GateFacts>[] = [
      { mode: 'observe' },
      { pauses: [{ repo: shop, environment: null, by: 'ann', reason: '', at: created }] },
      { marks: [mark({ kind: 'hold', by: 'ann' })] },
      {
        environment: prod({
          on: 'command',
          after: { environment: 'staging', healthyFor: 0 },
          approvals: { count: 1, teams: [] },
        }),
      },
    ];
    const told = everything.map((_, at) => reason(Object.assign({}, ...everything.slice(at), { existsBefore: true })));

    expect(told).toEqual([
      'the mode is observe: nothing is deployed',
      'everything is paused by ann',
      'held by ann',
      'for `/fairlead deploy prod`',
    ]);
  });
});

describe('the environment before', () => {
  const after = { environment: prod({ after: { environment: 'staging', healthyFor: 600_000 } }), existsBefore: true };
  const one = (state: 'healthy' | 'failed' | 'soaking' | 'superseded', minutes = 30, target = 'a') => ({
    ...{ id: 'D-4', commit: deployment.commit, state, target },
    healthyAt: state === 'healthy' ? new Date(now.getTime() - minutes * 60_000).toISOString() : null,
  });

  test.each<readonly [string, Partial<GateFacts>, string]>([
    ['is not waited for where the application is not there', { existsBefore: false }, 'open'],
    ['is waited for until it has the commit', {}, 'for staging to get this commit'],
    ['is waited for until it is healthy', { before: [one('soaking')] }, 'for staging (D-4 is soaking)'],
    ['is waited for when it failed', { before: [one('failed')] }, 'for staging (D-4 is failed)'],
    ['must be healthy for long enough', { before: [one('healthy', 5)] }, 'for staging to be healthy for 600 s'],
    ['lets through what was healthy for long enough', { before: [one('healthy', 10)] }, 'open'],
    [
      'must be healthy in every cluster',
      { before: [one('healthy'), one('failed', 0, 'b')] },
      'for staging (D-4 is failed)',
    ],
    ['counts the newest of a cluster alone', { before: [one('healthy'), one('failed')] }, 'open'],
    ['counts no other commit', { before: [{ ...one('healthy'), commit: 'other' }] }, 'for staging to get this commit'],
    ['counts nothing that was superseded', { before: [one('superseded')] }, 'for staging to get this commit'],
    [
      'must still be healthy, whatever the engine can name',
      { before: [one('healthy')], standing: [{ id: 'D-4', health: { state: 'unknown', objects: [] } }] },
      'for staging (D-4 is not healthy now)',
    ],
    ['does not hold a rollback up', { deployment: deploymentOf({ id: 'D-5', trigger: 'rollback' }) }, 'open'],
  ])('%s', (_, change, expected) => {
    expect(reason({ ...after, ...change })).toBe(expected);
  });

  test('is looked at again when its time is over, and every 30 s at the latest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600_000 }), (age) => {
        const healthyAt = new Date(now.getTime() - age).toISOString();
        const found = gate(facts({ ...after, before: [{ ...one('healthy'), healthyAt }] }));
        if (found.kind === 'open') return expect(age).toBe(600_000);
        expect(found.lookAgainMs).toBe(Math.min(600_000 - age, 30_000));
      }),
    );
  });
});

describe('an approval', () => {
  const wanted = (count: number, teams: readonly string[] = []) => ({
    environment: prod({ approvals: { count, teams } }),
  });
  const members = new Set(['hubot', 'ann', 'mona']);

  test.each<readonly [string, Partial<GateFacts>, string]>([
    ['is waited for', wanted(1), 'for an approval: `/fairlead approve prod`'],
    [
      'of a team is waited for by its name',
      wanted(2, ['a/sre', 'a/dba']),
      'for 2 approvals of a/sre or a/dba: `/fairlead approve prod`',
    ],
    ['counts when it was given since', { ...wanted(1), marks: [approval()] }, 'open'],
    [
      'counts when it was given for exactly this',
      { ...wanted(1), marks: [approval({ at: earlier, digests: { [deployment.target]: 'now' } })] },
      'open',
    ],
    [
      'does not count when it was given for something else',
      { ...wanted(1), marks: [approval({ at: earlier, digests: { [deployment.target]: 'then' } })] },
      'for an approval: `/fairlead approve prod`',
    ],
    [
      'of the author does not count',
      { ...wanted(1), marks: [approval({ by: 'mona' })] },
      'for an approval: `/fairlead approve prod`',
    ],
    [
      'of the author in other letters does not count',
      { ...wanted(1), authors: ['Mona'], marks: [approval({ by: 'mona' })] },
      'for an approval: `/fairlead approve prod`',
    ],
    [
      'of the author of any of the pulls does not count',
      { ...wanted(1), authors: ['mona', 'ann'], marks: [approval({ by: 'ann' })] },
      'for an approval: `/fairlead approve prod`',
    ],
    [
      'of a stranger does not count',
      { ...wanted(1), marks: [approval({ by: 'eve' })] },
      'for an approval: `/fairlead approve prod`',
    ],
    [
      'counts once for each person',
      { ...wanted(2), marks: [approval(), approval()] },
      'for an approval: `/fairlead approve prod`',
    ],
    ['of two people is two', { ...wanted(2), marks: [approval(), approval({ by: 'ann' })] }, 'open'],
    [
      'of another environment does not count',
      { ...wanted(1), marks: [approval({ subject: 'staging' })] },
      'for an approval: `/fairlead approve prod`',
    ],
    ['is no command', { environment: prod({ on: 'command' }), marks: [approval()] }, 'for `/fairlead deploy prod`'],
    [
      'does not hold a rollback up',
      { ...wanted(1), deployment: deploymentOf({ id: 'D-5', trigger: 'rollback' }) },
      'open',
    ],
  ])('%s', (_, change, expected) => {
    expect(reason({ members, ...change })).toBe(expected);
  });
});

describe('a refusal', () => {
  test('is read back from the journal it was written to', () => {
    const refusal = { at: later, reason: 'why', takeovers: [taken] };

    expect(refusalOf({ journal: refusalJournal(refusal) })).toEqual(refusal);
  });

  test.each([[null], ['text'], [{ engine: null }], [[]]])('is not in the journal %j', (journal) => {
    expect(refusalOf({ journal })).toBeNull();
  });

  test('is answered by a command after it', () => {
    const marks = [mark({ by: 'ann', at: created }), mark({ by: 'bea', at: now.toISOString() })];

    expect(isCommanded(facts({ deployment: refused, marks }))).toBe(true);
    expect(isCommanded(facts({ deployment: refused, marks: marks.slice(0, 1) }))).toBe(false);
  });
});
