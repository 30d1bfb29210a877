import { describe, expect, test } from '@jest/globals';
import type { CommandFacts } from '../../../src/features/commands/command.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import { deploymentOf, driftOf } from '../../support/deployments.ts';
import { faultsOf } from '../../support/markdown-shape.ts';
import {
  brief,
  decided,
  environmentOf,
  factsOf,
  head,
  mergedPull,
  mergeSha,
  openPull,
  plan,
  settingsOf,
  toldOf,
  unclearPlan,
} from './facts.ts';

const review = 'enqueue review:github:42#482';
const at = (id: string, state: Deployment['state'], change: Partial<Deployment> = {}): Deployment =>
  deploymentOf({ id, state, ...change });
const waits = at('D-18', 'waiting');
const failed = at('D-17', 'failed');
const good = at('D-9', 'healthy', { commit: '51ab7d0'.padEnd(40, '0') });
const merged = (...deployments: readonly Deployment[]): Partial<CommandFacts> => ({ pull: mergedPull, deployments });
const row = driftOf({ id: 'd-3f9a12' });
const observe = { settings: settingsOf('observe', environmentOf()) };
const paused = { repo: waits.repo, environment: 'prod', by: 'bo', reason: '', at: '2026-11-22T14:00:00.000Z' };
const hold = { kind: 'hold', subject: '', head, digests: {}, by: 'bo', reason: '', at: paused.at } as const;

type Case = readonly [
  title: string,
  typed: string,
  facts: Partial<CommandFacts>,
  actions: readonly string[],
  told: RegExp,
];

