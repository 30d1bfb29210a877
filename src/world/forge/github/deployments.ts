import type { Redacted } from '../../../model/redacted.ts';
import type { DeploymentRef, ForgeDeployment } from '../forge.ts';
import { type Access, PAGE, readPages } from './access.ts';
import { writeOnce } from './client.ts';
import { calling } from './errors.ts';

/** Pages of deployments of one commit to one environment we look through. */
const MOST_PAGES = 5;

/** Characters GitHub takes as a description. */
const LONGEST = 140;

const states = { running: 'in_progress', success: 'success', failure: 'failure', inactive: 'inactive' } as const;

/**
 * Tells GitHub that an environment gets a commit; the key in the payload finds it again. GitHub would by default merge the
 * default branch in and wait for every check: both are switched off, as what is deployed is decided already.
 */
export function startDeployment(access: Access, deployment: ForgeDeployment): Promise<DeploymentRef> {
  return access.oneAtATime(`${access.ref.id}:deployment:${deployment.key}`, async () => {
    const id = (await findOurs(access, deployment)) ?? (await create(access, deployment));
    return { id };
  });
}

/** Tells how a deployment goes on. What stands there already is not told again. */
export function finishDeployment(
  access: Access,
  ref: DeploymentRef,
  told: { readonly state: keyof typeof states; readonly description: Redacted },
): Promise<void> {
  return access.oneAtATime(`${access.ref.id}:deployment-status:${ref.id}`, async () => {
    const { owner, repo, client, errors } = access;
    const route = '/repos/{owner}/{repo}/deployments/{deployment_id}/statuses';
    const asked = { owner, repo, deployment_id: ref.id };
    const state = states[told.state];
    const description = cut(told.description);
    const { data } = await calling(errors, () => client.request(`GET ${route}`, { ...asked, per_page: 1 }));
    const [newest] = data;
    if (newest?.state === state && newest.description === description) return;
    // Several targets may share an environment, so one that succeeds must not retire the others.
    const status = { state, description, auto_inactive: false };
    await calling(errors, () => client.request(`POST ${route}`, { ...asked, ...status, ...writeOnce }));
  });
}

async function findOurs(access: Access, { key, sha, environment }: ForgeDeployment): Promise<number | null> {
  const authors = await access.authorIds();
  const listed = await readPages(access, {
    pages: MOST_PAGES,
    read: async (page) => {
      const { owner, repo, client } = access;
      const asked = { owner, repo, sha, environment, per_page: PAGE, page };
      return (await client.request('GET /repos/{owner}/{repo}/deployments', asked)).data;
    },
  });
  const ours = listed.filter(({ creator }) => authors.has(Number(creator?.id ?? -1)));
  // The oldest, should a lost answer have left two.
  const found = ours.findLast(({ payload }) => keyOf(payload) === key);
  return found === undefined ? null : Number(found.id);
}

async function create(access: Access, deployment: ForgeDeployment): Promise<number> {
  const { owner, repo, client, errors } = access;
  const { key, sha, environment, branch, description } = deployment;
  const facts = { ref: sha, environment, description: cut(description), payload: { key, branch } };
  const plain = { auto_merge: false, required_contexts: [] };
  const { data } = await calling(errors, () =>
    client.request('POST /repos/{owner}/{repo}/deployments', { owner, repo, ...facts, ...plain, ...writeOnce }),
  );
  // The cast: the other shape, a mere message, is the answer of a merge, which we asked GitHub not to make.
  return Number((data as { readonly id: number }).id);
}

/** GitHub hands the payload back as it was sent, or as text. */
function keyOf(payload: unknown): unknown {
  const value = typeof payload === 'string' ? parse(payload) : payload;
  return typeof value === 'object' && value !== null && 'key' in value ? value.key : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's text.
    return null;
  }
}

/** By code points, so that no character is cut in half. */
function cut(text: string): string {
  return [...text].slice(0, LONGEST).join('');
}
