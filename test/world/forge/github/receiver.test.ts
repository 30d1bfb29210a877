import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createReceiver } from '../../../../src/world/forge/github/receiver.ts';

const secret = 'new-4d1f6b0f2a9c47e8';
const older = 'old-9a8b7c6d5e4f3a2b';
const receiver = createReceiver([secret, older]);

const repository = { id: 42, full_name: 'acme/gitops' };
const repo = { forge: 'github', id: 42, fullName: 'acme/gitops', installation: 7 };
const around = { repository, installation: { id: 7 } };
const pull = { number: 3, pull_request: { head: { sha: 'abc' } } };

function delivery(event: string, payload: unknown, signWith = secret) {
  const body = Buffer.from(JSON.stringify(payload));
  const signature = `sha256=${createHmac('sha256', signWith).update(body).digest('hex')}`;
  const headers = { 'x-github-event': event, 'x-github-delivery': 'd-1', 'x-hub-signature-256': signature };
  return { body, headers };
}

describe('authenticate', () => {
  test('lets a signed delivery in and names it', () => {
    expect(receiver.authenticate(delivery('push', { a: 1 }))).toEqual({ ok: true, id: 'd-1', event: 'push' });
  });

  test('still takes the secret before', () => {
    expect(receiver.authenticate(delivery('push', {}, older)).ok).toBe(true);
  });

  test('refuses a secret that is not active', () => {
    const refused = receiver.authenticate(delivery('push', {}, 'some-other-secret-1234'));

    expect(refused).toEqual({ ok: false, status: 401, reason: 'the signature does not match' });
  });

  test('refuses a missing signature', () => {
    const { body, headers } = delivery('push', {});

    const refused = receiver.authenticate({ body, headers: { ...headers, 'x-hub-signature-256': undefined } });

    expect(refused).toMatchObject({ ok: false, status: 401 });
  });

  test.each(['', 'sha256=', 'sha1=abc', `sha256=${'0'.repeat(64)}`, `sha256=${'é'.repeat(64)}`])(
    'refuses the signature %j',
    (signature) => {
      const { body, headers } = delivery('push', {});

      const refused = receiver.authenticate({ body, headers: { ...headers, 'x-hub-signature-256': signature } });

      expect(refused).toMatchObject({ ok: false, status: 401 });
    },
  );

  test.each(['x-github-event', 'x-github-delivery'])('answers 400 when %s is missing', (name) => {
    const { body, headers } = delivery('push', {});

    const refused = receiver.authenticate({ body, headers: { ...headers, [name]: undefined } });

    expect(refused).toMatchObject({ ok: false, status: 400 });
  });

  test('notices any single byte that changed', () => {
    const { body, headers } = delivery('push', { ref: 'refs/heads/main', after: 'abc' });

    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const tampered = Buffer.from(body);
        tampered[at] = (tampered[at] ?? 0) ^ flip;
        expect(receiver.authenticate({ body: tampered, headers }).ok).toBe(false);
      }),
    );
  });

  test('refuses everything without an active secret', () => {
    expect(createReceiver([]).authenticate(delivery('push', {})).ok).toBe(false);
  });
});

