import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PretendGitHub } from '../../../src/pretend/github/github.ts';
import type { PretendRepository } from '../../../src/pretend/github/repository.ts';
import { appYaml, openPull, openStage, redacted, type Stage, webhookSecret } from '../../world/forge/github/setup.ts';

let stage: Stage;
let github: PretendGitHub;
let repo: PretendRepository;
beforeEach(async () => {
  stage = await openStage();
  github = stage.github;
  repo = stage.repo;
});
afterEach(() => stage.stop());

function jwt(privateKey: string, claims: object, alg = 'RS256'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
}

const seconds = () => Math.floor(Date.now() / 1000);
const getApp = (token: string) => fetch(`${github.apiUrl}/app`, { headers: { authorization: `bearer ${token}` } });

function request(path: string, init: RequestInit & { token: string }): Promise<Response> {
  return fetch(`${github.apiUrl}${path}`, { ...init, headers: { authorization: `token ${init.token}` } });
}

describe('who asks', () => {
  test('a JWT signed by the app lets the app in', async () => {
    const { id, privateKey } = github.app;

    const answer = await getApp(jwt(privateKey, { iss: id, iat: seconds() - 30, exp: seconds() + 300 }));

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      id,
      slug: 'fairlead',
      events: expect.arrayContaining(['pull_request', 'issue_comment', 'push']),
    });
  });

  test.each([
    ['has expired', { iat: -900, exp: -300 }],
    ['lives too long', { iat: 0, exp: 3600 }],
    ['comes from the future', { iat: 600, exp: 900 }],
    ['names another app', { iss: 1, iat: 0, exp: 300 }],
  ])(
    'a JWT that %s is refused',
    async (_what, { iss = github.app.id, iat, exp }: { iss?: number; iat: number; exp: number }) => {
      const claims = { iss, iat: seconds() + iat, exp: seconds() + exp };

      expect((await getApp(jwt(github.app.privateKey, claims))).status).toBe(401);
    },
  );

  test('a JWT signed by another key is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });

    const answer = await getApp(jwt(privateKey, { iss: github.app.id, iat: seconds(), exp: seconds() + 300 }));

    expect(answer.status).toBe(401);
  });

  test('a token reaches nothing outside its repository', async () => {
    await github.createRepo({ owner: 'acme', name: 'other' });
    const token = github.actionsToken('acme/gitops', { metadata: 'read' });

    expect((await request('/repos/acme/gitops', { token })).status).toBe(200);
    expect((await request('/repos/acme/other', { token })).status).toBe(404);
  });
});

describe('permissions of app.yml', () => {
  test.each([
    ['pull_requests: write', 'pull_requests: read', 'POST', 'pull_requests=write; issues=write'],
    ['checks: write', 'checks: read', 'POST', 'checks=write'],
  ])('%s is needed: with %s a write is forbidden', async (granted, less, _method, named) => {
    // Comments of pulls are let in by `issues` as well.
    const poor = await openStage({ appYaml: appYaml.replace('  issues: write\n', '').replace(granted, less) });
    const number = await openPull(poor.repo);
    const { head } = await poor.port.pull(number);
    const check = { name: 'fairlead', state: 'running', conclusion: null, annotations: [] } as const;

    const writing = named.startsWith('checks')
      ? poor.port.report(head.sha, { ...check, title: redacted('t'), summary: redacted('s') })
      : poor.port.ensureComment(number, 'review', redacted('x'), null);

    await expect(writing).rejects.toMatchObject({ kind: 'forbidden', message: expect.stringContaining(named) });
    await poor.stop();
  });

  test('contents: read is needed to fetch', async () => {
    const poor = await openStage({ appYaml: appYaml.replace('  contents: write\n', '') });

    await expect(poor.port.gitRemote()).rejects.toMatchObject({ kind: 'invalid', status: 422 });
    await poor.stop();
  });
});

