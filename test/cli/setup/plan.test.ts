import { describe, expect, test } from '@jest/globals';
import { registrationUrl, settingsUrl } from '../../../src/cli/setup/manifest.ts';
import { type SetupFlags, setupPlan } from '../../../src/cli/setup/plan.ts';

const planOf = (flags: Partial<SetupFlags>, environment: Readonly<Record<string, string>> = {}) =>
  setupPlan({ port: '3000', host: '127.0.0.1', ...flags }, { INIT_CWD: '/work', ...environment });

describe('where the form goes', () => {
  test.each([
    ['to github.com', {}, {}, 'https://github.com/settings/apps/new?state=s'],
    ['to an organisation', { org: 'acme' }, {}, 'https://github.com/organizations/acme/settings/apps/new?state=s'],
    ['to that of GH_ORG', {}, { GH_ORG: 'acme' }, 'https://github.com/organizations/acme/settings/apps/new?state=s'],
    [
      'to that of the flag first',
      { org: 'a' },
      { GH_ORG: 'b' },
      'https://github.com/organizations/a/settings/apps/new?state=s',
    ],
    ['to an enterprise server', {}, { GHE_HOST: 'git.acme.com' }, 'https://git.acme.com/settings/apps/new?state=s'],
    ['to one without TLS', {}, { GHE_HOST: 'git:81', GHE_PROTOCOL: 'http' }, 'http://git:81/settings/apps/new?state=s'],
    [
      'to github.com where the variables are empty',
      {},
      { GHE_HOST: '', GH_ORG: '' },
      'https://github.com/settings/apps/new?state=s',
    ],
  ])('%s', (_what, flags, environment, url) => {
    expect(registrationUrl(planOf(flags, environment), 's')).toBe(url);
  });

  test('the settings of the App stand beside it', () => {
    expect(settingsUrl(planOf({ org: 'acme' }), 'bot')).toBe('https://github.com/organizations/acme/settings/apps/bot');
  });
});

test('the server is told of the enterprise server as the command was', () => {
  const { baseUrl, variables } = planOf({}, { GHE_HOST: 'git.acme.com', GHE_PROTOCOL: 'http' });

  expect(baseUrl).toBe('http://git.acme.com/api/v3');
  expect(variables).toEqual({ GHE_HOST: 'git.acme.com', GHE_PROTOCOL: 'http' });
  expect(planOf({})).toMatchObject({ baseUrl: null, variables: {} });
});

test.each([
  ['https://bot.example.com', 'https://bot.example.com/hooks/github'],
  ['https://bot.example.com/', 'https://bot.example.com/hooks/github'],
  ['https://example.com/fairlead/', 'https://example.com/fairlead/hooks/github'],
  ['https://bot.example.com/hooks/github', 'https://bot.example.com/hooks/github'],
])('webhooks of --url %s go to %s', (url, hookUrl) => {
  expect(planOf({ url }).hookUrl).toBe(hookUrl);
});

test('the files go where the command is typed, or to a folder from there', () => {
  expect([planOf({}).folder, planOf({ out: 'secrets' }).folder]).toEqual(['/work', '/work/secrets']);
});

describe('what is of no use is refused, with what to do:', () => {
  test.each([
    ['--url', { url: 'bot.example.com' }, {}, /no address of a server/],
    ['--url', { url: 'ftp://bot.example.com' }, {}, /no address of a server/],
    ['--url', { url: 'https://me:CANARY@bot.example.com' }, {}, /no address of a server/],
    ['--url', { url: 'https://bot.example.com/?a=1' }, {}, /no address of a server/],
    ['--url', { url: 'http://localhost:3000' }, {}, /webhooks cannot come to localhost/],
    ['--url', { url: 'http://127.0.0.1' }, {}, /webhooks cannot come to 127\.0\.0\.1/],
    ['--url', { url: 'http://[::1]:80' }, {}, /webhooks cannot come to \[::1\]/],
    ['--org', { org: 'a/../b' }, {}, /no name of an organisation/],
    ['--org', {}, { GH_ORG: 'a b' }, /a b is no name/],
    ['x', { port: 'x' }, {}, /no port/],
    ['GHE_HOST', {}, { GHE_HOST: 'https://git.acme.com' }, /no address of a GitHub Enterprise Server/],
    ['GHE_HOST', {}, { GHE_HOST: 'git.acme.com', GHE_PROTOCOL: 'ssh' }, /no address of a GitHub Enterprise Server/],
  ])('%s of %p %p', (subject, flags, environment, says) => {
    const refused = {
      code: 'usage',
      subject,
      message: expect.stringMatching(says),
      remedy: expect.stringMatching(/\.$/),
    };

    expect(() => planOf(flags, environment)).toThrow(expect.objectContaining(refused));
    expect(() => planOf(flags, environment)).not.toThrow(/CANARY/);
  });
});
