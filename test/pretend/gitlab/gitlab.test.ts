import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isolatedGit } from '../../../src/pretend/git-http.ts';
import { type PretendGitLab, startGitLab } from '../../../src/pretend/gitlab/gitlab.ts';
import type { PretendProject } from '../../../src/pretend/gitlab/project.ts';
import { createReceiver } from '../../../src/world/forge/gitlab/receiver.ts';

const run = promisify(execFile);
const place = (number: number) => ({ kind: 'pull', number }) as const;

let dir: string;
let gitlab: PretendGitLab;
let project: PretendProject;
let token: string;
let pull: number;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pretend-gitlab-'));
  gitlab = await startGitLab({ now: () => new Date(), dir });
  project = await gitlab.createProject({ fullName: 'acme/gitops' });
  project.setLevel('dev', 30);
  token = gitlab.accessToken('dev');
  await project.commit('topic', { 'a.yaml': 'a: 1\n' });
  pull = await project.openPull({ title: 'Change', author: 'mona', head: 'topic' });
});
afterEach(async () => {
  await gitlab.close();
  rmSync(dir, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: object, bearer = token) {
  const answer = await fetch(`${gitlab.url}/api/v4${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? null : (JSON.parse(text) as object) };
}

const here = () => `/projects/${project.id}`;

describe('quick actions', () => {
  const before = () => gitlab.hooks.deliveries.length;

  test('a note of nothing else is not saved, runs, and tells no hook', async () => {
    const count = before();

    const answer = await call('POST', `${here()}/merge_requests/${pull}/notes`, { body: '/approve\n/merge' });

    expect(answer.status).toBe(202);
    expect(project.comments(place(pull))).toEqual([]);
    expect(gitlab.executed).toEqual([
      { user: 'dev', name: 'approve', argument: '' },
      { user: 'dev', name: 'merge', argument: '' },
    ]);
    expect(gitlab.hooks.deliveries).toHaveLength(count);
  });

  test('are taken out of a note that holds more, but not out of code', async () => {
    await project.addComment(place(pull), 'mona', 'one\n/label ~bug\n```\n/merge\n```\ntwo');

    expect(project.comments(place(pull))[0]?.body).toBe('one\n```\n/merge\n```\ntwo');
    expect(gitlab.executed).toEqual([{ user: 'mona', name: 'label', argument: '~bug' }]);
  });

  test('leave a command alone that is not GitLab’s own', async () => {
    await project.addComment(place(pull), 'mona', '/fairlead approve');

    expect(project.comments(place(pull))[0]?.body).toBe('/fairlead approve');
    expect(gitlab.executed).toEqual([]);
  });
});

describe('rights', () => {
  test.each([
    [0, 404],
    [20, 403],
    [30, 201],
  ])('with access level %i a status is answered %i', async (level, status) => {
    project.setLevel('dev', level);
    const sha = await project.refSha('refs/heads/topic');

    const answer = await call('POST', `${here()}/statuses/${sha}`, { state: 'success', name: 'x', ref: 'topic' });

    expect(answer.status).toBe(status);
  });

  test('a token may only read with read_api, and says which scope is missing', async () => {
    const reading = gitlab.accessToken('dev', { scopes: ['read_api'] });

    const read = await call('GET', here(), undefined, reading);
    const write = await call('POST', `${here()}/merge_requests/${pull}/notes`, { body: 'x' }, reading);

    expect([read.status, write.status]).toEqual([200, 403]);
    expect(write.body).toMatchObject({ error: 'insufficient_scope', scope: 'api' });
  });

  test('an expired token and a wrong one are refused', async () => {
    const old = gitlab.accessToken('dev', { expiresAt: new Date(0) });

    expect((await call('GET', '/user', undefined, old)).status).toBe(401);
    expect((await call('GET', '/user', undefined, 'glpat-nonsense')).status).toBe(401);
  });

  test('merging into a protected branch wants a maintainer', async () => {
    const path = `${here()}/merge_requests/${pull}/merge`;

    expect((await call('PUT', path, {})).status).toBe(401);
    project.setLevel('dev', 40);
    expect((await call('PUT', path, {})).status).toBe(200);
    expect((await call('PUT', path, {})).status).toBe(405);
  });

  test('a pull waits for its pipeline where it must', async () => {
    project.setLevel('dev', 40);
    project.set({ mustPipelinesSucceed: true });
    const sha = await project.refSha('refs/heads/topic');
    const merge = () => call('PUT', `${here()}/merge_requests/${pull}/merge`, {});
    const say = (state: string) => call('POST', `${here()}/statuses/${sha}`, { state, name: 'fairlead', ref: 'topic' });

    await say('failed');
    expect((await merge()).status).toBe(405);
    await say('success');
    expect((await merge()).status).toBe(200);
  });
});

test('lists come in pages with a link to the next', async () => {
  for (let at = 0; at < 5; at += 1) await project.addComment(place(pull), 'mona', `note ${at}`);

  const first = await call('GET', `${here()}/merge_requests/${pull}/notes?per_page=3&page=1`);
  const second = await call('GET', `${here()}/merge_requests/${pull}/notes?per_page=3&page=2`);

  expect([first.body, second.body].map((page) => Object.keys(page ?? {}).length)).toEqual([3, 2]);
  expect(first.headers.get('link')).toContain('page=2');
  expect(second.headers.get('link')).toBeNull();
});

test('a request against the description is refused and noted', async () => {
  const answer = await call('POST', `${here()}/merge_requests/${pull}/notes`, { text: 'x' });

  expect(answer.status).toBe(400);
  expect(gitlab.violations).not.toEqual([]);
});

test('real Git fetches heads and merges of pulls with a token, and nothing without', async () => {
  await call('GET', `${here()}/merge_requests/${pull}/merge_ref`);
  const header = `Authorization: Basic ${Buffer.from(`oauth2:${token}`).toString('base64')}`;
  const url = `${gitlab.url}/acme/gitops.git`;
  const git = (...args: string[]) => run('env', [...isolatedGit, 'git', ...args]);
  const refs = ['head', 'merge'].map((side) => `refs/merge-requests/${pull}/${side}`);

  const { stdout } = await git('-c', `http.extraHeader=${header}`, 'ls-remote', url, ...refs);

  expect(stdout.trim().split('\n')).toHaveLength(2);
  await expect(git('ls-remote', url)).rejects.toThrow();
});

describe('webhooks', () => {
  const signing = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
  const secret = 'b3f1c2d4e5a697887766554433221100';

  /** A receiver on loopback that notes the ids it accepted. */
  async function listen() {
    const receiver = createReceiver({
      name: 'gitlab',
      secrets: [secret],
      signingSecrets: [signing],
      now: () => new Date(),
    });
    const accepted: { id: string; event: string }[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      // The cast: no header of ours is sent twice.
      const headers = request.headers as Record<string, string>;
      const verdict = receiver.authenticate({ body: Buffer.concat(chunks), headers });
      if (verdict.ok) accepted.push({ id: verdict.id, event: verdict.event });
      response.writeHead(verdict.ok ? 202 : verdict.status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/gitlab/main`;
    return { url, accepted, close: () => new Promise((resolve) => server.close(resolve)) };
  }

  test.each([
    ['a secret token', { token: secret }],
    ['a signature', { signing }],
    ['both', { token: secret, signing }],
  ])('carry %s that the receiver accepts, twice under one id', async (_what, secrets) => {
    const { url, accepted, close } = await listen();
    gitlab.hooks.secure(secrets);
    gitlab.hooks.deliverTo(url);
    gitlab.hooks.plan(() => 'twice');

    await project.addComment(place(pull), 'mona', 'hello');

    expect(accepted.map(({ event }) => event)).toEqual(['Note Hook', 'Note Hook']);
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(1);
    await close();
  });

  test('are held back, come out of order, get lost and are sent again', async () => {
    const { url, accepted, close } = await listen();
    gitlab.hooks.secure({ token: secret });
    gitlab.hooks.deliverTo(url);
    gitlab.hooks.plan(({ event }) => (event === 'Push Hook' ? 'lose' : 'hold'));

    await project.pushToPull(pull, { 'b.yaml': 'b: 1\n' });
    await project.closePull(pull);
    const nothingYet = accepted.length;
    await gitlab.hooks.release();
    const push = gitlab.hooks.deliveries.findLast(({ event }) => event === 'Push Hook');
    await gitlab.hooks.redeliver(push?.id ?? '');

    expect(nothingYet).toBe(0);
    expect(accepted.map(({ event }) => event)).toEqual([
      'Merge Request Hook',
      'Note Hook',
      'Merge Request Hook',
      'Push Hook',
    ]);
    await close();
  });

  test('with another secret are refused', async () => {
    const { url, accepted, close } = await listen();
    gitlab.hooks.secure({ token: 'another-secret-0123456789' });
    gitlab.hooks.deliverTo(url);

    await project.addComment(place(pull), 'mona', 'hello');

    expect(accepted).toEqual([]);
    expect(gitlab.hooks.deliveries.at(-1)?.statuses).toEqual([401]);
    await close();
  });
});
