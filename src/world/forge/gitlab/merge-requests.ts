import { BorderError } from '../../../model/error.ts';
import type { Redacted } from '../../../model/redacted.ts';
import type { Pull, PullSpec } from '../forge.ts';
import { type Access, isKind, readPages } from './access.ts';
import { isSame, markerOf } from './marker.ts';
import { ensureNote } from './notes.ts';
import { mergedShaOf, readPull, showPull, stateOf } from './pulls.ts';
import { disarm } from './quick-actions.ts';
import { type Fields, read } from './read.ts';

/** Pages of our own merge requests we look through: 3,000 of them, newest first. */
const MOST_PAGES = 30;

/** The pull of a key: found by author and marker in any state, else opened. An open one gets title and body. */
export function ensurePull(access: Access, spec: PullSpec): Promise<Pull> {
  return access.oneAtATime(`${access.ref.id} pull ${spec.key}`, async () => {
    const description = disarm(`${markerOf(spec.key)}\n${spec.body}`);
    const found = await findOurs(access, spec.key);
    if (found === null) return readPull(access, await open(access, spec, description));
    const number = found.number('iid');
    const isRight = found.text('title') === spec.title && isSame(found.text('description'), description, null);
    if (stateOf(found) === 'open' && !isRight) {
      await access.client.MergeRequests.edit(access.ref.id, number, { title: spec.title, description });
    }
    return readPull(access, number);
  });
}

/**
 * Merges when the head is still `sha`. A pull that was merged at that head gives its commit, so that an answer that was
 * lost does not matter.
 *
 * @throws BorderError conflict
 */
export async function mergePull(access: Access, pull: number, sha: string): Promise<string> {
  const before = await showPull(access, pull);
  const done = before.textOrNull('sha') === sha ? mergedShaOf(before) : null;
  if (done !== null) return done;
  try {
    const merged = read(await access.client.MergeRequests.merge(access.ref.id, pull, { sha }), 'merge');
    return mergedShaOf(merged) ?? (await mergedLater(access, pull));
  } catch (error) {
    throw asMergeError(error);
  }
}

/** Adds and removes labels; unknown ones are made by GitLab. */
export async function setLabels(
  access: Access,
  pull: number,
  { add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] },
): Promise<void> {
  const changes = {
    ...(add.length > 0 ? { addLabels: add.join(',') } : {}),
    ...(remove.length > 0 ? { removeLabels: remove.join(',') } : {}),
  };
  if (Object.keys(changes).length > 0) await access.client.MergeRequests.edit(access.ref.id, pull, changes);
}

/** Closes with a word why; the word stands once, however often this runs. */
export async function closePull(access: Access, pull: number, why: Redacted): Promise<void> {
  if (stateOf(await showPull(access, pull)) !== 'open') return;
  await ensureNote(access, { thread: { kind: 'pull', number: pull }, key: 'closed', body: why, sameApartFrom: null });
  await access.client.MergeRequests.edit(access.ref.id, pull, { stateEvent: 'close' });
}

async function findOurs(access: Access, key: string): Promise<Fields | null> {
  const ownId = await access.ownId();
  const isOurs = (body: Fields) =>
    body.numberOrNull('author', 'id') === ownId && (body.textOrNull('description') ?? '').startsWith(markerOf(key));
  const bodies = await readPages({
    what: 'our merge requests',
    pages: MOST_PAGES,
    read: (at) =>
      access.client.MergeRequests.all({
        ...at,
        projectId: access.ref.id,
        authorId: ownId,
        scope: 'all',
        orderBy: 'created_at',
        sort: 'desc',
      }),
    enough: (page) => page.some(isOurs),
  });
  // The oldest wins where a lost answer left two.
  return bodies.filter(isOurs).at(-1) ?? null;
}

async function open(access: Access, spec: PullSpec, description: string): Promise<number> {
  const { client, ref } = access;
  const labels = spec.labels.join(',');
  const made = await client.MergeRequests.create(ref.id, spec.branch, spec.base, spec.title, {
    description,
    ...(labels === '' ? {} : { labels }),
  });
  return read(made, 'new merge request').number('iid');
}

/** GitLab may answer while the merge is still under way. */
async function mergedLater(access: Access, pull: number): Promise<string> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const sha = mergedShaOf(await showPull(access, pull));
    if (sha !== null) return sha;
    await access.clock.sleep(access.pace.retry * attempt);
  }
  throw mergeConflict(access, pull);
}

/** GitLab says 401 to a user who may not merge, and 422 where the branches do not go together. */
function asMergeError(error: unknown): unknown {
  if (!isKind(error, 'unauthorized', 'invalid')) return error;
  const isRefused = error.status === 401;
  return new BorderError({
    code: isRefused ? 'gitlab-forbidden' : 'gitlab-conflict',
    kind: isRefused ? 'forbidden' : 'conflict',
    status: error.status,
    subject: error.subject,
    message: isRefused
      ? `${error.message}; the right to merge into the branch is missing, or the token is no longer good.`
      : error.message,
    remedy: isRefused
      ? 'Put the token\'s user under "allowed to merge" of the protected branch, or give it the role Maintainer.'
      : 'Nothing to do: it is looked at again.',
  });
}

function mergeConflict({ ref }: Access, pull: number): BorderError {
  return new BorderError({
    code: 'gitlab-conflict',
    kind: 'conflict',
    status: 200,
    subject: `${ref.fullName}!${pull}`,
    message: `GitLab took the merge of merge request ${pull} but has not carried it out.`,
    remedy: 'Nothing to do: it is looked at again.',
  });
}
