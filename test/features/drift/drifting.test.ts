import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeBoard } from '../../../src/features/drift/board.ts';
import { compareTarget, sweep } from '../../../src/features/drift/drift.ts';
import { putRight } from '../../../src/features/drift/put-right.ts';
import type { DriftTools } from '../../../src/features/drift/tools.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import type { Drift } from '../../../src/model/drift.ts';
import { repoKey } from '../../../src/model/repo.ts';
import { keyOf, manifest, merging, openWorld, signal, type World } from '../world.ts';
import { healthyWeb } from './healthy-web.ts';

const target = 'apps/web@prod:prod';
let world: World;
let healthy: Deployment;

beforeAll(async () => {
  world = await openWorld({ 'apps/web/prod/web.yaml': manifest('web', '1') });
  healthy = await healthyWeb(world);
});

beforeEach(() => {
  Object.assign(world.engine, { isAway: false, remembers: false, leavesDrift: false });
  world.pass(3_600_001);
  set('1');
});

const set = (key: string) => world.engine.live.set(target, new Map([[keyOf('web'), { data: { key } }]]));
const live = () => world.engine.live.get(target)?.get(keyOf('web'));
const compare = (tools: DriftTools = world.tools) =>
  compareTarget({ repo: world.repo, target, wake: 'test' }, tools, signal);
const open = () => world.tools.store.drift.find({ repo: world.repo, open: true });
const board = async (): Promise<string> => {
  await writeBoard({ repo: world.repo }, world.tools, signal);
  return world.stage.repo.issues().at(-1)?.body ?? '';
};

async function drifted(key = '9'): Promise<Drift> {
  set(key);
  await compare();
  const [row] = await open();
  if (row === undefined) throw new Error('nothing drifted');
  return row;
}

const heal = ({ id }: Drift, actor = 'fairlead', tools: DriftTools = world.tools) =>
  putRight({ drift: id, actor, how: 'heal', asked: null }, tools, signal);

const asked = (from: number) => world.added.slice(from).map(({ job }) => job.kind);
const acts = async () =>
  (await world.tools.store.audit.read({ after: 0, limit: 1_000 })).filter(({ action }) =>
    /drift|heal|adopt/.test(action),
  );

describe('a field that drifts', () => {
  test('is told, healed and told again, and heals once however often it is asked', async () => {
    const from = world.added.length;
    const row = await drifted();
    const jobs = asked(from);
    const told = await board();
    await heal(row);
    await compare();
    await heal(row);

    expect(jobs).toEqual(expect.arrayContaining(['heal', 'board']));
    expect(told).toContain('1 field drifted in 1 target');
    expect(live()).toMatchObject({ data: { key: '1' } });
    expect(await open()).toEqual([]);
    expect(await world.tools.store.drift.get(row.id)).toMatchObject({ resolution: 'healed' });
    expect(world.engine.steps).toHaveLength(1);
    expect(await board()).toContain('No drift seen in 1 target');
    expect(world.stage.repo.issues()).toHaveLength(1);
  });

  test('is news once: the next look asks for nothing', async () => {
    await drifted('8');
    const from = world.added.length;
    await compare();

    expect(asked(from)).toEqual([]);
  });

  test('is healed each time it drifts, though a controller does once what it is asked for', async () => {
    world.engine.remembers = true;
    for (const key of ['9', '8']) await heal(await drifted(key)).then(() => compare());

    expect(live()).toMatchObject({ data: { key: '1' } });
    expect(await open()).toEqual([]);
  });

  test('is not called healed when a controller leaves it as it is', async () => {
    world.engine.leavesDrift = true;
    const row = await drifted();
    await heal(row, 'ann');
    const told = (await acts()).at(-1);
    await compare();

    expect(told).toMatchObject({
      action: 'heal-refused',
      data: { why: expect.stringMatching(/still differs.*by hand/) },
    });
    expect(await open()).toMatchObject([{ id: row.id, resolution: null }]);
  });

  test('is left alone while the environment is paused, unless a person asks', async () => {
    const row = await drifted();
    await world.tools.store.pauses.set(null, { repo: world.repo, environment: 'prod', by: 'ann', reason: '', at: '' });
    await heal(row);
    const before = live();
    await heal(row, 'ann');
    await world.tools.store.pauses.clear(null, world.repo, 'prod');

    expect(before).toMatchObject({ data: { key: '9' } });
    expect(live()).toMatchObject({ data: { key: '1' } });
  });

  test('is not healed while somebody else writes the target', async () => {
    const row = await drifted();
    const key = `target:${repoKey(world.repo)}:${target}`;
    const lease = await world.tools.store.leases.take(key, 'D-99', 60_000);

    await expect(heal(row)).rejects.toMatchObject({ code: 'target-busy' });

    await world.tools.store.leases.release(lease ?? { key, holder: '', fence: 0 });
    expect(live()).toMatchObject({ data: { key: '9' } });
  });

  test('again and again is left to people after five times in an hour', async () => {
    for (let time = 0; time < 6; time += 1) await heal(await drifted(`v${time}`)).then(() => compare());

    expect(live()).toMatchObject({ data: { key: 'v5' } });
    expect((await acts()).at(-1)).toMatchObject({ action: 'heal-stopped' });
    await heal(await drifted('v6'), 'ann');
    expect(live()).toMatchObject({ data: { key: '1' } });
  });

  test('is never healed by itself after a deployment that failed, whole or half way', async () => {
    for (const change of [{ appliedAt: healthy.appliedAt }, { appliedAt: null, journal: { engine: null } }]) {
      const { id: _, ...facts } = healthy;
      await world.tools.store.deployments.create(null, { ...facts, ...change, state: 'failed' });
      const from = world.added.length;
      await drifted(JSON.stringify(change).slice(0, 20));

      expect(asked(from)).not.toContain('heal');
      const { id: __, ...again } = healthy;
      await world.tools.store.deployments.create(null, again);
    }
  });

  test('is not looked at while a deployment is under way', async () => {
    const { id: _, ...facts } = healthy;
    const busy = await world.tools.store.deployments.create(null, { ...facts, state: 'applying' });
    set('7');
    await compare();
    await world.tools.store.deployments.update(null, busy.id, { state: 'superseded' });

    expect((await open()).some((row) => row.live === '7')).toBe(false);
  });

  test('in a cluster that does not answer stays, and the board does not call the target in sync', async () => {
    await compare();
    const before = await board();
    world.engine.isAway = true;
    await expect(compare()).rejects.toMatchObject({ kind: 'unavailable' });
    const away = await board();
    world.tools.looks.clear();
    const unknown = await board();

    expect(before).toContain('No drift seen in 1 target');
    expect(away).toContain('1 not reachable');
    expect(unknown).toContain('1 not watched');
  });

  test('is adopted by one pull, or a word says why not', async () => {
    const row = await drifted('6');
    await putRight({ drift: row.id, actor: 'ann', how: 'adopt', asked: null }, world.tools, signal);
    const refused = (await acts()).at(-1);
    const content = new TextEncoder().encode(manifest('web', '6'));
    const files = new Map([['apps/web/prod/web.yaml', content]]);
    const tools: DriftTools = { ...world.tools, adopt: async () => ({ kind: 'files', files }) };
    await putRight({ drift: row.id, actor: 'ann', how: 'adopt', asked: null }, tools, signal);
    await putRight({ drift: row.id, actor: 'ann', how: 'adopt', asked: null }, tools, signal);
    const pulls = world.stage.repo.pulls().filter(({ headRef }) => headRef.startsWith('fairlead/adopt-'));

    expect(refused).toMatchObject({ action: 'adopt-refused', data: { why: 'It comes from a generator.' } });
    expect(pulls).toHaveLength(1);
    expect(await world.tools.store.drift.get(row.id)).toMatchObject({ adoptPull: pulls[0]?.number });
  });
});

