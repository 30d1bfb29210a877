import { describe, expect, test } from '@jest/globals';
import { joinUsers, type UserReview } from '../../../src/features/review/join-users.ts';
import type { Change } from '../../../src/model/change.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Review } from '../../../src/model/review.ts';
import type { Target } from '../../../src/model/target.ts';

const review = (changes: Partial<Review> = {}): Review => ({
  ...{ verdict: 'no-change', base: 'a', head: 'b', targets: [], changes: [], findings: [], inputs: [] },
  coverage: { applications: 0, rendered: 0, unownedFiles: [] },
  ...{ clustersRead: [], gitOnly: null, helm: [], readAt: null },
  ...changes,
});

const target = (id: string, error: string | null = null): Target => ({
  ...{ id, application: id, environment: null, cluster: null, digest: null, error },
});

const finding = (changes: Partial<Finding>): Finding => ({
  ...{ rule: 'x', severity: 'note', target: null, resource: null, file: null, line: null, message: 'so', fix: null },
  ...changes,
});

const change = (id: string): Change => ({
  ...{ target: id, part: 'pull', action: 'create', paths: [] },
  resource: { group: '', version: 'v1', kind: 'ConfigMap', namespace: null, name: 'a' },
});

const user = (changes: Partial<Review>, name = 'acme/gitops'): UserReview => ({
  ...{ kind: 'reviewed', name, lender: 'acme/values', review: review(changes) },
});

test('nobody’s review is its own', () => {
  const own = review({ targets: [target('web')] });

  expect(joinUsers(own, [])).toBe(own);
});

test('targets, changes and findings carry the name of their repository', () => {
  const joined = joinUsers(review({ targets: [target('web')], changes: [change('web')] }), [
    user({
      ...{ targets: [target('web')], changes: [change('web')] },
      findings: [
        finding({ target: 'web', file: 'apps/web.yaml', line: 3 }),
        finding({ target: 'web', file: 'acme/values:web/prod.yaml' }),
        finding({}),
      ],
    }),
  ]);

  expect(joined.targets.map(({ id, application }) => [id, application])).toEqual([
    ['web', 'web'],
    ['acme/gitops: web', 'acme/gitops: web'],
  ]);
  expect(joined.changes.map((one) => one.target)).toEqual(['web', 'acme/gitops: web']);
  expect(joined.findings).toEqual([
    finding({ target: 'acme/gitops: web', file: 'apps/web.yaml', line: 3, repository: 'acme/gitops' }),
    finding({ target: 'acme/gitops: web', file: 'web/prod.yaml' }),
    finding({ message: 'acme/gitops: so' }),
  ]);
});

test('what is counted is counted together, of the other’s files only those of this one', () => {
  const part = { applications: 2, rendered: 1, unownedFiles: [] };
  const joined = joinUsers(review({ coverage: { ...part, unownedFiles: ['a.yaml'] }, inputs: ['own/'] }), [
    user({ coverage: part, inputs: ['apps/web.yaml', 'acme/values:web/'], readAt: '2026-01-02', helm: ['helm4'] }),
    user({ coverage: part, clustersRead: ['prod'], readAt: '2026-01-01', helm: ['helm3'] }),
    user({ coverage: part, clustersRead: ['dev'] }, 'acme/more'),
  ]);

  expect(joined.coverage).toEqual({
    ...{ applications: 8, rendered: 4, unownedFiles: ['a.yaml'] },
    usedBy: [
      { repository: 'acme/gitops', applications: 4 },
      { repository: 'acme/more', applications: 2 },
    ],
  });
  expect(joined.inputs).toEqual(['own/', 'web/']);
  expect([joined.clustersRead, joined.helm, joined.readAt]).toEqual([
    ['dev', 'prod'],
    ['helm3', 'helm4'],
    '2026-01-01',
  ]);
});

describe('the verdict is the gravest', () => {
  const blocked = finding({ severity: 'block' });
  const unread = { kind: 'unread', name: 'acme/gitops', reason: 'it is gone', remedy: 'Look.' } as const;

  test.each<[string, Review, readonly Parameters<typeof joinUsers>[1][number][], string]>([
    ['no change anywhere', review(), [user({})], 'no-change'],
    ['a change of a user', review(), [user({ changes: [change('web')] })], 'ready'],
    ['a blocker of a user', review(), [user({ findings: [blocked], verdict: 'blocked' })], 'blocked'],
    ['a user that is not whole', review(), [user({ verdict: 'incomplete' })], 'incomplete'],
    ['a target of a user that is not whole', review(), [user({ targets: [target('a', 'why')] })], 'incomplete'],
    ['a user that cannot be read', review(), [unread], 'incomplete'],
    ['its own part that is not whole', review({ verdict: 'incomplete' }), [user({})], 'incomplete'],
    ['a blocker of its own', review({ findings: [blocked], verdict: 'blocked' }), [unread], 'blocked'],
  ])('%s', (_title, own, users, verdict) => {
    expect(joinUsers(own, users).verdict).toBe(verdict);
  });

  test('and one that cannot be read says why', () => {
    expect(joinUsers(review(), [unread]).findings).toEqual([
      expect.objectContaining({
        rule: 'user-unread',
        message: expect.stringMatching(/^acme\/gitops uses.*it is gone$/),
      }),
    ]);
  });
});

test('that no cluster was read is said where something was to be read', () => {
  const [one, other] = [user({ gitOnly: 'none is known', targets: [target('a')] }), user({ clustersRead: ['prod'] })];

  expect(joinUsers(review(), [one]).gitOnly).toBe('none is known');
  expect(joinUsers(review({ gitOnly: 'own' }), [one]).gitOnly).toBe('none is known');
  expect(joinUsers(review({ gitOnly: 'own' }), [one, other]).gitOnly).toBeNull();
});
