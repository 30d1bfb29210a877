import { statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { variableForges } from '../../../src/cli/forge-settings.ts';
import { serverConfiguration } from '../../../src/cli/server-configuration.ts';
import type { FaultKind } from '../../../src/pretend/github/faults.ts';
import { createGitHub } from '../../../src/world/forge/github/github.ts';
import { expectCalm } from '../../support/calm.ts';
import { fairlead } from '../../support/command-line.ts';
import { until } from '../../support/until.ts';
import { appYaml, fast, quiet } from '../../world/forge/github/setup.ts';
import { filesOf, load, openSetupStage, press, read, type SetupStage, secretsOf, startSetup } from './stage.ts';

const both = ['fairlead.env', 'fairlead.private-key.pem'];
const hour = 3_600_000;

let stage: SetupStage;
beforeEach(async () => {
  stage = await openSetupStage();
});
afterEach(async () => {
  expect(stage.github.violations).toEqual([]);
  await stage.stop();
});

/** A server told by the written file alone proves that it is the app. */
async function authenticate(): Promise<string> {
  const variables = parseEnv(read(stage, 'fairlead.env'));
  const { environment } = await serverConfiguration(undefined, { environment: variables });
  const { github } = await variableForges(environment, { hasOthers: false });
  if (github === null) throw new Error('the file names no App');
  const { baseUrl, appId, ...credentials } = github;
  const common = { now: () => new Date(), redact: (text: string) => text, pace: fast, logger: quiet };
  const address = baseUrl === null ? {} : { baseUrl };
  await createGitHub({ ...credentials, ...common, ...address, appId: Number(appId) }).proveAccess();
  return appId;
}

describe('from nothing to an App', () => {
  test('the command makes it through the browser, keeps its credentials, and says what is next', async () => {
    const pages: string[] = [];
    let callback = '';
    const browse = async (page: string): Promise<void> => {
      pages.push((await load(page)).text);
      callback = await press(page);
      pages.push((await load(callback)).text);
    };
    let browsing: Promise<void> | null = null;
    const args = ['setup', 'github', '--url', 'https://bot.example.com/', '--org', 'acme', '--port', '0'];

    const run = await fairlead([...args, '--out', stage.out], {
      env: { ...stage.environment, GH_ORG: 'another' },
      hears: (said) => {
        const [, page] = /Open (\S+) in/.exec(said) ?? [];
        if (page !== undefined) browsing ??= browse(page);
      },
    });
    await browsing;

    expectCalm(run);
    expect(run.code).toBe(0);
    const [made] = stage.github.madeApps();
    const wanted = parse(appYaml) as Record<string, unknown>;
    expect(made?.app.owner).toBe('acme');
    expect(made?.manifest).toEqual({
      ...wanted,
      public: false,
      hook_attributes: { url: 'https://bot.example.com/hooks/github', active: true },
      redirect_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
    });
    expect(filesOf(stage)).toEqual(both);
    for (const name of both) expect(statSync(join(stage.out, name)).mode & 0o777).toBe(0o600);
    expect(parseEnv(read(stage, 'fairlead.env'))).toEqual({
      APP_ID: String(made?.app.id),
      PRIVATE_KEY_PATH: join(stage.out, 'fairlead.private-key.pem'),
      WEBHOOK_SECRET: made?.webhookSecret,
      ...stage.environment,
    });
    expect(await authenticate()).toBe(String(made?.app.id));
    for (const text of [run.stdout, pages[1]]) {
      expect(text).toContain(`/apps/${made?.app.slug}/installations/new`);
      expect(text).toMatch(/serve --cluster[\s\S]*doctor --cluster/);
    }
    for (const secret of secretsOf(stage, callback)) {
      expect(`${run.stdout}${run.stderr}${pages.join('')}`).not.toContain(secret);
    }
  });

  test('without --url the App has no live webhook, and the terminal says that polling does', async () => {
    const run = await startSetup({ ...stage, environment: { ...stage.environment, GH_ORG: 'acme' } });

    const callback = await press(run.page);
    await load(callback);

    expect(await run.ended).toBe(0);
    const [made] = stage.github.madeApps();
    expect(made?.manifest).toMatchObject({ hook_attributes: { active: false } });
    expect(made?.app.owner).toBe('acme');
    expect(run.said()).toMatch(
      /Without --url no webhook reaches the bot\.[\s\S]*serve --cluster ENV=CONTEXT --poll 1m/,
    );
  });

  test('without an organisation it belongs to whoever presses the button', async () => {
    const run = await startSetup(stage);

    await load(await press(run.page));
    await run.ended;

    expect(stage.github.madeApps().map(({ app }) => app.owner)).toEqual(['octocat']);
  });

  test('a folder with a space in its name is read by a shell as it is by Node', async () => {
    const out = join(stage.out, 'my bot');
    const run = await startSetup({ ...stage, out });

    await load(await press(run.page));
    await run.ended;

    const key = join(out, 'fairlead.private-key.pem');
    expect(parseEnv(read({ out }, 'fairlead.env'))).toMatchObject({ PRIVATE_KEY_PATH: key });
    expect(read({ out }, 'fairlead.env')).toContain(`PRIVATE_KEY_PATH='${key}'\n`);
    expect(run.said()).toContain(`. '${join(out, 'fairlead.env')}';`);
  });
});

describe('another try goes well after', () => {
  test('an answer with another state, for which GitHub is asked nothing', async () => {
    const run = await startSetup(stage);
    const callback = await press(run.page);
    const strange = new URL(callback);
    strange.searchParams.set('state', 'another');

    const refused = await load(strange.href);

    expect(refused).toMatchObject({ status: 403, text: expect.stringContaining('was refused') });
    expect(stage.exchanges()).toBe(0);
    expect(filesOf(stage)).toEqual([]);
    expect((await load(callback)).status).toBe(200);
    expect(await run.ended).toBe(0);
    expect(run.said()).toContain('a state that this page did not give out');
  });

  test('a code older than an hour', async () => {
    const run = await startSetup(stage);
    const callback = await press(run.page);
    stage.pass(hour + 1);

    const refused = await load(callback);

    expect(refused).toMatchObject({ status: 502, text: expect.stringContaining('older than an hour') });
    expect(filesOf(stage)).toEqual([]);
    expect((await load(await press(run.page))).status).toBe(200);
    expect(await run.ended).toBe(0);
  });

  test('no code at all', async () => {
    const run = await startSetup(stage);
    const callback = new URL(await press(run.page));
    callback.searchParams.delete('code');

    const refused = await load(callback.href);

    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('without a code') });
    expect((await load(await press(run.page))).status).toBe(200);
    await run.ended;
  });

  const faults: readonly FaultKind[] = ['hang', 'unavailable', 'reset', 'secondary-limit', 'unauthorized'];
  test.each(faults)('an exchange that met %s: the same code, once more', async (kind) => {
    const run = await startSetup(stage, { deadline: kind === 'hang' ? 300 : fast.deadline });
    const callback = await press(run.page);
    stage.github.faults.add({ kind, path: /app-manifests/ });

    const failed = await load(callback);

    expect(failed).toMatchObject({ status: 502, text: expect.stringContaining('load the page GitHub led back to') });
    expect(filesOf(stage)).toEqual([]);
    expect((await load(callback)).status).toBe(200);
    await run.ended;
    expect(stage.exchanges()).toBe(2);
    for (const secret of secretsOf(stage, callback)) expect(`${run.said()}${failed.text}`).not.toContain(secret);
  });

  test('an exchange whose answer was lost: the code is used up, another App is made', async () => {
    const run = await startSetup(stage);
    const callback = await press(run.page);
    stage.github.faults.add({ kind: 'bad-gateway-after-commit', path: /app-manifests/ });
    await load(callback);

    const refused = await load(callback);

    expect(refused).toMatchObject({ status: 502, text: expect.stringContaining('holds on to its name') });
    expect((await load(await press(run.page))).status).toBe(200);
    await run.ended;
    expect(parseEnv(read(stage, 'fairlead.env'))['APP_ID']).toBe(String(stage.github.madeApps()[1]?.app.id));
  });

  test('a file that came in between: it is kept, and the code is not spent', async () => {
    const run = await startSetup(stage);
    const callback = await press(run.page);
    writeFileSync(join(stage.out, 'fairlead.env'), 'MINE=1\n');

    const refused = await load(callback);

    expect(refused).toMatchObject({ status: 500, text: expect.stringContaining('is there already') });
    expect(stage.exchanges()).toBe(0);
    expect(filesOf(stage)).toEqual(['fairlead.env']);
    expect(read(stage, 'fairlead.env')).toBe('MINE=1\n');
    run.interrupt();
    expect(await run.ended).toBe(130);
  });
});