describe('the official description', () => {
  const token = () => github.actionsToken('acme/gitops', { metadata: 'read', pull_requests: 'write', checks: 'write' });

  test.each([
    ['an unknown query parameter', 'GET', '/repos/acme/gitops/pulls?page_size=3', undefined],
    ['a misspelt body key', 'POST', '/repos/acme/gitops/issues/1/comments', { bodi: 'x', body: 'y' }],
    ['a wrong type', 'POST', '/repos/acme/gitops/issues/1/comments', { body: 5 }],
    ['a missing field', 'POST', '/repos/acme/gitops/check-runs', { name: 'x' }],
    ['a bad enum', 'POST', '/repos/acme/gitops/check-runs', { name: 'x', head_sha: 'a', status: 'ready' }],
  ])('catches %s', async (_what, method, path, body) => {
    const init = { method, token: token(), ...(body === undefined ? {} : { body: JSON.stringify(body) }) };

    expect((await request(path, init)).status).toBe(422);
    expect(github.violations).toHaveLength(1);
  });

  test('refuses 51 annotations in one call', async () => {
    const annotation = { path: 'a', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'm' };
    const output = { title: 't', summary: 's', annotations: Array.from({ length: 51 }, () => annotation) };
    const body = JSON.stringify({ name: 'x', head_sha: await repo.refSha('refs/heads/main'), output });

    expect((await request('/repos/acme/gitops/check-runs', { method: 'POST', token: token(), body })).status).toBe(422);
  });

  test('every answer keeps to it, those nobody asks for here too', async () => {
    const number = await openPull(repo);
    const comment = await repo.addComment(number, 'mona', 'hello');
    const all = github.actionsToken('acme/gitops', { metadata: 'read', contents: 'read', issues: 'write' });
    const react = { method: 'POST', body: '{"content":"eyes"}', token: all };

    const statuses = [
      await request('/repos/acme/gitops/branches', { token: all }),
      await request(`/repos/acme/gitops/issues/comments/${comment}`, { token: all }),
      await request(`/repos/acme/gitops/issues/comments/${comment}/reactions`, react),
      await request('/user', { token: github.personalToken('mona', {}) }),
    ].map(({ status }) => status);

    expect([statuses, github.violations]).toEqual([[200, 200, 201, 200], []]);
  });
});

describe('faults', () => {
  test.each([
    ['primary-limit', 403, 'limited'],
    ['secondary-limit', 403, 'limited'],
    ['too-many-requests', 429, 'limited'],
    ['bad-gateway', 502, 'unavailable'],
    ['unavailable', 503, 'unavailable'],
  ] as const)('%s reaches the adapter as %i', async (kind, status, domain) => {
    const number = await openPull(repo);
    github.faults.add({ kind, method: 'POST', path: /comments$/ });

    const posting = stage.port.ensureComment(number, 'review', redacted('x'), null);

    await expect(posting).rejects.toMatchObject({ status, kind: domain });
    expect(repo.comments(number)).toEqual([]);
  });
});

