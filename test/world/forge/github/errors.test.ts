import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import nock from 'nock';
import { BorderError } from '../../../../src/model/error.ts';
import type { RepoPort } from '../../../../src/world/forge/forge.ts';
import { createGitHubWithToken } from '../../../../src/world/forge/github/token.ts';
import { fast, redacted } from './setup.ts';

const now = new Date('2026-03-01T12:00:00Z');
const api = 'https://api.github.com';
const pulls = '/repos/acme/gitops/pulls/7';
const comments = '/repos/acme/gitops/issues/7/comments';

let port: RepoPort;
beforeAll(async () => {
  nock.disableNetConnect();
  nock(api).get('/repos/acme/gitops').reply(200, { id: 5, full_name: 'acme/gitops' });
  port = await createGitHubWithToken({
    token: 'ghs_thetoken',
    repository: 'acme/gitops',
    now: () => now,
    redact: (text) => text.replaceAll('hunter2', '***'),
    pace: fast,
  });
  nock(api).get('/user').reply(200, { id: 1, login: 'mona' });
  nock(api).get(comments).query(true).reply(200, []);
  nock(api).post(comments).reply(201, { id: 9, html_url: 'https://github.com/x' });
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

/** The failure of reading pull 7 when GitHub answers so every time. */
function answering(
  status: number,
  body: object,
  headers: Record<string, string> = {},
  times = 1,
): Promise<BorderError> {
  nock(api).get(pulls).times(times).reply(status, body, headers);
  return failureOf(port.pull(7));
}

test('401 is unauthorized and says which credentials to look at', async () => {
  const error = await answering(401, { message: 'Bad credentials' });

  expect(error).toMatchObject({ kind: 'unauthorized', status: 401, subject: `GET ${pulls}` });
  expect(error.remedy).toContain('PRIVATE_KEY');
});

test('403 is forbidden and names the permission that is missing', async () => {
  const body = { message: 'Resource not accessible by integration' };

  const error = await answering(403, body, { 'x-accepted-github-permissions': 'pull_requests=read' });

  expect(error).toMatchObject({ kind: 'forbidden', status: 403, retryAt: null });
  expect(error.message).toContain('the permission pull_requests=read is missing');
});

test('403 for single sign-on says where to authorise the token', async () => {
  const headers = { 'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?authorization_request=AB' };

  const error = await answering(403, { message: 'Resource protected by organization SAML enforcement.' }, headers);

  expect(error.kind).toBe('forbidden');
  expect(error.remedy).toContain('https://github.com/orgs/acme/sso?authorization_request=AB');
});

test('403 with a used-up quota is limited until its reset', async () => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now.getTime() / 1000 + 1800) };

  const error = await answering(403, { message: 'API rate limit exceeded for installation ID 1.' }, headers);

  expect(error).toMatchObject({ kind: 'limited', retryAt: new Date('2026-03-01T12:30:00Z') });
});

test('403 for a secondary limit is limited for as long as Retry-After says', async () => {
  const body = { message: 'You have exceeded a secondary rate limit.' };

  const error = await answering(403, body, { 'retry-after': '90' });

  expect(error).toMatchObject({ kind: 'limited', retryAt: new Date('2026-03-01T12:01:30Z') });
});

test('a secondary limit without a time is limited for a minute', async () => {
  const error = await answering(403, { message: 'You have exceeded a secondary rate limit.' });

  expect(error).toMatchObject({ kind: 'limited', retryAt: new Date('2026-03-01T12:01:00Z') });
});

test('429 is limited and not tried again on the spot', async () => {
  const error = await answering(429, { message: 'Too many requests' }, { 'retry-after': '7' });

  expect(error).toMatchObject({ kind: 'limited', status: 429, retryAt: new Date('2026-03-01T12:00:07Z') });
});

test.each([
  [404, 'not-found'],
  [409, 'conflict'],
  [410, 'not-found'],
  [422, 'invalid'],
  [451, 'forbidden'],
] as const)('%i is %s', async (status, kind) => {
  // Whether it is the pull alone that is missing.
  if (kind === 'not-found') nock(api).get('/repos/acme/gitops').reply(200, {});
  expect(await answering(status, { message: 'no' })).toMatchObject({ kind, status, retryAt: null });
});

test('a 5xx on a read is unavailable after three more tries', async () => {
  const error = await answering(503, { message: 'Service unavailable' }, {}, 4);

  expect(error).toMatchObject({ kind: 'unavailable', status: 503, retryAt: null });
});

test('a 5xx that says when to come back is not tried again before', async () => {
  const error = await answering(503, { message: 'Service unavailable' }, { 'retry-after': '20' });

  expect(error).toMatchObject({ kind: 'unavailable', status: 503, retryAt: new Date('2026-03-01T12:00:20Z') });
});

test('a read that fails once for a 5xx succeeds on the next try', async () => {
  nock(api).get('/repos/acme/gitops/collaborators/mona/permission').reply(502, 'bad gateway');
  nock(api)
    .get('/repos/acme/gitops/collaborators/mona/permission')
    .reply(200, { permission: 'write', role_name: 'write' });

  expect(await port.roleOf('mona')).toBe('write');
});

test('a 502 on a write is unavailable and the write is sent once only', async () => {
  nock(api).get(comments).query(true).reply(200, []);
  nock(api).post(comments).reply(502, 'bad gateway');

  const error = await failureOf(port.ensureComment(7, 'review', redacted('body'), null));

  expect(error).toMatchObject({ kind: 'unavailable', status: 502, subject: `POST ${comments}` });
});

test('a connection that breaks is unavailable with status 0', async () => {
  nock(api)
    .get(pulls)
    .times(4)
    .replyWithError(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));

  const error = await failureOf(port.pull(7));

  expect(error).toMatchObject({ kind: 'unavailable', status: 0, retryAt: null });
  expect(error.message).toContain('ECONNREFUSED');
});

test('an organisation role of its own counts as what it amounts to', async () => {
  const answer = { permission: 'write', role_name: 'release-captain' };
  nock(api).get('/repos/acme/gitops/collaborators/mona/permission').reply(200, answer);

  expect(await port.roleOf('mona')).toBe('write');
});

test('a pull that GitHub does not list in full is too large, never cut short', async () => {
  const page = Array.from({ length: 100 }, (_, at) => ({ filename: `f${at}` }));
  nock(api).get(`${pulls}/files`).query(true).times(30).reply(200, page);

  expect(await failureOf(port.changedFiles(7))).toMatchObject({ kind: 'too-large' });
});

test('no error carries the token or a text that redaction masks', async () => {
  const error = await answering(422, { message: 'Invalid value hunter2' });

  const everything = JSON.stringify({ ...error, message: error.message, cause: error.cause, stack: error.stack });
  expect(everything).not.toContain('hunter2');
  expect(everything).not.toContain('ghs_thetoken');
  expect(everything).toContain('Invalid value ***');
});