describe('it does not even begin', () => {
  const occupied = async (work: (port: number) => Promise<void>): Promise<void> => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
    await work((server.address() as AddressInfo).port);
    await new Promise((closed) => server.close(closed));
  };

  test('on a port that is taken', async () => {
    await occupied(async (port) => {
      const starting = startSetup(stage, { flags: { port: String(port) } });

      await expect(starting).rejects.toMatchObject({ code: 'listen-failed', remedy: expect.stringMatching(/--port/) });
      expect(filesOf(stage)).toEqual([]);
    });
  });

  test('for a folder that cannot be written to', async () => {
    const inTheWay = join(stage.out, '..', 'file');
    writeFileSync(inTheWay, '');

    const starting = startSetup({ ...stage, out: join(inTheWay, 'out') });

    await expect(starting).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('cannot be written'),
    });
  });

  test.each(both)('where %s exists, and leaves it as it is', async (name) => {
    const first = await startSetup(stage);
    first.interrupt();
    await first.ended;
    writeFileSync(join(stage.out, name), 'MINE=1\n');

    const starting = startSetup(stage);

    await expect(starting).rejects.toMatchObject({ code: 'usage', remedy: expect.stringContaining('--out') });
    expect(filesOf(stage)).toEqual([name]);
    expect(read(stage, name)).toBe('MINE=1\n');
  });
});

