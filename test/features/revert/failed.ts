import { takeMerges } from '../../../src/features/deploy/merged.ts';
import { revertDeployment } from '../../../src/features/revert/revert.ts';
import type { ClusterMap } from '../../../src/model/cluster-map.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import { deploymentOf } from '../../support/deployments.ts';
import { manifest, openWorld, signal, type World } from '../world.ts';

type Files = Parameters<World['merge']>[0];

export const file = 'apps/web/prod/web.yaml';
export const other = 'apps/db/prod/db.yaml';

/** A merge that was deployed, and failed in every target it reached. */
export async function failed(
  merges: readonly ({ readonly files: Files } & Parameters<World['merge']>[1])[],
  clusters?: ClusterMap,
): Promise<{ readonly world: World; readonly deployments: readonly Deployment[] }> {
  const files = { [file]: manifest('web', '1'), [other]: manifest('db', '1') };
  const world = await openWorld(files, clusters === undefined ? {} : { clusters });
  const { store } = world.tools;
  const commit = (await world.stage.port.branchHead('main')) ?? '';
  await store.heads.set(null, world.repo, 'main', commit);
  const { id: _, ...web } = deploymentOf({ id: '', application: 'apps/web', cluster: 'prod', state: 'healthy' });
  await store.deployments.create(null, { ...web, repo: world.repo, commit });
  for (const { files: more, ...how } of merges) await world.merge(more, how);
  await takeMerges({ repo: world.repo, branch: 'main', before: null }, world.tools, signal);
  const deployments = await store.deployments.find({ repo: world.repo, states: ['accepted'] });
  const endedAt = world.tools.now().toISOString();
  for (const { id } of deployments)
    await store.deployments.update(null, id, { state: 'failed', reason: 'it broke', endedAt });
  return { world, deployments };
}

/** Does the job of reverting, asked for by somebody or by the failure. */
export const revert = ({ tools }: World, id: string | undefined, actor: string | null = null) =>
  revertDeployment({ deployment: id ?? '', actor }, tools, signal);

/** The same commit deployed once more, after the first time ended so, and failed. */
export async function failedAgain(
  world: World,
  first: Deployment | undefined,
  ended: 'healthy' | 'failed',
): Promise<string> {
  const { deployments } = world.tools.store;
  const known = await deployments.get(first?.id ?? '');
  if (known === null) throw new Error('nothing was deployed');
  await deployments.update(null, known.id, { state: ended });
  const { id: _, ...more } = known;
  const fresh = { trigger: 'command', state: 'failed', revertPull: null, revertNote: null } as const;
  return (await deployments.create(null, { ...more, ...fresh })).id;
}

/** Pulls that came from branches of ours, in any state. */
export const reverts = ({ stage }: World) =>
  stage.repo.pulls().filter(({ headRef }) => headRef.startsWith('fairlead/'));

export const noteOf = async ({ tools }: World, id: string | undefined) =>
  (await tools.store.deployments.get(id ?? ''))?.revertNote;

export const contentOf = async ({ stage }: World, ref: string, path: string) =>
  (await stage.repo.file(`refs/heads/${ref}`, path))?.content;
