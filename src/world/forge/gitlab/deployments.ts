import type { DeploymentRef, ForgeDeployment } from '../forge.ts';
import { remember } from '../remember.ts';
import { knownId } from '../writes/announce.ts';
import { type Access, isKind, orNull, readPages } from './access.ts';
import { read } from './read.ts';

/**
 * Tells that an environment gets a commit; GitLab makes the environment on first mention. A deployment of GitLab carries
 * no words of ours, so the same key is known again by what is remembered, after a restart by what was kept of the same
 * write, and where its answer was lost by one of ours that still runs with the same commit, environment and branch and
 * that no other key has taken.
 */
export function startDeployment(access: Access, deployment: ForgeDeployment): Promise<DeploymentRef> {
  const { memory, ref } = access;
  const key = `${ref.id}:${deployment.key}`;
  return access.oneAtATime(`${ref.id} deployment ${deployment.environment}`, async () => {
    const id =
      memory.deployments.get(key) ??
      (await findKnown(access, deployment)) ??
      (await findRunning(access, deployment)) ??
      (await create(access, deployment));
    remember(memory.deployments, key, id);
    return { id };
  });
}

/** Tells how a deployment ended. GitLab has no word for "inactive": one that still runs is cancelled, an ended one stays. */
export async function finishDeployment(
  access: Access,
  { id }: DeploymentRef,
  state: 'running' | 'success' | 'failure' | 'inactive',
): Promise<void> {
  const { client, ref } = access;
  const status = read(await client.Deployments.show(ref.id, id), `deployment ${id}`).text('status');
  const wanted = words[state];
  const hasEnded = status !== 'running' && status !== 'created';
  if (status === wanted || (state === 'inactive' && hasEnded)) return;
  try {
    await client.Deployments.edit(ref.id, id, wanted);
  } catch (error) {
    if (!isKind(error, 'invalid') || !/cannot transition status/i.test(error.message)) throw error;
  }
}

const words = { running: 'running', success: 'success', failure: 'failed', inactive: 'canceled' } as const;

/** The one that the same write made the last time, running or ended; null when it is not known, or gone. */
async function findKnown({ client, ref }: Access, { environment, sha }: ForgeDeployment): Promise<number | null> {
  const id = await knownId();
  const found = id === null ? null : await orNull<unknown>(client.Deployments.show(ref.id, id));
  if (found === null) return null;
  const known = read(found, `deployment ${id}`);
  return known.text('sha') === sha && known.text('environment', 'name') === environment ? id : null;
}

async function findRunning(access: Access, { environment, sha, branch }: ForgeDeployment): Promise<number | null> {
  const ownId = await access.ownId();
  const taken = new Set(access.memory.deployments.values());
  const running = await readPages({
    what: `deployments of ${environment}`,
    pages: 2,
    read: (at) =>
      access.client.Deployments.all(access.ref.id, {
        ...at,
        environment,
        status: 'running',
        orderBy: 'id',
        sort: 'desc',
      }),
  });
  const same = running.filter((found) => found.text('sha') === sha && found.text('ref') === branch);
  const ours = same.filter((found) => found.numberOrNull('user', 'id') === ownId && !taken.has(found.number('id')));
  return ours[0]?.number('id') ?? null;
}

async function create({ client, ref }: Access, { environment, sha, branch }: ForgeDeployment): Promise<number> {
  const made = await client.Deployments.create(ref.id, environment, sha, branch, false, { status: 'running' });
  return read(made, 'new deployment').number('id');
}