const cases: readonly Case[] = [
  ['help', 'help', {}, ['answer'], /\/fairlead approve ENV/],
  ['help on the board: what works there', 'help', { thread: { kind: 'issue', number: 9 } }, ['answer'], /heal ID/],
  ['check', 'check', {}, ['enqueue begin:github:42#482', 'answer'], /runs again/],
  ['check of a merged pull', 'check', merged(), ['refuse'], /not open/],
  ['explain without a name', 'explain', merged({ ...waits, reason: 'held by bo' }), ['answer'], /held by bo/],
  ['explain a resource', 'explain Deployment shop/checkout', {}, ['answer'], /1 said by Git, 1 set by the server/],
  ['explain kind/name', 'explain deployment/checkout', {}, ['answer'], /spec\.replicas/],
  ['explain what does not change', 'explain Service x', {}, ['refuse'], /Deployment shop\/checkout/],
  ['explain without a plan', 'explain checkout', { plan: null }, ['refuse'], /not reviewed yet/],
  ['allow', 'allow data-loss moved to S3', {}, ['mark allow data-loss', review, 'answer'], /`9f3c2e1` only/],
  ['allow after a push', 'allow data-loss x', { plan: { ...plan, head: mergeSha } }, ['refuse'], /a push came after/],
  ['allow on a merged pull', 'allow data-loss x', merged(), ['refuse'], /not open/],
  ['ok-to-test', 'ok-to-test', {}, ['mark ok-to-test', review, 'answer'], /trusted/],
  ['ok-to-test unseen', 'ok-to-test', { plan: null }, ['refuse'], /not reviewed yet/],
  ['hold', 'hold wait for QA', {}, ['mark hold', 'answer'], /unhold/],
  ['hold with a deploy that waits', 'hold', merged(waits), ['mark hold', 'enqueue deploy:D-18', 'answer'], /unhold/],
  ['hold of a closed pull', 'hold', { pull: { ...openPull, state: 'closed' } }, ['refuse'], /closed without a merge/],
  [
    'unhold',
    'unhold',
    { ...merged(waits), marks: [hold] },
    ['unmark hold', 'enqueue deploy:D-18', 'answer'],
    /not held/,
  ],
  ['unhold of what is not held', 'unhold', {}, ['refuse'], /not held/],
  ['approve', 'approve prod', {}, ['mark approve prod', 'answer'], /`prod` is approved at `9f3c2e1`/],
  [
    'approve what waits',
    'approve prod',
    merged(waits, failed),
    ['mark approve prod', 'enqueue deploy:D-18', 'answer'],
    /D-18/,
  ],
  ['approve one’s own', 'approve prod', { actor: 'Octo-Dev' }, ['refuse'], /their own/],
  ['approve after a push', 'approve prod', { plan: { ...plan, head: mergeSha } }, ['refuse'], /a push came after/],
  [
    'approve what was shown later',
    'approve prod',
    { plan: { ...plan, shownAt: '2026-11-22T14:10:01Z' } },
    ['refuse'],
    /a push came/,
  ],
  ['approve unreviewed', 'approve prod', { plan: null }, ['refuse'], /not reviewed yet/],
  ['approve without a digest', 'approve prod', { plan: unclearPlan }, ['refuse'], /could not be worked out/],
  ['approve a place that is not there', 'approve moon', {}, ['refuse'], /no environment `moon`; known here: `prod`/],
  ['approve a closed pull', 'approve prod', { pull: { ...openPull, state: 'closed' } }, ['refuse'], /without a merge/],
  [
    'approve a merge no plan shows',
    'approve prod',
    { ...merged(waits), plan: null },
    ['mark approve prod', 'enqueue deploy:D-18', 'answer'],
    /D-18/,
  ],
  [
    'approve typed before a merge of another head',
    'approve prod',
    { ...merged(waits), plan: null, askedAt: '2026-11-22T14:04:00Z' },
    ['refuse'],
    /not reviewed/,
  ],
  ['deploy before the merge', 'deploy prod', {}, ['mark deploy prod', 'answer'], /once this pull is merged/],
  ['deploy what waits', 'deploy prod', merged(waits), ['mark deploy prod', 'enqueue deploy:D-18', 'answer'], /D-18/],
  [
    'deploy once more',
    'deploy prod',
    merged(failed),
    ['mark deploy prod', 'enqueue redeploy:github:42:prod:', 'answer'],
    /`ab12cd3` is deployed/,
  ],
  [
    'deploy once more while a newer merge waits',
    'deploy prod',
    { ...merged(failed), waiting: [at('D-20', 'waiting', { pulls: [490] })] },
    ['refuse'],
    /`D-20` .*waits there with a newer commit.* on pull 490 .*`\/fairlead rollback prod`/,
  ],
  [
    'deploy once more while one of another application, or asked for, waits',
    'deploy prod',
    {
      ...merged(failed),
      waiting: [
        at('D-20', 'waiting', { pulls: [490], application: 'apps/cart' }),
        at('D-21', 'waiting', { pulls: [490], trigger: 'command' }),
      ],
    },
    ['mark deploy prod', 'enqueue redeploy:github:42:prod:', 'answer'],
    /`ab12cd3` is deployed/,
  ],
  ['deploy what is under way', 'deploy prod', merged(at('D-19', 'following')), ['refuse'], /under way/],
  ['deploy after a push', 'deploy prod', { plan: { ...plan, head: mergeSha } }, ['refuse'], /a push came after/],
  ['deploy elsewhere', 'deploy moon', {}, ['refuse'], /known here/],
  [
    'deploy where it is switched off',
    'deploy prod',
    { settings: settingsOf('enforce', environmentOf({ on: 'never' })) },
    ['refuse'],
    /is `never`/,
  ],
  ['retry', 'retry', merged(failed, waits), ['refuse'], /no deployment of this pull failed/],
  [
    'retry what failed',
    'retry',
    merged(failed),
    ['enqueue redeploy:github:42:prod:apps/checkout', 'answer'],
    /same commit/,
  ],
  ['retry elsewhere', 'retry staging', merged(failed), ['refuse'], /no deployment/],
  [
    'retry what was overtaken',
    'retry',
    { ...merged(failed), newest: new Map([[failed.target, at('D-30', 'healthy')]]) },
    ['refuse'],
    /took the place/,
  ],
  [
    'rollback',
    'rollback prod',
    { ...merged(failed), history: [failed, good] },
    ['enqueue redeploy:github:42:prod:', 'answer'],
    /everything in `prod`/,
  ],
  [
    'rollback of one application',
    'rollback prod apps/checkout',
    { history: [failed, good] },
    ['enqueue redeploy:github:42:prod:apps/checkout', 'answer'],
    /apps\/checkout/,
  ],
  ['rollback of nothing', 'rollback prod', {}, ['refuse'], /nothing was deployed to `prod` yet/],
  [
    'rollback of an unknown application',
    'rollback prod apps/chekout',
    { history: [failed, good] },
    ['refuse'],
    /nothing of `apps\/chekout` was deployed to `prod` yet; known there: `apps\/checkout`/,
  ],
  [
    'rollback without an earlier commit',
    'rollback prod',
    { history: [at('D-17', 'healthy')] },
    ['refuse'],
    /no other commit was healthy in `prod`/,
  ],
  [
    'rollback where it is switched off',
    'rollback prod',
    { settings: settingsOf('enforce', environmentOf({ on: 'never' })), history: [failed, good] },
    ['refuse'],
    /is `never`/,
  ],
  ['rollback elsewhere', 'rollback moon', {}, ['refuse'], /known here/],
  ['revert', 'revert', merged(failed), ['enqueue revert:D-17', 'answer'], /works out a revert/],
  [
    'revert after a rollback: what was rolled back',
    'revert prod',
    merged(at('D-17', 'failed'), at('D-18', 'healthy', { trigger: 'rollback' })),
    ['enqueue revert:D-17', 'answer'],
    /D-17/,
  ],
  [
    'revert in two clusters: once',
    'revert prod',
    merged(at('D-16', 'healthy', { cluster: 'a' }), at('D-17', 'failed', { cluster: 'b' })),
    ['enqueue revert:D-17', 'answer'],
    /D-17/,
  ],
  ['revert of nothing', 'revert', merged(waits), ['refuse'], /nothing of this pull was deployed/],
  ['revert twice', 'revert', merged({ ...failed, revertPull: 483 }), ['refuse'], /pull 483 reverts it/],
  [
    'revert after its pull was closed',
    'revert',
    { ...merged({ ...failed, revertPull: 483 }), closedReverts: new Set([483]) },
    ['enqueue revert:D-17', 'answer'],
    /works out a revert/,
  ],
  ['heal', 'heal d-3f9a12', { drift: row }, ['enqueue heal:github:42:d-3f9a12', 'answer'], /back to what Git says/],
  ['heal of an unknown id', 'heal d-3f9a12', {}, ['refuse'], /no drift `d-3f9a12`/],
  [
    'heal of what is healed',
    'heal d-3f9a12',
    { drift: { ...row, resolvedAt: paused.at, resolution: 'healed' } },
    ['refuse'],
    /not drifted any more \(healed\)/,
  ],
  ['adopt', 'adopt d-3f9a12', { drift: row }, ['enqueue heal:github:42:d-3f9a12', 'answer'], /into Git/],
  ['adopt twice', 'adopt d-3f9a12', { drift: { ...row, adoptPull: 490 } }, ['refuse'], /pull 490/],
  ['status', 'status', merged(failed), ['answer'], /⛔ Failed/],
  ['status of nothing', 'status', {}, ['answer'], /Nothing was deployed/],
  ['pause', 'pause', {}, ['pause all', 'answer'], /every environment is paused/],
  ['pause of one', 'pause prod quarter end', {}, ['pause prod', 'answer'], /`\/fairlead resume prod`/],
  ['pause elsewhere', 'pause moon', {}, ['refuse'], /known here/],
  [
    'resume',
    'resume prod',
    { pauses: [paused], waiting: [waits] },
    ['unpause prod', 'enqueue deploy:D-18', 'answer'],
    /goes on/,
  ],
  ['resume of what is not paused', 'resume', { pauses: [paused] }, ['refuse'], /no pause of every/],
  ...['deploy prod', 'retry', 'rollback prod', 'revert', 'heal d-3f9a12', 'adopt d-3f9a12'].map(
    (typed): Case => [
      `${typed} in observe mode`,
      typed,
      { ...merged(failed), ...observe, drift: row },
      ['refuse'],
      /`mode: enforce` in `.fairlead.yaml`/,
    ],
  ),
];

