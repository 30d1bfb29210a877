import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PretendGitHub, startGitHub } from '../../src/pretend/github/github.ts';
import type { PretendRepository } from '../../src/pretend/github/repository.ts';
import { createReceiver } from '../../src/world/forge/github/receiver.ts';
import { type AppFront, startAppFront } from '../support/app-front.ts';
import { fairlead, type Run } from '../support/command-line.ts';
import { type SmallCluster, startSmallCluster } from '../support/small-cluster.ts';

const secret = 'kq9-3mfw-7dux-2hva';
const tokens = { plan: 'CANARY-plan-token-1', apply: 'CANARY-apply-token-1' };
const settings = 'version: 1\nmode: enforce\nenvironments: {prod: {clusters: [prod-eu], deploy: {on: merge}}}\n';
let folder = '';
let github: PretendGitHub;
let front: AppFront;
let repository: PretendRepository;
let receiver: Server;
let prod: SmallCluster;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-test-doctor-'));
  mkdirSync(join(folder, 'github'));
  const appYaml = readFileSync(resolve(import.meta.dirname, '../../app.yml'), 'utf8');
  github = await startGitHub({ appYaml, now: () => new Date(), dir: join(folder, 'github') });
  repository = await github.createRepo({ owner: 'acme', name: 'shop' });
  receiver = await startReceiver();
  const found = { id: repository.id, full_name: 'acme/shop' };
  const hookUrl = () => 'https://fairlead.example/hooks/github';
  front = await startAppFront(github, { hookUrl, installation: repository.installation, repositories: [found] });
  prod = await startSmallCluster();
  prod.identities.set(tokens.plan, { user: 'plan', verbs: ['get', 'list', 'patch', 'create'], isHeld: true });
  prod.identities.set(tokens.apply, { user: 'apply', verbs: ['get', 'patch', 'create', 'delete'], isHeld: false });
  for (const [name, token] of Object.entries(tokens)) writeFileSync(join(folder, name), `${token}\n`);
  writeFileSync(join(folder, 'app.pem'), github.app.privateKey);
  writeFileSync(join(folder, 'hook'), `${secret}\n`);
});

