import { expect, test } from '@jest/globals';
import { takeMerges } from '../../../src/features/deploy/merged.ts';
import { revertDeployment } from '../../../src/features/revert/revert.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import type { Evidence } from '../../../src/model/health.ts';
import { deploymentOf } from '../../support/deployments.ts';
import { manifest, openWorld, signal, type World } from '../world.ts';

const file = 'apps/web/prod/web.yaml';
const beside = 'apps/web/prod/beside.yaml';

const crashOf = (name: string): Evidence => ({
  resource: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name },
  ...{ pod: `${name}-1`, container: 'app', reason: 'CrashLoopBackOff', message: null, exitCode: 1, restarts: 3 },
  ...{ logs: null, logsMissing: 'none' },
});

/** A world in which version 1 was healthy. */
async function healthyWorld(): Promise<World> {
  const world = await openWorld({ [file]: manifest('web', '1'), [beside]: manifest('beside', '1') });
  const { store } = world.tools;
  const commit = (await world.stage.port.branchHead('main')) ?? '';
  await store.heads.set(null, world.repo, 'main', commit);
  const { id: _, ...web } = deploymentOf({ id: '', application: 'apps/web', cluster: 'prod', state: 'healthy' });
  await store.deployments.create(null, { ...web, repo: world.repo, commit });
  return world;
}

/** A merge whose deployment failed so. */
async function failed(world: World, files: Record<string, string>, change: Partial<Deployment>): Promise<string> {
  const { store } = world.tools;
  await world.merge(files);
  await takeMerges({ repo: world.repo, branch: 'main', before: null }, world.tools, signal);
  const [{ id } = { id: '' }] = await store.deployments.find({ repo: world.repo, states: ['accepted'] });
  const endedAt = world.tools.now().toISOString();
  await store.deployments.update(null, id, { state: 'failed', reason: 'it broke', endedAt, ...change });
  return id;
}

/** What the revert of a deployment leaves in the two files; null when none was opened. */
async function reverted(world: World, deployment: string): Promise<readonly (string | undefined)[] | null> {
  const { repo } = world.stage;
  await revertDeployment({ deployment, actor: null }, world.tools, signal);
  const pull = repo.pulls().find(({ headRef }) => headRef.startsWith('fairlead/'));
  if (pull === undefined) return null;
  const contents = [file, beside].map((path) => repo.file(`refs/heads/${pull.headRef}`, path));
  return (await Promise.all(contents)).map((found) => found?.content);
}

test('of two merges the first is taken back when the second fails as the first did', async () => {
  const world = await healthyWorld();
  await failed(world, { [file]: manifest('web', '2') }, { evidence: [crashOf('web')] });
  const second = await failed(world, { [beside]: manifest('beside', '2') }, { evidence: [crashOf('web')] });

  expect(await reverted(world, second)).toEqual([manifest('web', '1'), manifest('beside', '2')]);
});

test('of two merges the second is taken back when it breaks something else too', async () => {
  const world = await healthyWorld();
  await failed(world, { [file]: manifest('web', '2') }, { evidence: [crashOf('web')] });
  const evidence = [crashOf('web'), crashOf('beside')];
  const second = await failed(world, { [beside]: manifest('beside', '2') }, { evidence });

  expect(await reverted(world, second)).toEqual([manifest('web', '2'), manifest('beside', '1')]);
});
