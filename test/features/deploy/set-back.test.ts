import { beforeEach, describe, expect, test } from '@jest/globals';
import { takeMerges } from '../../../src/features/deploy/merged.ts';
import { redeploy } from '../../../src/features/deploy/redeploy.ts';
import { stepDeployment } from '../../../src/features/deploy/step.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import type { JobPayloads } from '../../../src/model/jobs.ts';
import { manifest, openWorld, signal, type World } from '../world.ts';

const file = 'apps/web/prod/web.yaml';

let world: World;
let first: Deployment;
let second: Deployment;

beforeEach(async () => {
  world = await openWorld({ [file]: manifest('web', '1') });
  await world.tools.store.heads.set(null, world.repo, 'main', (await world.stage.port.branchHead('main')) ?? '');
  first = await end(await merge('2'));
  second = await merge('3');
});

async function newest(): Promise<Deployment> {
  const [found] = await world.tools.store.deployments.find({ repo: world.repo, limit: 1 });
  if (found === undefined) throw new Error('nothing is deployed');
  return found;
}

async function merge(key: string): Promise<Deployment> {
  await world.merge({ [file]: manifest('web', key) });
  await takeMerges({ repo: world.repo, branch: 'main', before: null }, world.tools, signal);
  return newest();
}

async function step({ id }: Deployment): Promise<Deployment> {
  await stepDeployment(id, world.tools, signal);
  return (await world.tools.store.deployments.get(id)) ?? newest();
}

async function end(deployment: Deployment): Promise<Deployment> {
  for (const pause of [0, 0, 61_000]) {
    await step(deployment);
    world.pass(pause);
  }
  return step(deployment);
}

async function ask(trigger: 'command' | 'rollback', commit: string | null): Promise<Deployment> {
  world.pass(1_000);
  const wish: JobPayloads['redeploy'] = {
    ...{ repo: world.repo, environment: 'prod', application: null, commit, trigger },
    ...{ confirmed: false, actor: 'ann', pull: null },
  };
  await redeploy(wish, world.tools, signal);
  return newest();
}

describe('a merge that waits', () => {
  test.each(['command', 'rollback'] as const)('is not lost when an older commit is deployed by %s', async (trigger) => {
    const older = await end(await ask(trigger, first.commit));
    const waits = await step(second);
    const [pull = 0] = second.pulls;
    world.pass(1_000);
    await world.tools.store.pulls.mark(null, world.repo, pull, {
      ...{ kind: 'deploy', subject: 'prod', digests: {}, by: 'ann', reason: '' },
      ...{ head: (await world.stage.port.pull(pull)).head.sha, at: world.tools.now().toISOString() },
    });
    const begins = await step(second);

    expect([older.state, older.commit, waits.state, begins.state]).toEqual([
      'healthy',
      first.commit,
      'waiting',
      'applying',
    ]);
    expect(waits.reason).toBe(
      `${older.id} went back to ${first.commit.slice(0, 7)} since; \`/fairlead deploy prod\` goes on with this all the same`,
    );
  });

  test('makes way for the same commit that is asked for', async () => {
    const again = await ask('command', second.commit);

    expect(await step(second)).toMatchObject({ state: 'superseded', reason: `${again.id} takes its place` });
  });

  test('makes way for the next merge although an older commit was deployed in between', async () => {
    await end(await ask('rollback', first.commit));
    const third = await merge('4');

    expect(await step(second)).toMatchObject({ state: 'superseded', reason: `${third.id} takes its place` });
    expect(third.pulls).toEqual([...second.pulls, expect.any(Number)]);
    expect((await step(third)).state).toBe('applying');
  });
});

describe('what a person asked for', () => {
  test('makes way for what was asked for later, older or not', async () => {
    const asked = await ask('command', second.commit);
    const older = await ask('rollback', first.commit);

    expect(await step(asked)).toMatchObject({ state: 'superseded', reason: `${older.id} takes its place` });
  });
});
