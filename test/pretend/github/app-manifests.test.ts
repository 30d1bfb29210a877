import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { convertManifest } from '../../../src/world/forge/github/app-manifest.ts';
import { inspectGitHub } from '../../../src/world/forge/github/inspect.ts';
import { fast, openStage, type Stage } from '../../world/forge/github/setup.ts';

const manifest = {
  name: 'My Bot',
  url: 'https://bot.example.com',
  redirect_url: 'http://127.0.0.1:1/callback',
  default_permissions: { contents: 'read' },
  default_events: ['push'],
};

let time = Date.now();
let stage: Stage;
beforeEach(async () => {
  time = Date.now();
  stage = await openStage({ now: () => new Date(time) });
});
afterEach(() => stage.stop());

const post = (fields: object, path = '/settings/apps/new?state=s') =>
  fetch(new URL(path, stage.github.apiUrl), {
    method: 'POST',
    body: new URLSearchParams({ manifest: JSON.stringify(fields) }),
    redirect: 'manual',
  });

async function codeOf(answer: Response): Promise<string> {
  return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

const convert = (code: string) =>
  convertManifest(code, { baseUrl: stage.github.apiUrl, now: () => new Date(), pace: fast });

test('leads back with a code and the state', async () => {
  const answer = await post(manifest);

  expect(answer.status).toBe(302);
  expect(answer.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:1\/callback\?code=[0-9a-f]{40}&state=s$/);
});

test('a code gives the credentials of its app, which is installed nowhere', async () => {
  const made = await convert(await codeOf(await post(manifest, '/organizations/acme/settings/apps/new')));

  const credentials = { appId: String(made.id), privateKey: made.privateKey, webhookSecrets: [] };
  const errors = { now: () => new Date(), redact: (text: string) => text };
  const seen = await inspectGitHub('github', { ...credentials, baseUrl: stage.github.apiUrl }, errors);
  const { signal } = new AbortController();
  expect(made).toMatchObject({ owner: 'acme', privateKey: expect.stringMatching(/^-----BEGIN RSA PRIVATE KEY-----/) });
  expect(await seen.account(signal)).toMatchObject({
    account: `${made.slug}[bot]`,
    permissions: { contents: 'read' },
    events: ['push'],
  });
  expect(await seen.repositories(10, signal)).toEqual([]);
  expect(stage.github.violations).toEqual([]);
});

test('a code works once', async () => {
  const code = await codeOf(await post(manifest));
  await convert(code);

  await expect(convert(code)).rejects.toMatchObject({ code: 'manifest-code' });
});

test.each([
  ['an hour', 'takes', 3_600_000],
  ['longer', 'refuses', 3_600_001],
])('after %s it %s a code', async (_what, does, passed) => {
  const code = await codeOf(await post(manifest));
  time += passed;

  const outcome = await convert(code).then(
    () => 'takes',
    (error: Error) => (error.message.includes(code) ? 'tells' : 'refuses'),
  );

  expect(outcome).toBe(does);
});

describe('a manifest that GitHub would refuse is refused:', () => {
  test.each([
    ['no name', { name: '' }, /Error "name" wasn't supplied/],
    [
      'a webhook without an address, also where it is not active',
      { hook_attributes: { active: false } },
      /"url" wasn't supplied/,
    ],
    ['a webhook to this machine', { hook_attributes: { url: 'http://localhost/hooks' } }, /not reachable/],
    ['a key of another kind of manifest', { events: ['push'] }, /unknown events/],
  ])('%s', async (_what, changes, says) => {
    const answer = await post({ ...manifest, ...changes });

    expect(answer.status).toBe(422);
    expect(await answer.text()).toMatch(says);
    expect(stage.github.madeApps()).toEqual([]);
  });
});