describe('Ctrl-C', () => {
  test('ends it with nothing written', async () => {
    const run = await fairlead(['setup', 'github', '--port', '0', '--out', stage.out], {
      env: stage.environment,
      interruptAt: /Open http/,
    });

    expectCalm(run);
    expect(run).toMatchObject({ code: 130, stdout: '', stderr: expect.stringContaining('no file was written') });
    expect(filesOf(stage)).toEqual([]);
  });

  test('lets an exchange under way end, as its key is handed out once', async () => {
    const run = await startSetup(stage);
    const callback = await press(run.page);
    const loading = load(callback);
    await until('the exchange', () => (stage.exchanges() > 0 ? true : undefined));

    run.interrupt();

    expect((await loading).status).toBe(200);
    expect(await run.ended).toBe(0);
    expect(filesOf(stage)).toEqual(both);
  });
});

describe('the page', () => {
  /** The status and body of a request under another name or by another method, which `fetch` cannot send. */
  const ask = (page: string, init: { readonly method?: string; readonly host?: string; readonly path?: string }) =>
    new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
      const { host, ...rest } = init;
      const url = new URL(page);
      const headers = host === undefined ? {} : { host };
      const asked = request({ hostname: url.hostname, port: url.port, headers, ...rest }, async (answer) => {
        let text = '';
        for await (const chunk of answer) text += String(chunk);
        resolve({ status: answer.statusCode ?? 0, text });
      });
      asked.once('error', reject).end();
    });

  test.each([
    ['under a name that was made to lead here', { host: 'evil.example' }, 421],
    ['under one that only begins as ours', { host: '127.0.0.1.evil.example' }, 421],
    ['at another path', { path: '/admin' }, 404],
    ['at a path that is none', { path: '//' }, 421],
    ['by POST', { method: 'POST' }, 405],
  ])('gives no state away %s', async (_what, init, status) => {
    const run = await startSetup(stage);

    const answer = await ask(run.page, init);

    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/state=|manifest/);
    run.interrupt();
    await run.ended;
  });

  test('leads GitHub back to the name the browser has for it', async () => {
    const run = await startSetup(stage, { flags: { host: '0.0.0.0' } });

    const answer = await ask(run.page, { host: 'localhost:8080' });

    expect(answer.text).toContain('http://localhost:8080/callback');
    expect(run.said()).toContain('in a safe network only');
    run.interrupt();
    await run.ended;
  });

  test('loads and runs nothing', async () => {
    const run = await startSetup(stage);

    const { headers } = await fetch(run.page);

    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'/,
    );
    expect(headers.get('cache-control')).toBe('no-store');
    run.interrupt();
    await run.ended;
  });
});