describe('webhooks', () => {
  interface Seen {
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }
  let seen: Seen[];
  let receiver: Server;
  beforeEach(async () => {
    seen = [];
    receiver = createServer(async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      seen.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(202).end();
    });
    await new Promise<void>((resolve) => {
      receiver.listen(0, '127.0.0.1', resolve);
    });
    const { port } = receiver.address() as AddressInfo;
    github.hooks.deliverTo(`http://127.0.0.1:${port}/hooks/github`, webhookSecret);
  });
  afterEach(() => {
    receiver.closeAllConnections();
    receiver.close();
  });

  const events = () => seen.map(({ headers, body }) => `${headers['x-github-event']}.${JSON.parse(body).action ?? ''}`);

  test('a pull tells its story in signed events that our receiver understands', async () => {
    const number = await openPull(repo);
    await repo.pushToPull(number, { 'b.yaml': 'b: 1\n' });
    await repo.closePull(number);

    expect(events()).toEqual([
      'push.',
      'pull_request.opened',
      'pull_request.synchronize',
      'push.',
      'pull_request.closed',
    ]);
    for (const { headers, body } of seen) {
      const signature = createHmac('sha256', webhookSecret).update(body).digest('hex');
      expect(headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
    }
    const understood = seen.flatMap(({ headers, body }) =>
      stage.forge.receiver.normalise({ body: Buffer.from(body), headers: headers as Record<string, string> }),
    );
    expect(understood.map(({ kind }) => kind)).toEqual([
      'branch-moved',
      'pull-changed',
      'pull-changed',
      'branch-moved',
      'pull-closed',
    ]);
    const ref = { forge: 'github', id: repo.id, fullName: repo.fullName, installation: repo.installation };
    for (const { repo: named } of understood) expect(named).toEqual(ref);
  });

  test('deliveries can be doubled, lost, held back and sent again', async () => {
    github.hooks.plan(({ event }) => (event === 'push' ? 'lose' : 'twice'));
    const number = await openPull(repo);
    expect(events()).toEqual(['pull_request.opened', 'pull_request.opened']);

    github.hooks.plan(() => 'hold');
    await repo.touchPull(number, 'ready_for_review');
    await repo.closePull(number);
    expect(seen).toHaveLength(2);
    await github.hooks.release();
    expect(events().slice(2)).toEqual(['pull_request.closed', 'pull_request.ready_for_review']);

    const [lost] = github.hooks.deliveries;
    await github.hooks.redeliver(lost?.id ?? '');
    expect(seen.at(-1)?.headers['x-github-delivery']).toBe(lost?.id);
    expect(lost?.statuses).toEqual([202]);
  });

  test('a receiver that is not there is noted and breaks nothing', async () => {
    receiver.closeAllConnections();
    receiver.close();

    await openPull(repo);

    expect(github.hooks.deliveries.map(({ statuses }) => statuses)).toEqual([[0], [0]]);
  });

  test('a check that is asked for again names its commit', async () => {
    const sha = await repo.commit('topic', { 'a.yaml': 'a: 1\n' });
    const check = { name: 'fairlead', state: 'done', conclusion: 'success', annotations: [] } as const;
    await stage.port.report(sha, { ...check, title: redacted('t'), summary: redacted('s') });

    await repo.rerequest(repo.checkRuns(sha)[0]?.id ?? 0);

    const { body, headers } = seen.at(-1) as Seen;
    const asked = stage.forge.receiver.normalise({
      body: Buffer.from(body),
      headers: headers as Record<string, string>,
    });
    expect(asked).toMatchObject([{ kind: 'check-rerequested', head: sha }]);
  });

  test('events that app.yml does not list are not sent', async () => {
    const quiet = await openStage({ appYaml: appYaml.replace('  - push\n', '') });
    await openPull(quiet.repo);

    expect(quiet.github.hooks.deliveries.map(({ event }) => event)).toEqual(['pull_request']);
    await quiet.stop();
  });
});

test('lists come in pages with GitHub’s Link header', async () => {
  const number = await openPull(repo);
  for (let at = 0; at < 65; at += 1) await repo.addComment(number, 'chatty', `c${at}`);
  const token = github.actionsToken('acme/gitops', { pull_requests: 'read' });
  const page = (n: number) => request(`/repos/acme/gitops/issues/${number}/comments?per_page=30&page=${n}`, { token });

  const [first, last] = [await page(1), await page(3)];

  expect(await first.json()).toHaveLength(30);
  expect(first.headers.get('link')).toMatch(/page=2>; rel="next", <[^>]+page=3>; rel="last"/);
  expect(await last.json()).toHaveLength(5);
  expect(last.headers.get('link')).toMatch(/page=2>; rel="prev", <[^>]+page=1>; rel="first"/);
});

test('keeps every body a comment ever had', async () => {
  const number = await openPull(repo);
  for (const body of ['one', 'two', 'three']) await stage.port.ensureComment(number, 'review', redacted(body), null);

  const [comment] = repo.comments(number);

  expect(comment?.history.map((body) => body.split('\n').at(-1))).toEqual(['one', 'two', 'three']);
});