afterAll(async () => {
  await Promise.all([front.close(), github.close(), prod.close()]);
  await new Promise((closed) => receiver.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

/** Answers webhooks as the bot does: by their signature. */
async function startReceiver(): Promise<Server> {
  const { authenticate } = createReceiver([secret]);
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

function deliverWith(signedBy: string): void {
  github.hooks.deliverTo(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/github`, signedBy);
}

function doctor(prodUrl: string, ...more: readonly string[]): Promise<Run> {
  const way = (who: string) => `{serviceAccount: {server: '${prodUrl}', tokenFile: ${who}}}`;
  const file = `version: 1
data: data
forges:
  github: {kind: github, url: 'http://${front.host}', appId: ${github.app.id}, privateKeyFile: app.pem, webhookSecretFile: hook}
clusters:
  prod-eu: {environments: [prod], tls: insecure, plan: ${way('plan')}, apply: ${way('apply')}}
`;
  writeFileSync(join(folder, 'server.yaml'), file);
  return fairlead(['doctor', '--config', 'server.yaml', ...more], { cwd: folder, env: { INIT_CWD: folder } });
}

interface Found {
  readonly state: string;
  readonly area: string;
  readonly check: string;
  readonly says: string;
  readonly fix: string;
}

const checksOf = (run: Run): readonly Found[] => JSON.parse(run.stdout).checks;

const expectNoSecret = ({ stdout, stderr }: Run): void => {
  expect(`${stdout}${stderr}`).not.toMatch(/CANARY|BEGIN|kq9-3mfw/);
};

describe('fairlead doctor', () => {
  test('finds three planted faults, each with its fix, and hides nothing else for them', async () => {
    deliverWith('another-secret-than-ours');
    await repository.commit('main', { '.fairlead.yaml': settings }, 'settings');

    const run = await doctor('http://127.0.0.1:1');

    expectNoSecret(run);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(
      /✗ forge github +webhook secret +the last one was refused \(401\).*\n +fix: Set the same secret in the settings of the App/,
    );
    expect(run.stdout).toMatch(
      /✗ cluster prod-eu +plan identity +Cluster prod-eu \(127\.0\.0\.1:1\) refused the connection.*\n +fix: \S/,
    );
    expect(run.stdout).toMatch(
      /✗ repository acme\/shop +required checks +fairlead is not required on main.*\n +fix: Require the status check fairlead on main/,
    );
    expect(run.stdout).toMatch(/✓ forge github +credentials +signed in as fairlead\[bot\]/);
    expect(run.stdout).toMatch(/✓ repository acme\/shop +\.fairlead\.yaml +valid, mode enforce/);
    expect(run.stdout).toMatch(/✓ machine +git /);
    expect(run.stdout).toMatch(/, 4 faults\n$/);
  }, 150_000);

  test('says that all is in order once they are put right', async () => {
    deliverWith(secret);
    await repository.commit('main', { 'README.md': '# shop\n' }, 'delivered well');
    repository.protect('main', ['fairlead']);

    const run = await doctor(prod.url, '--format', 'json');

    expectNoSecret(run);
    const checks = checksOf(run);
    expect(checks.filter(({ state }) => state === 'fault')).toEqual([]);
    expect(checks).toContainEqual(expect.objectContaining({ state: 'ok', check: 'held to dry-runs' }));
    expect(checks).toContainEqual(expect.objectContaining({ state: 'ok', check: 'required checks' }));
    expect(checks).toContainEqual(
      expect.objectContaining({ area: 'cluster prod-eu', check: 'apply identity', says: 'signed in as apply' }),
    );
    expect(run.code).toBe(0);
    // The one write it tries is refused by admission; nothing but questions is sent besides.
    const writes = prod.requests.filter(({ line }) => /^(?!GET)/.test(line) && !/selfsubject/.test(line));
    expect(writes).toEqual([{ line: 'POST /api/v1/namespaces/default/configmaps', token: tokens.plan }]);
  }, 150_000);

  test('names missing permissions, and a plan identity that can really write', async () => {
    front.withhold('checks', 'members');
    prod.identities.set(tokens.plan, { user: 'plan', verbs: ['get', 'list', 'patch', 'create'], isHeld: false });
    prod.identities.set(tokens.apply, { user: 'apply', verbs: ['get'], isHeld: false });
    prod.behind = 120_000;

    const faults = checksOf(await doctor(prod.url, '--format', 'json')).filter(({ state }) => state === 'fault');

    expect(faults.map(({ check, says }) => `${check}: ${says}`)).toEqual([
      'permissions: missing: checks: write, members: read',
      expect.stringMatching(/^clock: ours is 1\d\d s ahead$/),
      'held to dry-runs: it can really write',
      expect.stringMatching(/^rights to deploy: may not patch\/create\/delete configmaps/),
    ]);
  }, 150_000);

  test('a plan identity that only reads is worth a look, and no fault', async () => {
    prod.behind = 0;
    prod.identities.set(tokens.plan, { user: 'plan', verbs: ['get', 'list'], isHeld: false });

    const checks = checksOf(await doctor(prod.url, '--format', 'json')).filter(
      ({ area }) => area === 'cluster prod-eu',
    );

    expect(checks).toContainEqual(expect.objectContaining({ state: 'ok', check: 'rights to read' }));
    expect(checks).toContainEqual(
      expect.objectContaining({
        state: 'warning',
        check: 'rights to dry-run',
        says: expect.stringMatching(/^may not patch\/create configmaps.*: changes are worked out without the server$/),
      }),
    );
  }, 150_000);

  test('a broken file is told with its place, and exits with 1', async () => {
    writeFileSync(join(folder, 'broken.yaml'), 'version: 1\nmode: enforced\n');

    const run = await fairlead(['doctor', '--config', 'broken.yaml'], { env: { INIT_CWD: folder } });

    expect(run.stdout).toMatch(/✗ configuration +server file +broken\.yaml:2:1 mode: "enforced" is not allowed/);
    expect(run.code).toBe(1);
  });

  test('a token of the API with which serve would not start is told, and not shown', async () => {
    const env = { INIT_CWD: folder, FAIRLEAD_API_TOKEN: 'hunter2-hunter2' };

    const run = await fairlead(['doctor', '--data', join(folder, 'data'), '--format', 'json'], { env });

    const says = 'FAIRLEAD_API_TOKEN is shorter than 32 characters';
    expect(checksOf(run)).toContainEqual(expect.objectContaining({ state: 'fault', check: 'token of the API', says }));
    expect(`${run.stdout}${run.stderr}`).not.toContain('hunter2');
  });

  test('asks the API of the Argo CD that the file names, and shows no token of it', async () => {
    const argocd = createServer(({ url = '', headers }, response) => {
      const isOurs = headers.authorization === 'Bearer CANARY-argocd-token';
      const value = isOurs && url === '/api/v1/account/can-i/applications/get/*/*' ? 'yes' : 'no';
      response.end(JSON.stringify(url === '/api/version' ? { Version: 'v3.5.7' } : { value }));
    });
    await new Promise<void>((listening) => argocd.listen(0, '127.0.0.1', () => listening()));
    const url = `http://127.0.0.1:${(argocd.address() as AddressInfo).port}`; // It listens on a port, not on a pipe.
    writeFileSync(join(folder, 'argocd-token'), 'CANARY-argocd-token\n');
    writeFileSync(join(folder, 'argocd.yaml'), `version: 1\nargocd: {url: '${url}', tokenFile: argocd-token}\n`);

    const env = { INIT_CWD: folder };
    const run = await fairlead(['doctor', '--config', 'argocd.yaml', '--format', 'json'], { cwd: folder, env });
    argocd.close();

    expectNoSecret(run);
    const checks = checksOf(run).filter(({ area }) => area === 'argocd');
    expect(checks.map(({ state, check }) => `${state} ${check}`)).toEqual([
      'ok API',
      'ok applications, get',
      'warning applicationsets, create',
    ]);
    expect(checks[0]?.says).toBe('Argo CD v3.5.7 answers');
  }, 60_000);
});