test.each(cases)('%s', (_title, typed, change, actions, told) => {
  const result = decided(typed, factsOf(change));

  expect(brief(result)).toEqual(actions);
  expect(toldOf(result)).toMatch(told);
  expect(faultsOf(toldOf(result), 20_000)).toEqual([]);
});

describe('what is written down', () => {
  test('an approval holds the digests of its environment and the head it was said for', () => {
    expect(decided('approve prod', factsOf())[0]).toEqual({
      kind: 'mark',
      mark: { kind: 'approve', subject: 'prod', head, digests: { 'apps/checkout@prod:prod-eu': 'd1' }, reason: '' },
    });
  });

  test('a heal says where and when it was asked for', () => {
    const facts = factsOf({ drift: row });
    const jobs = decided('heal d-3f9a12', facts).flatMap((one) => (one.kind === 'enqueue' ? [one.queued.job] : []));

    const asked = { thread: facts.thread, at: facts.askedAt, isTold: false };
    expect(jobs).toEqual([{ kind: 'heal', payload: { drift: row.id, actor: facts.actor, how: 'heal', asked } }]);
  });

  test('a rollback names no commit, a retry the same, a deploy the merge', () => {
    const payload = (typed: string): unknown =>
      decided(typed, factsOf({ ...merged(failed), history: [failed, good] })).flatMap((action) =>
        action.kind === 'enqueue' ? [action.queued.job.payload] : [],
      )[0];

    expect(payload('rollback prod')).toMatchObject({ commit: null, trigger: 'rollback', actor: 'anna', pull: 482 });
    expect(payload('retry prod')).toMatchObject({
      commit: failed.commit,
      trigger: 'command',
      application: 'apps/checkout',
    });
    expect(payload('deploy prod')).toMatchObject({ commit: mergeSha, trigger: 'command', application: null });
  });
});

test('a revert that a person asks for takes the place of one that waits unasked', () => {
  const [action] = decided('revert', factsOf(merged(failed)));

  expect(action).toMatchObject({ kind: 'enqueue', queued: { replace: true, job: { payload: { actor: 'anna' } } } });
});
