import { beforeAll, describe, expect, test } from '@jest/globals';
import { takeMerges } from '../../../src/features/deploy/merged.ts';
import { redeploy } from '../../../src/features/deploy/redeploy.ts';
import { stepDeployment } from '../../../src/features/deploy/step.ts';
import { tellPull } from '../../../src/features/deploy/tell.ts';
import type { JobPayloads } from '../../../src/model/jobs.ts';
import { keyOf, manifest, openWorld, signal, type World } from '../world.ts';

const file = 'apps/web/prod/web.yaml';
const overlay = 'apps/web/staging/web.yaml';

const settings = `version: 1
mode: enforce
environments:
  staging: { deploy: { on: merge } }
  prod:
    deploy: { on: merge, after: { environment: staging, healthyFor: 0 } }
`;

let world: World;
const commits: string[] = [];
const pulls: number[] = [];

beforeAll(async () => {
  world = await openWorld({ [file]: manifest('web', '1'), [overlay]: manifest('web', '1') }, { settings });
  await world.tools.store.heads.set(null, world.repo, 'main', (await world.stage.port.branchHead('main')) ?? '');
});

const newest = async () => (await world.tools.store.deployments.find({ repo: world.repo, limit: 1 }))[0];

async function merge(files: Record<string, string>): Promise<void> {
  const { pull, commit } = await world.merge(files);
  pulls.push(pull);
  commits.push(commit);
  await takeMerges({ repo: world.repo, branch: 'main', before: null }, world.tools, signal);
}

async function steps(count: number): Promise<string> {
  const id = (await newest())?.id ?? '';
  for (let step = 0; step < count; step += 1) {
    await stepDeployment(id, world.tools, signal);
    world.pass(61_000);
  }
  return (await world.tools.store.deployments.get(id))?.state ?? '';
}

const tell = (pull: number) => tellPull({ repo: world.repo, pull }, world.tools, signal);
const said = (pull: number) => world.stage.repo.comments(pull).map(({ body }) => body);

async function fetchMain(): Promise<void> {
  const { url, header } = await world.stage.port.gitRemote();
  const repository = await world.tools.mirror(world.repo);
  await repository.fetch({ url, header, refs: ['refs/heads/main'] }, signal);
}

async function ask(change: Partial<JobPayloads['redeploy']>): Promise<void> {
  const wish = { environment: 'prod', application: null, commit: null, confirmed: false, pull: null, actor: 'ann' };
  await redeploy({ repo: world.repo, ...wish, trigger: 'command', ...change }, world.tools, signal);
}

describe('the life of a merge', () => {
  test('that touches the later environment alone does not wait for the one before', async () => {
    await merge({ [file]: manifest('web', '2') });

    expect(await steps(4)).toBe('healthy');
  });

  test('is told in one comment and one deployment of the forge, however often', async () => {
    const [pull = 0] = pulls;
    await tell(pull);
    await tell(pull);

    expect(said(pull)).toHaveLength(1);
    expect(world.stage.repo.deployments().map(({ statuses }) => statuses.at(-1)?.state)).toEqual(['success']);
  });

  test('that fails is told in one comment more, and in both when both pulls are in it', async () => {
    await merge({ [file]: manifest('web', '3') });
    await merge({ [file]: manifest('web', '4') });
    await steps(2);
    // Only what fails after it was written is this merge's doing.
    world.engine.ill.set(keyOf('web'), 'failed');
    const end = await steps(1);
    const [, first = 0, second = 0] = pulls;
    await Promise.all([tell(first), tell(second)]);
    await tell(second);
    world.engine.ill.clear();

    expect(end).toBe('failed');
    expect([said(first).length, said(second).length]).toEqual([2, 2]);
    expect(world.stage.repo.deployments().map(({ sha }) => sha)).toEqual([commits[0], commits[2]]);
  });

  test('is told in all the other places when one of them is refused, which is asked again', async () => {
    const [, first = 0] = pulls;
    const { id = '' } = (await newest()) ?? {};
    await world.tools.store.deployments.update(null, id, { reason: 'other words' });
    const before = said(first);
    world.stage.github.faults.add({ kind: 'forbidden', method: 'PATCH', path: /comments/, times: 1 });
    await world.tools.store.deployments.update(null, id, { revertNote: 'It was broken before.' });

    await expect(tell(first)).rejects.toMatchObject({ kind: 'forbidden' });

    expect(said(first)[0]).toBe(before[0]);
    expect(said(first)[1]).toContain('It was broken before.');
  });

  test('is rolled back to the last healthy commit by command, past the order of environments', async () => {
    await ask({ trigger: 'rollback' });
    await ask({ trigger: 'rollback' });
    const rollback = await newest();

    expect(rollback).toMatchObject({ commit: commits[0], trigger: 'rollback', actor: 'ann', state: 'accepted' });
    expect(await world.tools.store.deployments.find({ repo: world.repo, states: ['accepted'] })).toHaveLength(1);
    expect(await steps(4)).toBe('healthy');
    expect(world.engine.live.get('apps/web@prod:prod')?.get(keyOf('web'))).toMatchObject({ data: { key: '2' } });
  });

  test('is deployed once more by command, and what takes its failure back is looked at again', async () => {
    const [failed] = await world.tools.store.deployments.find({ repo: world.repo, states: ['failed'] });
    await world.tools.store.deployments.update(null, failed?.id ?? '', { revertPull: 9 });
    world.added.length = 0;
    await ask({ commit: commits[2] ?? '' });

    expect(await newest()).toMatchObject({ commit: commits[2], trigger: 'command', pulls: [pulls[1], pulls[2]] });
    expect(await steps(4)).toBe('healthy');
    expect(world.added.map(({ key }) => key)).toContain(`revert:${failed?.id}`);
  });

  test('that waits is not lost by a command for a later commit: its pulls go with it', async () => {
    await merge({ [file]: manifest('web', '4.1') });
    const waits = await newest();
    const later = await world.push({ 'README.md': 'docs\n' });
    await fetchMain();
    await ask({ commit: later });
    const command = await newest();
    await stepDeployment(waits?.id ?? '', world.tools, signal);

    expect(command).toMatchObject({ commit: later, trigger: 'command', pulls: [pulls.at(-1)], state: 'accepted' });
    expect((await world.tools.store.deployments.get(waits?.id ?? ''))?.state).toBe('superseded');
    expect(await steps(4)).toBe('healthy');
  });

  test('is found by a command for a commit that was never deployed, once for each target it reaches', async () => {
    const later = await world.push({ 'README.md': 'more docs\n' });
    const { pull } = await world.merge({ [file]: manifest('web', '4.2') });
    await fetchMain();
    const commit = (await world.stage.port.branchHead('main')) ?? '';

    await ask({ commit: later });
    const same = await newest();
    await ask({ commit });

    expect(same?.pulls).toEqual([pulls.at(-1)]);
    expect((await newest())?.pulls).toEqual([pulls.at(-1), pull]);
    expect(await steps(4)).toBe('healthy');
  });

  test('that touches both waits for the one before', async () => {
    await merge({ [file]: manifest('web', '5'), [overlay]: manifest('web', '5') });
    const deployments = await world.tools.store.deployments.find({ repo: world.repo, limit: 2 });
    for (const { id } of deployments) await stepDeployment(id, world.tools, signal);
    const prod = await world.tools.store.deployments.find({ repo: world.repo, environment: 'prod', limit: 1 });

    expect(prod[0]).toMatchObject({ state: 'waiting' });
    expect(prod[0]?.reason).toMatch(/^for staging \(D-\d+ is (?:accepted|applying)\)$/);
  });
});
