import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createReceiver } from '../../../../src/world/forge/gitlab/receiver.ts';

const secret = 'new-4d1f6b0f2a9c47e8';
const older = 'old-9a8b7c6d5e4f3a2b';
const key = (seed: string) => `whsec_${Buffer.from(seed.repeat(32).slice(0, 32)).toString('base64')}`;
const signing = key('a');
const olderSigning = key('b');
const now = new Date('2026-03-01T12:00:00Z');
const receiver = createReceiver({
  name: 'gitlab-eu',
  secrets: [secret, older],
  signingSecrets: [signing, olderSigning],
  now: () => now,
});

const project = { id: 42, path_with_namespace: 'acme/team/gitops' };
const repo = { forge: 'gitlab-eu', id: 42, fullName: 'acme/team/gitops', installation: null };
const user = { id: 5, username: 'mona' };

function delivery(event: string, payload: unknown, headers: Record<string, string> = { 'x-gitlab-token': secret }) {
  return { body: Buffer.from(JSON.stringify(payload)), headers: { 'x-gitlab-event': event, ...headers } };
}

function signed(payload: unknown, changes: { secret?: string; at?: Date; id?: string; signature?: string } = {}) {
  const body = Buffer.from(JSON.stringify(payload));
  const timestamp = String(Math.floor((changes.at ?? now).getTime() / 1000));
  const { id = 'w-1', secret: with_ = signing } = changes;
  const mac = createHmac('sha256', Buffer.from(with_.slice(6), 'base64'))
    .update(`${id}.${timestamp}.`)
    .update(body);
  const signature = changes.signature ?? `v1,${mac.digest('base64')}`;
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  return { body, headers: { 'x-gitlab-event': 'Push Hook', ...headers } };
}

describe('authenticate by secret token', () => {
  test.each([secret, older])('lets in an active token', (token) => {
    const verdict = receiver.authenticate(
      delivery('Push Hook', {}, { 'x-gitlab-token': token, 'idempotency-key': 'd-1' }),
    );

    expect(verdict).toEqual({ ok: true, id: 'd-1', event: 'Push Hook' });
  });

  test.each(['', 'new-4d1f6b0f2a9c47e', `${secret}x`, 'é'.repeat(20)])('refuses the token %j', (token) => {
    const verdict = receiver.authenticate(delivery('Push Hook', {}, { 'x-gitlab-token': token }));

    expect(verdict).toEqual({ ok: false, status: 401, reason: 'the secret token does not match' });
  });

  test('refuses a missing token, and everything without an active secret', () => {
    const nothing = createReceiver({ name: 'g', secrets: [], signingSecrets: [], now: () => now });

    expect(receiver.authenticate(delivery('Push Hook', {}, {}))).toMatchObject({ ok: false, status: 401 });
    expect(nothing.authenticate(delivery('Push Hook', {}))).toMatchObject({ ok: false, status: 401 });
  });

  test('answers 400 without an event', () => {
    const { body } = delivery('x', {});

    expect(receiver.authenticate({ body, headers: { 'x-gitlab-token': secret } })).toMatchObject({ status: 400 });
  });

  test('names a delivery without an id by its event and body', () => {
    const id = (event: string, payload: object) => {
      const verdict = receiver.authenticate(delivery(event, payload));
      return verdict.ok ? verdict.id : '';
    };

    expect(id('Push Hook', { a: 1 })).toMatch(/^[0-9a-f]{64}$/);
    expect(id('Push Hook', { a: 1 })).toBe(id('Push Hook', { a: 1 }));
    expect(new Set([id('Push Hook', { a: 1 }), id('Push Hook', { a: 2 }), id('Note Hook', { a: 1 })]).size).toBe(3);
  });
});

describe('authenticate by signature', () => {
  test.each([signing, olderSigning])('lets in what is signed with an active secret', (active) => {
    expect(receiver.authenticate(signed({ a: 1 }, { secret: active }))).toEqual({
      ok: true,
      id: 'w-1',
      event: 'Push Hook',
    });
  });

  test('takes one good signature among several', () => {
    const good = signed({ a: 1 }).headers['webhook-signature'];

    expect(receiver.authenticate(signed({ a: 1 }, { signature: `v1,AAAA v2,zzz ${good}` })).ok).toBe(true);
  });

  test('refuses a bad signature even where the token is good', () => {
    const { body, headers } = signed({ a: 1 }, { secret: key('c') });

    const verdict = receiver.authenticate({ body, headers: { ...headers, 'x-gitlab-token': secret } });

    expect(verdict).toEqual({ ok: false, status: 401, reason: 'the signature does not match' });
  });

  test.each([
    [-299, true],
    [299, true],
    [-301, false],
    [301, false],
  ])('with a clock that is %i seconds off: %s', (seconds, ok) => {
    const at = new Date(now.getTime() + seconds * 1000);

    expect(receiver.authenticate(signed({}, { at })).ok).toBe(ok);
  });

  test.each(['webhook-id', 'webhook-timestamp'])('refuses a signature without %s', (name) => {
    const { body, headers } = signed({});

    expect(receiver.authenticate({ body, headers: { ...headers, [name]: undefined } }).ok).toBe(false);
  });

  test('notices any single byte that changed, in the body, the id or the time', () => {
    const { body, headers } = signed({ ref: 'refs/heads/main', after: 'abc' });

    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const tampered = Buffer.from(body);
        tampered[at] = (tampered[at] ?? 0) ^ flip;
        expect(receiver.authenticate({ body: tampered, headers }).ok).toBe(false);
      }),
    );
    expect(receiver.authenticate({ body, headers: { ...headers, 'webhook-id': 'w-2' } }).ok).toBe(false);
    const later = String(Number(headers['webhook-timestamp']) + 1);
    expect(receiver.authenticate({ body, headers: { ...headers, 'webhook-timestamp': later } }).ok).toBe(false);
  });

  test('does not take a signature of nothing where no signing secret is set', () => {
    const plain = createReceiver({ name: 'g', secrets: [secret], signingSecrets: [], now: () => now });

    expect(plain.authenticate(signed({})).ok).toBe(false);
  });
});

