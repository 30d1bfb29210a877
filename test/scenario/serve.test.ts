import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServices } from '../../src/app.ts';
import { serviceOptions } from '../../src/cli/context.ts';
import { readStory } from '../../src/cli/demo/story.ts';
import { clusters, startWorld, type World } from '../../src/cli/demo/world.ts';
import type { RunningServer } from '../../src/cli/services.ts';
import type { PretendRepository } from '../../src/pretend/github/repository.ts';
import { openSqliteReadOnly } from '../../src/world/store/sqlite/read-only.ts';
import { until } from '../support/until.ts';

const secret = 'kq9-3mfw-7dux-2hva';
const story = readStory();
let world: World;
let server: RunningServer;
let repository: PretendRepository;

beforeAll(async () => {
  const terminal = {
    out: () => undefined,
    err: () => undefined,
    progress: () => undefined,
    paint: (_: string, text: string) => text,
  };
  const options = { ...serviceOptions(process.env, terminal), logLevel: 'silent' };
  world = await startWorld(story, { options, createServices, signal: AbortSignal.timeout(600_000) });
  server = await world.services.serve({
    clusters: Object.entries(clusters).map(([environment, name]) => `${environment}=${name}`),
    environment: null,
    host: '127.0.0.1',
    port: 0,
    dataDir: `${world.dir}/data`,
    github: {
      appId: String(world.github.app.id),
      privateKey: world.github.app.privateKey,
      webhookSecrets: [secret],
      baseUrl: world.github.apiUrl,
    },
    gitlab: null,
    pace: { forgeWrites: 250 },
  });
  world.github.hooks.deliverTo(`${server.url}/hooks/github`, secret);
  repository = await world.github.createRepo({ owner: 'acme', name: 'shop' });
  repository.setRole('octo-dev', 'write');
  await repository.commit('main', story.base, 'what runs');
}, 600_000);

afterAll(async () => {
  await server.stop();
  await world.close();
});

/** Waits for the check of a commit to be done. */
const checked = (sha: string): Promise<string | null> =>
  until(
    `the check of ${sha}`,
    () => repository.checkRuns(sha).find((check) => check.status === 'completed')?.conclusion ?? undefined,
  );

const comments = (pull: number): readonly string[] => repository.comments(pull).map((comment) => comment.body);

async function open(
  branch: string,
  files: Readonly<Record<string, string | null>>,
  more: { readonly fork?: boolean; readonly author?: string } = {},
) {
  const sha = await repository.commit(branch, files, branch);
  const pull = await repository.openPull({ title: branch, author: 'octo-dev', head: branch, ...more });
  return { sha: (await repository.refSha(`refs/pull/${pull}/head`)) ?? sha, pull };
}

