import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { variableForges } from '../../src/cli/forge-settings.ts';
import { serverConfiguration } from '../../src/cli/server-configuration.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-test-server-'));
  mkdirSync(join(folder, 'etc'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const configure = (text: string | null, environment: Readonly<Record<string, string>> = {}) => {
  const file = text === null ? undefined : write('etc/server.yaml', `version: 1\n${text}`);
  return serverConfiguration(file, { environment: { INIT_CWD: folder, ...environment } });
};

const github = 'forges: {github: {kind: github, appId: 7, privateKeyFile: app.pem, webhookSecretFile: hook}}';

describe('what wins', () => {
  test('a variable over the file, option by option', async () => {
    write('etc/app.pem', 'FILE-KEY\n');
    write('etc/hook', 'hook-of-the-file\n');

    const { environment } = await configure(`port: 4000\n${github}`, { WEBHOOK_SECRET: 'hook-of-the-variable' });

    expect(environment['PORT']).toBe('4000');
    const forges = await variableForges(environment, { hasOthers: false });
    expect(forges.github).toEqual({
      appId: '7',
      privateKey: 'FILE-KEY',
      webhookSecrets: ['hook-of-the-variable'],
      baseUrl: null,
    });
  });

  test('an empty variable says nothing', async () => {
    const { environment, settings } = await configure('data: kept\nmode: observe', {
      FAIRLEAD_DATA: '',
      FAIRLEAD_MODE: '',
    });

    expect(environment['FAIRLEAD_DATA']).toBe(join(folder, 'etc/kept'));
    expect(settings.mode).toBe('observe');
  });

  test('a file that a variable makes needless is not read', async () => {
    const { environment } = await configure(github, { PRIVATE_KEY: 'KEY', WEBHOOK_SECRET: 'x', APP_ID: '8' });

    expect(environment['APP_ID']).toBe('8');
  });

  test('FAIRLEAD_MODE over the file, and over there being none', async () => {
    expect((await configure('mode: enforce', { FAIRLEAD_MODE: 'observe' })).settings.mode).toBe('observe');
    expect((await configure(null, { FAIRLEAD_MODE: 'observe' })).settings.mode).toBe('observe');
    await expect(configure(null, { FAIRLEAD_MODE: 'observer' })).rejects.toMatchObject({ code: 'usage' });
  });

  test.each([
    ['git.acme.com', 'https://git.acme.com/api/v3'],
    ['', null],
  ])('GHE_HOST=%s means the API at %s', async (host, baseUrl) => {
    const app = { APP_ID: '8', PRIVATE_KEY: 'KEY', WEBHOOK_SECRET: 'x' };

    const { github: credentials } = await variableForges({ ...app, GHE_HOST: host }, { hasOthers: false });

    expect(credentials?.baseUrl).toBe(baseUrl);
  });

  test('FAIRLEAD_CONFIG names the file where no flag does', async () => {
    const file = write('other.yaml', 'version: 1\nport: 5000\n');

    const { environment } = await serverConfiguration(undefined, { environment: { FAIRLEAD_CONFIG: file } });

    expect(environment['PORT']).toBe('5000');
  });
});

describe('secrets from files', () => {
  test.each([
    'WEBHOOK_SECRET',
    'PRIVATE_KEY',
    'GITLAB_TOKEN',
    'GITLAB_SIGNING_SECRET_OLD',
    'DATABASE_URL',
    'FAIRLEAD_API_TOKEN',
  ])('%s_FILE is read, without its line end', async (name) => {
    write('secret', 'the secret\n');

    const { environment } = await configure(null, { [`${name}_FILE`]: 'secret' });

    expect(environment[name]).toBe('the secret');
  });

  test.each([
    [
      'both ways',
      { GITLAB_TOKEN: 'a', GITLAB_TOKEN_FILE: 'secret' },
      /GITLAB_TOKEN and GITLAB_TOKEN_FILE are both set/,
    ],
    ['no file', { GITLAB_TOKEN_FILE: 'nowhere' }, /nowhere of GITLAB_TOKEN_FILE is of no use: there is no such file/],
    ['an empty file', { GITLAB_TOKEN_FILE: 'empty' }, /it is empty/],
  ])('%s is refused', async (_title, environment, says) => {
    write('secret', 'x');
    write('empty', '\n');

    await expect(configure(null, environment)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(says),
    });
  });
});

describe('forges by name', () => {
  test('several GitLab servers and another GitHub, each with its own secrets', async () => {
    write('etc/key', 'KEY');
    const text = `forges:
  one: {kind: gitlab, url: 'https://one.example', tokenEnv: ONE, webhookSecretEnv: ONE_HOOK, oldWebhookSecretEnv: ONE_OLD}
  two: {kind: gitlab, tokenEnv: TWO, signingSecretEnv: TWO_SIGN}
  ghe: {kind: github, url: 'https://ghe.example/', appId: 3, privateKeyFile: key, webhookSecretEnv: GHE}`;
    const variables = { ONE: '1', ONE_HOOK: 'h', ONE_OLD: 'o', TWO: '2', TWO_SIGN: 's', GHE: 'g' };

    const { others } = await configure(text, variables);

    expect(others).toEqual([
      {
        kind: 'gitlab',
        name: 'one',
        url: 'https://one.example',
        token: '1',
        webhookSecrets: ['h', 'o'],
        signingSecrets: [],
      },
      { kind: 'gitlab', name: 'two', url: 'https://gitlab.com', token: '2', webhookSecrets: [], signingSecrets: ['s'] },
      {
        kind: 'github',
        name: 'ghe',
        appId: '3',
        privateKey: 'KEY',
        webhookSecrets: ['g'],
        baseUrl: 'https://ghe.example/api/v3',
      },
    ]);
  });

  test('one without its credentials, and one whose variable is not set, are refused', async () => {
    await expect(configure('forges: {one: {kind: gitlab}}')).rejects.toMatchObject({
      message: expect.stringMatching(/does not say forges\.one\.tokenFile/),
    });
    await expect(configure('forges: {one: {kind: gitlab, tokenEnv: NOT_SET}}')).rejects.toMatchObject({
      message: expect.stringMatching(/forges\.one\.tokenEnv names NOT_SET, which is not set/),
    });
  });
});

test('a broken file is told by its first problem, with its place', async () => {
  await expect(configure('mode: on\nport: x')).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/server\.yaml:2:1 mode: "on" is not allowed.*\(and 1 more\)$/),
    remedy: expect.stringMatching(/config check --server/),
  });
});
