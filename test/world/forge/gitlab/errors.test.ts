import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { BorderError } from '../../../../src/model/error.ts';
import type { RepoPort } from '../../../../src/world/forge/forge.ts';
import { createGitLab } from '../../../../src/world/forge/gitlab/gitlab.ts';
import { fast, quiet, redacted, webhookSecret } from './setup.ts';

const now = new Date('2026-03-01T12:00:00Z');
const host = 'https://gitlab.example';
const project = '/gitlab/api/v4/projects/5';
const diffs = `${project}/merge_requests/7/diffs`;
const request = `${project}/merge_requests/7`;
const notes = `${request}/notes`;

let port: RepoPort;
beforeAll(async () => {
  nock.disableNetConnect();
  const forge = createGitLab({
    url: `${host}/gitlab/`,
    token: async () => 'glpat-thetoken',
    webhookSecrets: [webhookSecret],
    logger: quiet,
    now: () => now,
    redact: (text) => text.replaceAll('hunter2', '***'),
    pace: fast,
  });
  port = await forge.repo({ forge: 'gitlab', id: 5, fullName: 'acme/gitops', installation: null });
  nock(host).get('/gitlab/api/v4/user').reply(200, { id: 1, username: 'bot' });
  nock(host).get(notes).query(true).reply(200, []);
  nock(host).post(notes).reply(201, { id: 9 });
  await port.ensureComment(7, 'review', redacted('first'), null);
});
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
});
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

async function failureOf(work: Promise<unknown>): Promise<BorderError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof BorderError)) throw error;
  return error;
}

/** The failure of reading merge request 7 when GitLab answers so every time. */
function answering(
  status: number,
  body: nock.Body,
  headers: Record<string, string> = {},
  times = 1,
): Promise<BorderError> {
  nock(host).get(request).times(times).reply(status, body, headers);
  return failureOf(port.pull(7));
}

test('401 is unauthorized and says to look at the token', async () => {
  const error = await answering(401, { error: 'invalid_token', error_description: 'Token is expired.' });

  expect(error).toMatchObject({ kind: 'unauthorized', status: 401, subject: `GET ${request}` });
  expect(error.message).toContain('Token is expired.');
  expect(error.remedy).toContain('token');
});

test('403 is forbidden and names the scope that is missing', async () => {
  const error = await answering(403, {
    error: 'insufficient_scope',
    error_description: 'Higher.',
    scope: 'api read_api',
  });

  expect(error).toMatchObject({ kind: 'forbidden', status: 403, retryAt: null });
  expect(error.message).toContain('the scope api read_api of the token is missing');
});

test('403 without a scope names the role that such a call needs', async () => {
  const reading = await answering(403, { message: '403 Forbidden' });
  nock(host).get(request).reply(200, { iid: 7, state: 'opened' });
  nock(host).get(notes).query(true).reply(200, []);
  nock(host).post(notes).reply(403, { message: '403 Forbidden' });
  const writing = await failureOf(port.closePull(7, redacted('why')));

  expect(reading.message).toContain('the role Reporter');
  expect(writing.message).toContain('the role Developer');
});

test('429 with a long Retry-After is limited until then, and not waited for', async () => {
  const error = await answering(429, { message: 'Too many requests' }, { 'retry-after': '90' });

  expect(error).toMatchObject({ kind: 'limited', status: 429, retryAt: new Date('2026-03-01T12:01:30Z') });
});

test('429 without Retry-After is limited until the reset of the limit', async () => {
  const reset = String(now.getTime() / 1000 + 1800);

  const error = await answering(429, 'Retry later', { 'ratelimit-reset': reset });

  expect(error).toMatchObject({ kind: 'limited', retryAt: new Date('2026-03-01T12:30:00Z') });
});

test.each([
  [400, 'invalid'],
  [404, 'not-found'],
  [409, 'conflict'],
  [410, 'not-found'],
  [413, 'too-large'],
  [422, 'invalid'],
  [451, 'forbidden'],
  [500, 'unavailable'],
] as const)('%i is %s', async (status, kind) => {
  // Whether it is the merge request alone that is missing.
  if (kind === 'not-found') nock(host).get('/gitlab/api/v4/projects/5').reply(200, { id: 5 });
  expect(await answering(status, { message: 'no' })).toMatchObject({ kind, status, retryAt: null });
});

test('a text that is too long is too large, however GitLab words it', async () => {
  const body = { message: { note: ['is too long (maximum is 1000000 characters)'] } };

  expect(await answering(400, body)).toMatchObject({ kind: 'too-large' });
});

test.each([502, 503, 504])('a %i on a read is unavailable after three more tries', async (status) => {
  expect(await answering(status, 'bad gateway', {}, 4)).toMatchObject({ kind: 'unavailable', status });
});

test('a read that fails once for a 5xx succeeds on the next try', async () => {
  nock(host).get(project).reply(502, 'bad gateway').get(project).reply(200, { default_branch: 'trunk' });

  expect(await port.defaultBranch()).toBe('trunk');
});

