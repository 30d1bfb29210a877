import { rm } from 'node:fs/promises';
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
const bot = 'fairlead[bot]';
const story = readStory();
const isSoak = Boolean(process.env['FAIRLEAD_SOAK']);
/** Open pulls when the store is lost; `FAIRLEAD_SOAK` plays the full number. */
const pulls = isSoak ? 500 : 12;
const patience = isSoak ? 600_000 : 120_000;
/** Seconds in which all of them are to be right again. */
const mostSeconds = 600;

let world: World;
let server: RunningServer;
let repository: PretendRepository;

const gateway = 'platform/envs/prod/gateway.yaml';
const image = (version: string) => ({ [gateway]: story.base[gateway]?.replace('1.14.0', version) ?? '' });
const configMap = (name: string) => ({
  [`platform/envs/prod/${name}.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: {key: value}\n`,
});

beforeAll(async () => {
  const silent = () => undefined;
  const terminal = { out: silent, err: silent, progress: silent, paint: (_: string, text: string) => text };
  const options = { ...serviceOptions(process.env, terminal), logLevel: process.env['FAIRLEAD_LOOP_LOG'] ?? 'silent' };
  world = await startWorld(story, { options, createServices, signal: AbortSignal.timeout(600_000) });
  // The time is the machine's here: what a forge grants in an hour would end it in the middle.
  world.github.setQuota(1_000_000, new Date(Date.now() + 24 * 3_600_000));
  repository = await world.github.createRepo({ owner: 'acme', name: 'shop' });
  for (const user of ['octo-dev', 'maintainer']) repository.setRole(user, 'maintain');
  await repository.commit('main', { ...story.base, ...story.settings }, 'what runs');
  await start();
}, 600_000);

afterAll(async () => {
  await server.stop();
  await world.close();
});

async function start(): Promise<void> {
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
    pace: { forgeWrites: 0, pushes: 0 },
  });
  world.github.hooks.deliverTo(`${server.url}/hooks/github`, secret);
}

async function open(name: string, files: Readonly<Record<string, string | null>>): Promise<number> {
  await repository.commit(name, files, name);
  return repository.openPull({ title: name, author: 'octo-dev', head: name });
}

const headOf = (pull: number): string => repository.pulls().find(({ number }) => number === pull)?.headSha ?? '';

const openPulls = (): readonly number[] =>
  repository
    .pulls()
    .filter(({ state }) => state === 'open')
    .map(({ number }) => number);

const ours = (pull: number) => repository.comments(pull).filter(({ author }) => author.login === bot);

/** Waits until the newest check of the pull's head is done. */
async function isChecked(pull: number): Promise<void> {
  await until(
    `a check that is done on pull ${pull}`,
    () => (repository.checkRuns(headOf(pull)).at(-1)?.status === 'completed' ? true : undefined),
    patience,
  );
}

/** One right comment and one right check, both of the head. */
async function isRight(pull: number): Promise<void> {
  await isChecked(pull);
  await until(
    `the comment on the head of pull ${pull}`,
    () => (ours(pull)[0]?.body.includes(headOf(pull).slice(0, 12)) ? true : undefined),
    patience,
  );
  expect(ours(pull).filter(({ body }) => body.includes('on base'))).toHaveLength(1);
}

/** Opens pulls and waits until each is right. */
async function reviewed(names: readonly string[]): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (const name of names) numbers.push(await open(name, configMap(name)));
  for (const pull of numbers) await isRight(pull);
  return numbers;
}

/** Writes to clusters that were no dry-run. */
const applied = (): number =>
  Object.values(world.apiServers)
    .flatMap(({ requests }) => requests)
    .filter(({ method, path }) => method !== 'GET' && !path.includes('dryRun') && !path.includes('selfsubject')).length;

const forgeWrites = (): readonly string[] =>
  world.github.requests
    .filter(({ method, path }) => method !== 'GET' && !path.startsWith('/app/'))
    .map(({ method, path }) => `${method} ${path}`);