describe('normalise', () => {
  const request = (attributes: object, extra: object = {}) =>
    receiver.normalise(
      delivery('Merge Request Hook', {
        project,
        user,
        object_attributes: { iid: 3, target_branch: 'main', last_commit: { id: 'abc' }, ...attributes },
        ...extra,
      }),
    );
  const changed = { kind: 'pull-changed', repo, pull: 3, head: 'abc' };

  test.each(['open', 'reopen'])('%s means the pull changed', (action) => {
    expect(request({ action })).toEqual([changed]);
  });

  test('an update counts where commits, target or draft changed', () => {
    expect(request({ action: 'update', oldrev: 'aaa' })).toEqual([{ ...changed, before: 'aaa' }]);
    expect(request({ action: 'update' }, { changes: { target_branch: { previous: 'dev' } } })).toEqual([changed]);
    expect(request({ action: 'update' }, { changes: { draft: { previous: true, current: false } } })).toEqual([
      changed,
    ]);
    expect(request({ action: 'update' }, { changes: { title: {}, labels: {} } })).toEqual([]);
  });

  test('a merge names the branch it went into, a close only the pull', () => {
    expect(request({ action: 'merge' })).toEqual([{ kind: 'pull-merged', repo, pull: 3, branch: 'main' }]);
    expect(request({ action: 'close' })).toEqual([{ kind: 'pull-closed', repo, pull: 3 }]);
  });

  test.each(['approved', 'unapproved', 'approval', undefined])('%s of a merge request means nothing', (action) => {
    expect(request({ action })).toEqual([]);
  });

  test('a push to a branch means it moved; tags and deleted branches mean nothing', () => {
    const push = (payload: object) => receiver.normalise(delivery('Push Hook', { project, ...payload }));
    const zero = '0'.repeat(40);
    const moved = { kind: 'branch-moved', repo, branch: 'feature/x', head: 'def', before: 'abc' };

    expect(push({ ref: 'refs/heads/feature/x', before: 'abc', after: 'def' })).toEqual([moved]);
    expect(push({ ref: 'refs/heads/feature/x', before: zero, after: 'def' })).toEqual([{ ...moved, before: null }]);
    expect(push({ ref: 'refs/tags/v1', before: zero, after: 'def' })).toEqual([]);
    expect(push({ ref: 'refs/heads/gone', before: 'abc', after: zero })).toEqual([]);
  });

  const note = (attributes: object, extra: object = {}) =>
    receiver.normalise(
      delivery('Note Hook', {
        project,
        user,
        object_attributes: {
          id: 9,
          action: 'create',
          noteable_type: 'MergeRequest',
          note: '/fairlead apply',
          ...attributes,
        },
        merge_request: { iid: 3 },
        ...extra,
      }),
    );
  const created = { kind: 'comment-created', repo, thread: { kind: 'pull', number: 3 }, comment: 9, author: 'mona' };

  test('a new note with a line for us is a comment, on a pull or an issue', () => {
    expect(note({})).toEqual([created]);
    expect(note({ note: 'thanks\r\n  /fairlead help' })).toEqual([created]);
    expect(note({ noteable_type: 'Issue' }, { issue: { iid: 4 } })).toEqual([
      { ...created, thread: { kind: 'issue', number: 4 } },
    ]);
  });

  test.each([
    ['an edit', { action: 'update' }],
    ['a note without an action', { action: undefined }],
    ['a note of GitLab itself', { system: true }],
    ['an internal note', { internal: true }],
    ['a confidential note', { confidential: true }],
    ['a note on a commit', { noteable_type: 'Commit' }],
    ['small talk', { note: 'looks good, see /fairlead' }],
    ['another word', { note: '/fairleader apply' }],
    ['our own answer', { note: '<!-- fairlead:v1 key=answer -->\n/fairlead apply' }],
  ])('%s means nothing', (_what, attributes) => {
    expect(note(attributes)).toEqual([]);
  });

  test.each(['project_42_bot', 'project_42_bot_4f2a', 'group_7_bot_ab', 'ghost', 'service_account_group_1_ab12'])(
    'a note of %s means nothing',
    (username) => {
      expect(note({}, { user: { id: 6, username } })).toEqual([]);
    },
  );

  test.each(['Pipeline Hook', 'Job Hook', 'Confidential Note Hook', '__proto__', 'constructor'])(
    '%s means nothing',
    (event) => {
      expect(receiver.normalise(delivery(event, { zen: 1 }))).toEqual([]);
    },
  );

  test.each([
    ['a missing number', { project, object_attributes: { action: 'open', last_commit: { id: 'a' } } }],
    ['a missing project', { object_attributes: { action: 'open', iid: 3, last_commit: { id: 'a' } } }],
    ['a list', []],
    ['null', null],
  ])('%s is a broken payload', (_what, payload) => {
    expect(() => receiver.normalise(delivery('Merge Request Hook', payload))).toThrow(
      expect.objectContaining({ code: 'broken-payload' }),
    );
  });

  test('what is not JSON is a broken payload that does not repeat the body', () => {
    const raw = { body: Buffer.from('token=hunter2&x'), headers: { 'x-gitlab-event': 'Push Hook' } };

    expect(() => receiver.normalise(raw)).toThrow(expect.objectContaining({ code: 'broken-payload' }));
    expect(() => receiver.normalise(raw)).not.toThrow(/hunter2/);
  });
});