describe('a sweep', () => {
  const swept = async (): Promise<readonly string[]> => {
    world.pass(1_001);
    const from = world.added.length;
    await sweep({ repo: world.repo }, world.tools, signal);
    return asked(from);
  };

  test('has the board say when the newest settings are not in force, and when they are again', async () => {
    await swept();
    expect(await swept()).not.toContain('board');

    await world.push({ '.fairlead.yaml': 'mode: [' });
    expect(await swept()).toContain('board');
    expect(await board()).toMatch(/^⚠️ \*\*Settings:\*\* .* are not in force: .*fairlead\.yaml:1:8/m);
    expect(await swept()).not.toContain('board');

    await world.push({ '.fairlead.yaml': merging });
    expect(await swept()).toContain('board');
    expect(await board()).not.toContain('Settings');
  });

  test('of a branch that moved is asked for where something is deployed from it, and for no other', async () => {
    const from = world.added.length;
    await sweep({ repo: world.repo, branch: 'feature' }, world.tools, signal);
    const forPull = world.added.slice(from);
    await sweep({ repo: world.repo, branch: 'main' }, world.tools, signal);

    expect(forPull).toEqual([]);
    expect(world.added.slice(from).map(({ key, runAt }) => [key, runAt])).toEqual([
      [`sweep:${repoKey(world.repo)}`, null],
    ]);
  });

  test('asks for the next one before it does anything, and wakes what has no end', async () => {
    const { store, now } = world.tools;
    const { id: _, ...facts } = healthy;
    const waiting = await store.deployments.create(null, { ...facts, target: 'other', state: 'waiting' });
    const endedAt = now().toISOString();
    const silent = await store.deployments.create(null, { ...facts, target: 'silent', state: 'failed', endedAt });
    await store.heads.set(null, world.repo, 'main', healthy.commit);
    const from = world.added.length;
    const settings = async () => Promise.reject(new Error('no settings'));
    await expect(sweep({ repo: world.repo }, { ...world.tools, settings }, signal)).rejects.toThrow('no settings');
    const broken = world.added.slice(from).map(({ key }) => key);
    await sweep({ repo: world.repo }, world.tools, signal);
    const keys = world.added.slice(from + broken.length).map(({ key }) => key);

    expect(broken[0]).toBe(`sweep:${repoKey(world.repo)}`);
    expect(broken).toEqual(expect.arrayContaining([`deploy:${waiting.id}`, `revert:${silent.id}`]));
    expect(keys).toEqual(
      expect.arrayContaining([`merged:${repoKey(world.repo)}:main`, `drift:${repoKey(world.repo)}:${target}`]),
    );
  });
});

describe('a target that Fairlead is to deploy', () => {
  test('is not watched before the first deployment, and the board says so', async () => {
    await drifted();
    await world.push({ 'apps/api/prod/api.yaml': manifest('api', '1') });
    world.pass(60_000);
    await compareTarget({ repo: world.repo, target: 'apps/api@prod:prod', wake: 'sweep' }, world.tools, signal);

    expect(await board()).toContain(
      '`prod` · `apps/api` · `prod` — Fairlead has deployed nothing there yet, so there is nothing to compare it with',
    );
  });
});

describe('in observe', () => {
  test('nothing is healed, whoever asks', async () => {
    const row = await drifted('5');
    await world.push({ '.fairlead.yaml': 'version: 1\nenvironments: { prod: { deploy: { on: merge } } }\n' });
    world.pass(5_000);
    await heal(row, 'ann');

    expect(live()).toMatchObject({ data: { key: '5' } });
  });
});
