import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PretendGitLab, startGitLab } from '../../src/pretend/gitlab/gitlab.ts';
import type { PretendProject } from '../../src/pretend/gitlab/project.ts';
import { createReceiver } from '../../src/world/forge/gitlab/receiver.ts';
import { fairlead, type Run } from '../support/command-line.ts';

const secret = 'kq9-3mfw-7dux-2hva';
const bot = 'group_7_bot_4f2a';
const settings = 'version: 1\nmode: enforce\n';
let folder = '';
let gitlab: PretendGitLab;
let project: PretendProject;
let receiver: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-test-doctor-gitlab-'));
  mkdirSync(join(folder, 'gitlab'));
  gitlab = await startGitLab({ now: () => new Date(), dir: join(folder, 'gitlab') });
  project = await gitlab.createProject({ fullName: 'acme/shop' });
  project.setLevel(bot, 40);
  receiver = await startReceiver();
  gitlab.hooks.deliverTo(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/gitlab/gitlab-eu`);
  writeFileSync(join(folder, 'hook'), `${secret}\n`);
  useToken({});
});

afterAll(async () => {
  expect(gitlab.violations).toEqual([]);
  await gitlab.close();
  await new Promise((closed) => receiver.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

/** Answers webhooks as the bot does: by their secret. */
async function startReceiver(): Promise<Server> {
  const { authenticate } = createReceiver({
    ...{ name: 'gitlab-eu', secrets: [secret], signingSecrets: [], now: () => new Date() },
  });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const headers = request.headers as Record<string, string>; // none of these is sent twice
    const judged = authenticate({ body: Buffer.concat(chunks), headers });
    response.writeHead(judged.ok ? 202 : judged.status).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  return server;
}

function useToken(spec: Parameters<PretendGitLab['accessToken']>[1]): void {
  writeFileSync(join(folder, 'token'), `${gitlab.accessToken(bot, spec)}\n`);
}

async function doctor(...more: readonly string[]): Promise<Run> {
  const file = `version: 1
data: data
mode: enforce
forges:
  gitlab-eu: {kind: gitlab, url: '${gitlab.url}', tokenFile: token, webhookSecretFile: hook}
`;
  writeFileSync(join(folder, 'server.yaml'), file);
  const run = await fairlead(['doctor', '--config', 'server.yaml', ...more], {
    cwd: folder,
    env: { INIT_CWD: folder },
  });
  expect(`${run.stdout}${run.stderr}`).not.toMatch(/glpat-|kq9-3mfw/);
  return run;
}

/** What it found of forge and repository, a line each: state, area, check, text. */
async function found(): Promise<readonly string[]> {
  const run = await doctor('--format', 'json');
  const checks: readonly Readonly<Record<string, string>>[] = JSON.parse(run.stdout).checks;
  for (const { state, fix } of checks) if (state === 'fault') expect(fix).toMatch(/\S/);
  const ours = checks.filter(({ area }) => /gitlab|acme/.test(area ?? ''));
  return ours.map(({ state, area, check, says }) => `${state} ${area} ${check}: ${says}`);
}

describe('fairlead doctor on GitLab', () => {
  test('finds planted faults of a project, each with its fix', async () => {
    gitlab.hooks.secure({ token: 'another-secret-than-ours' });
    gitlab.hooks.set({ note_events: false });
    await project.commit('main', { '.fairlead.yaml': settings }, 'settings');

    const run = await doctor();

    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/✓ forge gitlab-eu +credentials +signed in as group_7_bot_4f2a/);
    expect(run.stdout).toMatch(/✓ forge gitlab-eu +scopes +the token has all it needs/);
    expect(run.stdout).toMatch(/✓ forge gitlab-eu +version +18\.6\.0/);
    expect(run.stdout).toMatch(/✓ repository acme\/shop +role +Maintainer/);
    expect(run.stdout).toMatch(
      /✗ repository acme\/shop +webhook secret +the last one was refused \(401\).*\n +fix: Set the same secret token/,
    );
    expect(run.stdout).toMatch(
      /✗ repository acme\/shop +events +it is not told of: Comments\n +fix: Tick Comments in Settings > Webhooks/,
    );
    expect(run.stdout).toMatch(
      /✗ repository acme\/shop +required checks +fairlead is not required on main.*\n +fix: Switch on "Pipelines must succeed"/,
    );
  }, 150_000);

  test('says that all is in order once they are put right', async () => {
    gitlab.hooks.secure({ token: secret });
    gitlab.hooks.set({ note_events: true });
    await project.commit('main', { 'README.md': '# shop\n' }, 'delivered well');
    project.set({ mustPipelinesSucceed: true });

    expect(await found()).toEqual([
      'ok forge gitlab-eu secrets: strong enough, and the key can be read',
      `ok forge gitlab-eu credentials: signed in as ${bot}`,
      'ok forge gitlab-eu scopes: the token has all it needs',
      'ok forge gitlab-eu version: 18.6.0',
      'ok repository acme/shop role: Maintainer',
      'ok repository acme/shop webhook: comes to us, with all events',
      'warning repository acme/shop deliveries: the last arrived; 1 of 2 did not',
      'ok repository acme/shop .fairlead.yaml: valid, mode enforce, 0 environments',
      'ok repository acme/shop required checks: fairlead is required on main',
    ]);
  }, 150_000);

  test('tells a webhook that was switched off or answered by nobody, and a branch that is not protected', async () => {
    gitlab.hooks.switchedOff.turnOn();
    gitlab.hooks.set({ enable_ssl_verification: false });
    gitlab.hooks.deliverTo('http://127.0.0.1:1/hooks/gitlab/gitlab-eu');
    for (const name of ['a', 'b', 'c', 'd']) await project.commit(name, { [`${name}.yaml`]: 'a: 1\n' });
    project.unprotectBranch('main');

    expect((await found()).filter((line) => !line.startsWith('ok'))).toEqual([
      'fault repository acme/shop webhook: it is switched off, for having failed too often',
      'warning repository acme/shop webhook: certificates are not checked',
      'fault repository acme/shop deliveries: the last one got no answer',
      'fault repository acme/shop required checks: fairlead is not required on main: a blocked pull can be merged',
    ]);
  }, 150_000);

  test('tells a token that may only read and ends soon, a role that is too low, a server that is old', async () => {
    const expiresAt = new Date(Date.now() + 5.5 * 86_400_000);
    useToken({ scopes: ['read_api', 'read_repository'], expiresAt });
    project.setLevel(bot, 20);
    gitlab.setVersion('15.11.3-ee');

    const lines = await found();

    expect(lines.filter((line) => /^(fault|warning|unknown)/.test(line)).slice(0, 5)).toEqual([
      expect.stringMatching(/^warning forge gitlab-eu credentials: the token ends in [45] days$/),
      'fault forge gitlab-eu scopes: the token lacks: api',
      'fault forge gitlab-eu version: 15.11.3-ee is too old',
      'fault repository acme/shop role: Reporter: it may write no comment, status, branch or merge request',
      'unknown repository acme/shop webhook: only a maintainer is shown them, not a reporter',
    ]);
  }, 150_000);

  test('tells a project without a webhook, and a token that is refused', async () => {
    useToken({});
    project.setLevel(bot, 40);
    gitlab.hooks.deliverTo(null);
    const bare = await found();
    useToken({ expiresAt: new Date(0) });

    const refused = await doctor('--format', 'json');

    expect(bare).toContainEqual(
      'warning repository acme/shop webhook: none of the project comes to /hooks/gitlab/gitlab-eu; one of its group is not shown here',
    );
    expect(JSON.parse(refused.stdout).checks).toContainEqual(
      expect.objectContaining({
        ...{ state: 'fault', area: 'forge gitlab-eu', check: 'credentials', kind: 'forbidden' },
        fix: expect.stringContaining('Check the token'),
      }),
    );
  }, 150_000);
});
