import { beforeEach, expect, test } from '@jest/globals';
import { takeMerges } from '../../../src/features/deploy/merged.ts';
import { redeploy } from '../../../src/features/deploy/redeploy.ts';
import { stepDeployment } from '../../../src/features/deploy/step.ts';
import type { DeployTools } from '../../../src/features/deploy/tools.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import { keyOf, manifest, openWorld, signal, type World } from '../world.ts';

const web = 'apps/web/prod/web.yaml';
const extra = 'apps/web/prod/extra.yaml';
const target = 'apps/web@prod:prod';

let world: World;

beforeEach(async () => {
  world = await openWorld({ [web]: manifest('web', '1'), [extra]: manifest('extra', '1') });
  const { engine, repo, stage, tools } = world;
  await tools.store.heads.set(null, repo, 'main', (await stage.port.branchHead('main')) ?? '');
  const foreign = [keyOf('web'), keyOf('extra'), keyOf('foreign')].map((key) => [key, {}] as const);
  engine.live.set(target, new Map(foreign));
});

async function merge(files: Readonly<Record<string, string | null>>): Promise<Deployment> {
  await world.merge(files);
  await takeMerges({ repo: world.repo, branch: 'main', before: null }, world.tools, signal);
  return newest();
}

async function newest(): Promise<Deployment> {
  const [found] = await world.tools.store.deployments.find({ repo: world.repo, limit: 1 });
  if (found === undefined) throw new Error('there is no deployment');
  return found;
}

async function step({ id }: Deployment, tools: DeployTools = world.tools): Promise<Deployment | null> {
  await stepDeployment(id, tools, signal);
  return tools.store.deployments.get(id);
}

/** A deployment that deletes an object and fails before it comes to that. */
async function failsBeforeDeleting(): Promise<void> {
  const first = await merge({ [web]: manifest('web', '2'), [extra]: null });
  await step(first);
  world.engine.fault = 'a quota is full';
  await step(first);
  world.engine.fault = null;
}

const live = () => [...(world.engine.live.get(target) ?? new Map()).keys()].sort();

test('what a deployment accepted to delete and did not come to is deleted by the fix that is merged after it', async () => {
  await failsBeforeDeleting();
  const fix = await merge({ [web]: manifest('web', '3') });

  await step(fix);
  const done = await step(fix);
  const later = await merge({ [web]: manifest('web', '4') });
  await step(later);

  expect(done?.state).toBe('following');
  expect(live()).toEqual([keyOf('foreign'), keyOf('web')]);
  expect((await newest()).journal).toMatchObject({ accepted: { deletes: [] } });
});

test('the audit names what a deployment may delete, what it is held to, and who let it', async () => {
  const { repo, stage, tools } = world;
  const deployment = await merge({ [web]: manifest('web', '2'), [extra]: null });
  const [pull = 0] = deployment.pulls;
  const { head } = await stage.port.pull(pull);
  const mark = { kind: 'approve', subject: 'prod', head: head.sha, digests: {}, by: 'ann', reason: '' } as const;
  world.pass(1_000);
  await tools.store.pulls.mark(null, repo, pull, { ...mark, at: tools.now().toISOString() });

  const begun = await step(deployment);

  const rows = await tools.store.audit.read({ after: 0, limit: 100 });
  expect(rows.slice(-2)).toMatchObject([
    { action: 'deploy-applying', data: { digest: begun?.digest, approvers: ['ann'], commanded_by: null } },
    { action: 'deletes-accepted', subject: deployment.id, data: { target, resources: [keyOf('extra')] } },
  ]);
});

test('what the fix brings back stays', async () => {
  await failsBeforeDeleting();
  const back = await merge({ [extra]: manifest('extra', '1') });

  await step(back);
  await step(back);

  expect(live()).toEqual([keyOf('extra'), keyOf('foreign'), keyOf('web')]);
});

test('a rollback takes nothing of it over, and the next merge still does', async () => {
  const good = await merge({ [web]: manifest('web', '1.1') });
  for (let count = 0; count < 3; count += 1) await step(good);
  world.pass(61_000);
  await step(good);
  await failsBeforeDeleting();
  const wish = { environment: 'prod', application: null, commit: null, confirmed: false, pull: null, actor: 'ann' };
  await redeploy({ repo: world.repo, ...wish, trigger: 'rollback' }, world.tools, signal);
  const rollback = await newest();
  await step(rollback);
  await step(rollback);
  const kept = live();
  const fix = await merge({ [web]: manifest('web', '3') });
  await step(fix);
  await step(fix);

  expect(rollback.commit).toBe(good.commit);
  expect(kept).toEqual([keyOf('extra'), keyOf('foreign'), keyOf('web')]);
  expect(live()).toEqual([keyOf('foreign'), keyOf('web')]);
});

test('a deployment that gives way while the newer one is past its gate leaves it its deletes', async () => {
  world.engine.stages = 3;
  const stuck = await merge({ [web]: manifest('web', '2'), [extra]: null });
  await step(stuck);
  await step(stuck);
  const next = await merge({ [web]: manifest('web', '3') });
  const waits = await step(next);
  const racing: DeployTools = {
    ...world.tools,
    engine: async (...args) => {
      const engine = await world.tools.engine(...args);
      const status: typeof engine.status = async (...asked) => {
        await step(stuck);
        return engine.status(...asked);
      };
      return { ...engine, status };
    },
  };

  const begun = await step(next, racing);
  for (let count = 0; count < 3; count += 1) await step(next);

  expect([waits?.state, (await world.tools.store.deployments.get(stuck.id))?.state, begun?.state]).toEqual([
    'waiting',
    'superseded',
    'applying',
  ]);
  expect(live()).toEqual([keyOf('foreign'), keyOf('web')]);
});