describe.each([
  { how: 'works', isBroken: false },
  { how: 'is broken', isBroken: true },
])('events that came while nobody listened, where redelivery $how', ({ how, isBroken }) => {
  const name = (word: string) => `${word} ${how}`.replaceAll(' ', '-');

  test('are made up for after the start', async () => {
    const [pushed = 0, closed = 0, talked = 0, stuck = 0] = await reviewed(
      ['pushed', 'closed', 'talked', 'stuck'].map(name),
    );
    await server.stop();
    await repository.pushToPull(pushed, configMap(name('more')));
    await repository.closePull(closed);
    const opened = await open(name('opened'), configMap(name('opened')));
    const asked = await repository.addComment(talked, 'maintainer', '/fairlead help');
    for (const run of repository.checkRuns(headOf(stuck)))
      Object.assign(run, { status: 'in_progress', conclusion: null });
    if (isBroken) world.github.faults.add({ kind: 'unavailable', path: /^\/app\/hook/, times: 1_000 });
    await start();

    for (const pull of [pushed, opened, talked, stuck]) await isRight(pull);
    await until('the answer', () => ours(talked).find(({ id }) => id > asked), patience);

    expect(ours(talked).filter(({ id }) => id > asked)).toHaveLength(1);
    expect(ours(closed)).toHaveLength(1);
    if (isBroken) expect(world.github.requests.some(({ path }) => path.startsWith('/app/hook'))).toBe(true);
    else await until('a webhook that was asked for again', redelivered, patience);
    expect(world.github.violations).toEqual([]);
    // A look that is refused is tried again, which the next stop would wait for.
    world.github.faults.clear();
  }, 300_000);
});

const redelivered = () => world.github.hooks.attempts.find(({ isRedelivery }) => isRedelivery);

test('after the loss of the store every open pull is right again, and nothing is deployed', async () => {
  const numbers: number[] = [];
  for (let count = 1; count <= pulls; count += 1)
    numbers.push(await open(`kept-${count}`, count % 2 === 0 ? image(`1.15.${count}`) : configMap(`kept-${count}`)));
  for (const pull of numbers) await isRight(pull);
  const before = new Map(numbers.map((pull) => [pull, ours(pull).map(({ id }) => id)]));
  await server.stop();
  await rm(`${world.dir}/data`, { recursive: true });
  const [deployed, asked] = [applied(), world.github.requests.length];
  const begun = Date.now();
  await start();

  const all = openPulls();
  for (const pull of all) {
    await until(
      `pull ${pull} to be told of the loss`,
      () => (/Said before, not known any more/.test(ours(pull)[0]?.body ?? '') ? true : undefined),
      patience,
    );
    await isRight(pull);
  }

  const seconds = (Date.now() - begun) / 1000;
  const calls = (world.github.requests.length - asked) / all.length;
  process.stdout.write(
    `rebuilt ${all.length} open pulls in ${seconds.toFixed(1)} s, by ${calls.toFixed(1)} calls each\n`,
  );
  if (isSoak) expect(seconds).toBeLessThan(mostSeconds);
  expect(new Map(numbers.map((pull) => [pull, ours(pull).map(({ id }) => id)]))).toEqual(before);
  expect(applied()).toBe(deployed);
  expect(repository.deployments()).toEqual([]);
}, 2_700_000);

test('where all is right a start writes nothing', async () => {
  for (const pull of openPulls()) await isRight(pull);
  const reads = () => world.github.requests.filter(({ path }) => path.includes('/check-runs')).length;
  const open = openPulls().length;
  await server.stop();
  const [writes, looked] = [forgeWrites().length, reads()];
  await start();

  await until('a look at the check of every open head', () => (reads() >= looked + open ? true : undefined), patience);
  await server.stop();

  expect(forgeWrites().slice(writes)).toEqual([]);
  await start();
}, 1_200_000);

test('a cluster that is down leaves the targets of the others whole, and is the only one named as unknown', async () => {
  await world.apiServers.prod.close();
  const text = (environment: string) => ({
    [`platform/envs/${environment}/both.yaml`]:
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: both, namespace: shop}\ndata: {key: value}\n',
  });
  const pull = await open('both', { ...text('staging'), ...text('prod') });
  await isRight(pull);

  const body = ours(pull)[0]?.body ?? '';
  const unknown = body.slice(body.indexOf('Could not be worked out')).split('\n\n')[1] ?? '';
  expect(body).toMatch(/^### ❔ Incomplete/m);
  expect(unknown).toContain(`platform@prod:${clusters.prod}`);
  expect(unknown).toContain(`cluster ${clusters.prod} was not read`);
  expect(unknown).not.toContain('staging');
  const plan = await planOf(pull);
  const digests = new Map(plan.map(({ cluster, digest }) => [cluster, digest]));
  expect(digests.get(clusters.staging)).toMatch(/^[0-9a-f]{64}$/);
  expect(digests.get(clusters.prod)).toBeNull();
}, 300_000);

async function planOf(pull: number) {
  const store = await openSqliteReadOnly(`${world.dir}/data/fairlead.db`);
  const repo = { forge: 'github', id: repository.id, fullName: repository.fullName, installation: null };
  const plan = await store.plans.of(repo, pull, headOf(pull));
  await store.close();
  return plan?.targets.filter(({ application }) => application === 'platform') ?? [];
}