const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: shop\ndata:\n  key: value\n`;

describe('the bot on a GitHub', () => {
  test('keeps one comment through open, push, push, and a check on every head', async () => {
    const { sha: opened, pull } = await open('checkout', story.open.files);
    expect(await checked(opened)).toBe('neutral');
    const fixed = await repository.pushToPull(pull, story.fixed.files);
    expect(await checked(fixed)).toBe('success');
    const last = await repository.pushToPull(pull, { 'platform/envs/prod/namespace.yaml': null });
    await checked(last);

    expect(repository.comments(pull)).toHaveLength(1);
    const [comment] = repository.comments(pull);
    const titles = comment?.history.map((body) => /^### .*$/m.exec(body)?.[0] ?? '');
    const outdated = (shown: string, next: string): string =>
      `### 🕓 Outdated — shows ${shown.slice(0, 7)}; reviewing ${next.slice(0, 7)} now`;
    expect(titles).toEqual([
      expect.stringMatching(/^### ⛔ Blocked — 2 blockers · 1 caution · 7 resources change in 2 clusters on merge/),
      outdated(opened, fixed),
      expect.stringMatching(/^### ✅ Ready — 6 resources change in 2 clusters on merge/),
      outdated(fixed, last),
      expect.stringMatching(/7 resources change in 2 clusters on merge/),
    ]);
    const [check] = repository.checkRuns(opened);
    expect(check?.annotations.map(({ path, start_line: line }) => `${String(path)}:${String(line)}`)).toContain(
      'platform/envs/prod/gateway.yaml:22',
    );
    expect(comment?.history.join('\n')).not.toMatch(/correct-horse|tr0ub4dor/);
    expect(comment?.history[0]).toContain(`/acme/shop/blob/${opened}/platform/envs/prod/gateway.yaml#L22`);
    expect(world.github.violations).toEqual([]);
  }, 300_000);

  test('keeps in the audit what each head was found to be', async () => {
    const { sha, pull } = await open('audited', { 'platform/envs/prod/audited.yaml': configMap('audited') });
    await checked(sha);

    const store = await openSqliteReadOnly(`${world.dir}/data/fairlead.db`);
    const rows = await store.audit.read({ after: 0, limit: 1_000 });
    await store.close();
    const own = rows.filter(({ action, subject }) => action === 'reviewed' && subject.endsWith(`#${pull}`));
    expect(own).toMatchObject([{ actor: 'fairlead', data: { head: sha, verdict: 'ready' } }]);
    expect(Object.entries(own[0]?.data['digests'] ?? {})).toContainEqual([
      expect.stringMatching(/^platform@prod:/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
  }, 300_000);

  test('a pull from a fork, and one by a reader, is compared in Git and reaches no cluster', async () => {
    const file = (name: string) => ({ [`platform/envs/prod/${name}.yaml`]: configMap(name) });
    const asked = (name: string) =>
      world.apiServers.prod.requests.filter(({ path }) => path.includes(`/${name}`)).length;
    const forked = await open('forked', file('forked'), { fork: true });
    await checked(forked.sha);
    const reader = await open('reader', file('by-a-reader'), { author: 'stranger' });
    await checked(reader.sha);
    const trusted = await open('trusted', file('trusted'));
    // What could not be read at once is tried again by itself.
    await until('the API server being asked about the trusted pull', () => asked('trusted') > 0 || undefined);

    expect(comments(forked.pull)[0]).toMatch(/No cluster was read\*\*: the pull comes from a fork/);
    expect(comments(reader.pull)[0]).toMatch(/No cluster was read\*\*: the author of the pull has no write access/);
    expect([asked('forked'), asked('by-a-reader')]).toEqual([0, 0]);
    await until('the comment on the trusted pull', () => comments(trusted.pull)[0]);
    expect(comments(trusted.pull)[0]).not.toMatch(/No cluster was read/);
    // The pull of the first test.
    expect(comments(trusted.pull)[0]).toMatch(/Pull \d+ is open too and changes/);
  }, 300_000);

  test('a pull that changes nothing gets a green check and no comment', async () => {
    const { sha, pull } = await open('docs', { 'README.md': '# shop, described better\n' });

    expect(await checked(sha)).toBe('success');
    expect(comments(pull)).toEqual([]);
  }, 300_000);

  test('a delivery that comes twice does not edit the comment again', async () => {
    const gateway = story.base['platform/envs/prod/gateway.yaml']?.replace('1.14.0', '1.14.1') ?? '';
    const { sha, pull } = await open('twice', { 'platform/envs/prod/gateway.yaml': gateway });
    await checked(sha);
    const delivery = world.github.hooks.deliveries.findLast(({ event }) => event === 'pull_request');
    const [before] = repository.comments(pull);

    await world.github.hooks.redeliver(delivery?.id ?? '');
    const { sha: next, pull: other } = await open('after', { 'platform/envs/prod/after.yaml': configMap('after') });
    await checked(next);

    // The forge is told that all is well, and nothing is done: what came later is worked off already.
    expect(delivery?.statuses).toEqual([202, 202]);
    expect(repository.comments(pull)).toEqual([before]);
    expect(comments(other)).toHaveLength(1);
  }, 300_000);

  test('when the base moves under an affected application, the pull is reviewed again', async () => {
    const gateway = story.base['platform/envs/prod/gateway.yaml'] ?? '';
    const { sha, pull } = await open('moved', {
      'platform/envs/prod/gateway.yaml': gateway.replace('1.14.0', '1.14.2'),
    });
    await checked(sha);
    const first = comments(pull)[0];

    const base = await repository.commit(
      'main',
      { 'platform/envs/prod/namespace.yaml': `${story.base['platform/envs/prod/namespace.yaml']}    tier: front\n` },
      'move',
    );

    const moved = await until('a comment on the new base', () =>
      comments(pull).find((body) => body.includes(base.slice(0, 12))),
    );
    expect(moved).not.toBe(first);
  }, 300_000);

  test('a conflict with the base is incomplete and names the file', async () => {
    const gateway = story.base['platform/envs/prod/gateway.yaml'] ?? '';
    const { sha, pull } = await open('conflict', {
      'platform/envs/prod/gateway.yaml': gateway.replace('1.14.0', '1.14.3'),
    });
    await checked(sha);

    await repository.commit(
      'main',
      { 'platform/envs/prod/gateway.yaml': gateway.replace('1.14.0', '1.14.9') },
      'conflict',
    );

    const body = await until('the conflict', () => comments(pull).find((text) => text.includes('merge-conflict')));
    expect(body).toMatch(/^### ❔ Incomplete/m);
    expect(body).toContain('platform/envs/prod/gateway.yaml');
  }, 300_000);

  test('a renamed folder is no delete', async () => {
    const gateway = story.base['platform/envs/prod/gateway.yaml'] ?? '';
    const { sha, pull } = await open('renamed', {
      'platform/envs/prod/gateway.yaml': null,
      'edge/envs/prod/gateway.yaml': gateway.replace('1.14.0', '1.14.4'),
    });
    await checked(sha);

    expect(comments(pull)[0]).toContain('registry.example/platform/gateway:1.14.4');
    expect(comments(pull)[0]).not.toMatch(/is (?:deleted|created)/);
  }, 300_000);

  test('a forge that takes no check still gets the comment, which names the missing permission', async () => {
    const gateway = story.base['platform/envs/prod/gateway.yaml']?.replace('1.14.0', '1.14.5') ?? '';
    world.github.faults.add({ kind: 'forbidden', method: ['POST', 'PATCH'], path: /check-runs/, times: 3 });
    const { sha, pull } = await open('no-check', { 'platform/envs/prod/gateway.yaml': gateway });

    const body = await until('the comment', () => comments(pull)[0]);

    expect(body).toMatch(/^⚠️ \*\*No check:\*\* .*403 to POST .*check-runs: .*Give the app or token the permission/m);
    expect(body).toContain('1.14.5');
    expect(repository.checkRuns(sha)).toEqual([]);
  }, 300_000);

  test('a review that cannot be made ends its check and says why', async () => {
    const files = { 'platform/envs/prod/gateway.yaml': `${story.base['platform/envs/prod/gateway.yaml'] ?? ''}# x\n` };
    world.github.faults.add({ kind: 'forbidden', method: 'GET', path: /collaborators/, times: 100 });
    const { sha } = await open('broken', files);

    expect(await checked(sha)).toBe('neutral');
    expect(repository.checkRuns(sha)[0]?.title).toBe('The review could not be made');
  }, 300_000);
});