describe('normalise', () => {
  test.each(['opened', 'synchronize', 'reopened', 'ready_for_review'])('%s means the pull changed', (action) => {
    const events = receiver.normalise(delivery('pull_request', { action, ...pull, ...around }));

    expect(events).toEqual([{ kind: 'pull-changed', repo, pull: 3, head: 'abc' }]);
  });

  test('an edit counts only where the base changed', () => {
    const edited = (changes: object) => delivery('pull_request', { action: 'edited', changes, ...pull, ...around });

    expect(receiver.normalise(edited({ title: { from: 'x' } }))).toEqual([]);
    expect(receiver.normalise(edited({ base: { ref: { from: 'dev' } } }))).toHaveLength(1);
  });

  test('closed means the pull is closed', () => {
    const events = receiver.normalise(delivery('pull_request', { action: 'closed', ...pull, ...around }));

    expect(events).toEqual([{ kind: 'pull-closed', repo, pull: 3 }]);
  });

  test('closed and merged means the pull is merged into its base', () => {
    const { number } = pull;
    const merged = { action: 'closed', number, pull_request: { merged: true, base: { ref: 'main' } }, ...around };

    const events = receiver.normalise(delivery('pull_request', merged));

    expect(events).toEqual([{ kind: 'pull-merged', repo, pull: 3, branch: 'main' }]);
  });

  describe('comments', () => {
    interface Changes {
      readonly action?: string;
      readonly body?: string;
      readonly type?: string;
      readonly sender?: string;
      readonly issue?: object;
    }
    const comment = ({ action = 'created', body = '/fairlead diff', type = 'User', ...more }: Changes = {}) =>
      receiver.normalise(
        delivery('issue_comment', {
          action,
          issue: { number: 3, pull_request: {}, ...more.issue },
          comment: { id: 9, body, user: { login: 'mona', type } },
          sender: { login: 'mona', type: more.sender ?? type },
          ...around,
        }),
      );

    test('a new one with a command is told with its thread', () => {
      const thread = { kind: 'pull', number: 3 };

      expect(comment()).toEqual([{ kind: 'comment-created', repo, thread, comment: 9, author: 'mona' }]);
      expect(comment({ issue: { pull_request: undefined } })).toMatchObject([{ thread: { kind: 'issue', number: 3 } }]);
    });

    test.each<[string, Changes]>([
      ['an edited one', { action: 'edited' }],
      ['one of a bot', { type: 'Bot' }],
      ['one sent by a bot in the name of a person', { sender: 'Bot' }],
      ['one without a command', { body: 'see `/fairlead diff`' }],
      ['one that speaks to another word', { body: '/fairleads diff' }],
      ['one in a code block', { body: '    /fairlead diff' }],
    ])('%s means nothing', (_what, changes) => {
      expect(comment(changes)).toEqual([]);
    });

    test('one of a hundred thousand blank lines is read at once', () => {
      const before = performance.now();

      expect(comment({ body: `${' \n'.repeat(100_000)}/fairlea` })).toEqual([]);
      expect(performance.now() - before).toBeLessThan(1000);
    });
  });

  test('a push to a branch means it moved; tags and deleted branches mean nothing', () => {
    const push = (payload: object) =>
      receiver.normalise(delivery('push', { before: 'abc', after: 'def', ...payload, ...around }));

    const moved = { kind: 'branch-moved', repo, branch: 'feature/x', head: 'def', before: 'abc' };
    expect(push({ ref: 'refs/heads/feature/x', deleted: false })).toEqual([moved]);
    expect(push({ ref: 'refs/heads/feature/x', before: '0'.repeat(40) })).toEqual([{ ...moved, before: null }]);
    expect(push({ ref: 'refs/tags/v1', deleted: false })).toEqual([]);
    expect(push({ ref: 'refs/heads/gone', deleted: true })).toEqual([]);
  });

  test('a re-requested check run asks for its commit again; other actions mean nothing', () => {
    const run = (action: string) =>
      receiver.normalise(delivery('check_run', { action, check_run: { head_sha: 'abc' }, ...around }));

    expect(run('rerequested')).toEqual([{ kind: 'check-rerequested', repo, head: 'abc' }]);
    expect(run('completed')).toEqual([]);
  });

  test.each([
    'ping',
    'pull_request_review',
    'pull_request_review_comment',
    'star',
    '__proto__',
    'constructor',
    'toString',
  ])('%s means nothing', (event) => {
    expect(receiver.normalise(delivery(event, { zen: 'Keep it logically awesome.' }))).toEqual([]);
  });

  test('an installation that is not named is null', () => {
    const payload = { ref: 'refs/heads/main', before: 'abc', after: 'def', repository };

    expect(receiver.normalise(delivery('push', payload))).toMatchObject([{ repo: { installation: null } }]);
  });

  test.each([
    ['a missing number', { action: 'opened', ...around, pull_request: { head: { sha: 'a' } } }],
    ['a number as text', { action: 'opened', ...around, ...pull, number: '3' }],
    ['a missing repository', { action: 'opened', ...pull }],
    ['a list', []],
    ['null', null],
  ])('%s is a broken payload', (_what, payload) => {
    expect(() => receiver.normalise(delivery('pull_request', payload))).toThrow(
      expect.objectContaining({ code: 'broken-payload' }),
    );
  });

  test('what is not JSON is a broken payload that does not repeat the body', () => {
    const raw = { body: Buffer.from('secret=hunter2&x'), headers: { 'x-github-event': 'push' } };

    expect(() => receiver.normalise(raw)).toThrow(expect.objectContaining({ code: 'broken-payload' }));
    expect(() => receiver.normalise(raw)).not.toThrow(/hunter2/);
  });
});
