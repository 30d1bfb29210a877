import { beforeEach, describe, expect, test } from '@jest/globals';
import { takeMerges } from '../../../src/features/deploy/merged.ts';
import { redeploy } from '../../../src/features/deploy/redeploy.ts';
import { stepDeployment } from '../../../src/features/deploy/step.ts';
import type { DeployTools } from '../../../src/features/deploy/tools.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import { BorderError } from '../../../src/model/error.ts';
import { keyOf, manifest, openWorld, signal, type World } from '../world.ts';

const settings = `version: 1
mode: enforce
environments:
  staging: { deploy: { on: merge } }
  prod:
    deploy: { on: merge, after: { environment: staging, healthyFor: 10m } }
`;
const files = (key: string) => ({
  'apps/web/staging/stage.yaml': manifest('stage', key),
  'apps/web/prod/web.yaml': manifest('web', key),
});

let world: World;
let staging: Deployment;
let prod: Deployment;

beforeEach(async () => {
  world = await openWorld(files('1'), { settings });
  await world.tools.store.heads.set(null, world.repo, 'main', (await world.stage.port.branchHead('main')) ?? '');
  await world.merge(files('2'));
  await takeMerges({ repo: world.repo, branch: 'main', before: null }, world.tools, signal);
  staging = await newest('staging');
  prod = await newest('prod');
  for (const pause of [0, 0, 61_000, 0]) {
    await step(staging);
    world.pass(pause);
  }
});

async function newest(environment: string): Promise<Deployment> {
  const [found] = await world.tools.store.deployments.find({ repo: world.repo, environment, limit: 1 });
  if (found === undefined) throw new Error(`nothing is deployed to ${environment}`);
  return found;
}

async function step({ id, environment }: Deployment, tools: DeployTools = world.tools): Promise<Deployment> {
  await stepDeployment(id, tools, signal);
  return (await world.tools.store.deployments.get(id)) ?? newest(environment);
}

describe('the environment before', () => {
  test('is waited for when it was healthy and is not any more', async () => {
    world.pass(90_000);
    world.engine.ill.set(keyOf('stage'), 'failed');
    const early = await step(prod);
    world.pass(600_000);
    const late = await step(prod);
    world.engine.ill.clear();
    const begins = await step(prod);

    const why = `for staging (${staging.id} is not healthy now: ConfigMap shop/stage: CrashLoopBackOff)`;
    expect([early.state, early.reason, late.state, late.reason]).toEqual(['waiting', why, 'waiting', why]);
    expect(begins.state).toBe('applying');
  });

  test('is waited for when it cannot be asked how it fares', async () => {
    world.pass(700_000);
    const away = { kind: 'unavailable', status: 0, code: 'cluster-unavailable', subject: 'staging' } as const;
    const place: DeployTools['place'] = async (context, stop) => {
      if (context !== 'staging') return world.tools.place(context, stop);
      throw new BorderError({ ...away, message: 'The cluster staging does not answer.', remedy: 'It is tried again.' });
    };
    const waits = await step(prod, { ...world.tools, place });
    const begins = await step(prod);

    expect([waits.state, waits.reason]).toEqual([
      'waiting',
      `for staging (how ${staging.id} fares cannot be told: The cluster staging does not answer.)`,
    ]);
    expect(begins.state).toBe('applying');
  });

  test('is what it was left as last, by a later commit too', async () => {
    world.pass(700_000);
    await world.merge({ 'apps/web/staging/stage.yaml': manifest('stage', '3') });
    await takeMerges({ repo: world.repo, branch: 'main', before: null }, world.tools, signal);
    const later = await newest('staging');
    await step(later);
    await step(later);
    world.engine.ill.set(keyOf('stage'), 'progressing');
    const waits = await step(prod);

    expect(waits.reason).toBe(`for staging (${later.id} is not healthy now: ConfigMap shop/stage: CrashLoopBackOff)`);
  });

  test('does not hold a rollback up when it fails', async () => {
    const wish = { environment: 'prod', application: null, confirmed: false, pull: null, actor: 'ann' };
    world.pass(700_000);
    world.engine.ill.set(keyOf('stage'), 'failed');
    await redeploy({ repo: world.repo, ...wish, commit: prod.commit, trigger: 'rollback' }, world.tools, signal);

    expect((await step(await newest('prod'))).state).toBe('applying');
  });
});