test('a 502 on a write is unavailable and the write is sent once only', async () => {
  nock(host).get(notes).query(true).reply(200, []);
  nock(host).post(notes).reply(502, 'bad gateway');

  const error = await failureOf(port.ensureComment(7, 'review', redacted('body'), null));

  expect(error).toMatchObject({ kind: 'unavailable', status: 502, subject: `POST ${notes}` });
});

test('a connection that breaks is unavailable with status 0', async () => {
  nock(host)
    .get(request)
    .times(4)
    .replyWithError(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));

  const error = await failureOf(port.pull(7));

  expect(error).toMatchObject({ kind: 'unavailable', status: 0, retryAt: null });
  expect(error.message).toContain('ECONNREFUSED');
});

test('a redirect is not followed, so that the token goes nowhere else', async () => {
  const error = await answering(301, '', { location: 'https://elsewhere.example/api/v4/projects/5?secret=1' });

  expect(error.kind).toBe('invalid');
  expect(error.message).toContain('https://elsewhere.example;');
});

test('a page of a proxy is no answer of GitLab', async () => {
  nock(host).get(request).times(4).reply(200, '<html>Sign in</html>', { 'content-type': 'text/html' });

  expect(await failureOf(port.pull(7))).toMatchObject({ kind: 'unavailable' });
});

test('a shape that is not known says which field is missing', async () => {
  nock(host).get(request).reply(200, { iid: 7 });

  const error = await failureOf(port.pull(7));

  expect(error.kind).toBe('unavailable');
  expect(error.message).toContain('without state');
});

test('a merge request that GitLab does not list in full is too large, never cut short', async () => {
  nock(host).get(request).reply(200, { changes_count: '1000+' });

  expect(await failureOf(port.changedFiles(7))).toMatchObject({ kind: 'too-large' });
});

test('a list without an end is read up to a cap, and is then too large', async () => {
  const page = Array.from({ length: 100 }, (_, at) => ({ old_path: `f${at}`, new_path: `f${at}` }));
  nock(host).get(request).reply(200, { changes_count: '900' });
  nock(host).get(diffs).query(true).times(30).reply(200, page);

  expect(await failureOf(port.changedFiles(7))).toMatchObject({ kind: 'too-large' });
});

describe('merging', () => {
  const open = { iid: 7, state: 'opened', sha: 'abc' };

  test.each([
    [401, 'forbidden'],
    [405, 'conflict'],
    [406, 'conflict'],
    [409, 'conflict'],
    [422, 'conflict'],
  ] as const)('%i is %s', async (status, kind) => {
    nock(host).get(request).reply(200, open);
    nock(host).put(`${request}/merge`, { sha: 'abc' }).reply(status, { message: 'no' });

    expect(await failureOf(port.merge(7, { sha: 'abc' }))).toMatchObject({ kind, status });
  });

  test('a fast-forward gives the head itself', async () => {
    nock(host).get(request).reply(200, open);
    nock(host).put(`${request}/merge`, { sha: 'abc' }).reply(200, { iid: 7, state: 'merged', sha: 'abc' });

    expect(await port.merge(7, { sha: 'abc' })).toBe('abc');
  });
});

test('no error carries the token or a text that redaction masks', async () => {
  const error = await answering(400, { message: 'Invalid value hunter2' });

  const everything = JSON.stringify({ ...error, message: error.message, cause: error.cause, stack: error.stack });
  expect(everything).not.toContain('hunter2');
  expect(everything).not.toContain('glpat-thetoken');
  expect(everything).toContain('Invalid value ***');
});

test('the token is sent in a header that other hosts never get', async () => {
  nock(host, { reqheaders: { authorization: 'Bearer glpat-thetoken' } })
    .get(project)
    .reply(200, { default_branch: 'main' });

  expect(await port.defaultBranch()).toBe('main');
});

describe('at the start', () => {
  const base = { url: host, token: 't', logger: quiet, now: () => now, redact: (text: string) => text };

  test.each([
    ['no secret', { webhookSecrets: [] }],
    ['a short token', { webhookSecrets: ['short'] }],
    ['a repeated character', { webhookSecrets: ['aaaaaaaaaaaaaaaaaaaaaaaa'] }],
    ['a signing token of another kind', { webhookSecrets: [], signingSecrets: ['b3f1c2d4e5a697887766554433221100'] }],
    ['a short signing token', { webhookSecrets: [], signingSecrets: ['whsec_YWJj'] }],
  ])('%s is refused', (_what, secrets) => {
    expect(() => createGitLab({ ...base, ...secrets })).toThrow(
      expect.objectContaining({ code: 'weak-webhook-secret' }),
    );
  });

  test('the message of a refusal holds no secret', () => {
    expect(() => createGitLab({ ...base, webhookSecrets: ['hunter2'] })).not.toThrow(/hunter2/);
  });
});
