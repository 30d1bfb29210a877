import type { TreeOrigin } from '../../model/declare.ts';
import { FairleadError } from '../../model/error.ts';
import type { Tree } from '../../model/tree.ts';
import type { GitRemote } from '../../world/forge/forge.ts';
import type { Repository } from '../../world/git/git.ts';
import { isRange, offeredRef } from '../../world/sources/git/range.ts';
import { isCommit } from '../../world/sources/git/ref.ts';

/** Where the trees of a change come from that goes to a branch of a repository on a forge. */
export function pullOrigin(
  own: { readonly url: string; readonly branch: string; readonly defaultBranch: string },
  repository: Repository,
  remote: () => Promise<Pick<GitRemote, 'url' | 'header'>>,
): TreeOrigin {
  const { url, branch, defaultBranch } = own;
  return {
    own: { urls: [url], branch, defaultBranch },
    // Credentials are short-lived, and a tree may be asked for much later.
    treeAt: async (revision, signal) => {
      const name = revision === '' || revision === 'HEAD' ? `refs/heads/${defaultBranch}` : revision;
      return treeAt(name, { repository, remote: await remote() }, signal);
    },
  };
}

interface Place {
  readonly repository: Repository;
  readonly remote: Pick<GitRemote, 'url' | 'header'>;
}

/** The mirror holds what was asked for: a tag or branch that is not there is fetched; null where the server has none. */
async function treeAt(revision: string, place: Place, signal: AbortSignal): Promise<Tree | null> {
  const { repository, remote } = place;
  const { url, header } = remote;
  for (const name of await namesOf(revision, place, signal)) {
    try {
      await repository.fetch({ url, header, refs: [name] }, signal);
      return await repository.tree(await repository.resolve(name, signal), signal);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return null;
}

/** What a revision may be called in full. Other refs than branches and tags are nobody's to deploy. */
async function namesOf(
  revision: string,
  { repository, remote: { url, header } }: Place,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (isCommit(revision) || /^refs\/(?:heads|tags)\//.test(revision)) return [revision];
  if (!isRange({ url, revision })) return [`refs/tags/${revision}`, `refs/heads/${revision}`];
  try {
    return [offeredRef({ url, revision }, await repository.remoteRefs({ url, header }, signal), url).name];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof FairleadError && ['fetch-failed', 'unknown-revision', 'source-missing'].includes(error.code);
}
