import type { TreeOrigin } from '../../model/declare.ts';
import { FairleadError } from '../../model/error.ts';
import type { Tree } from '../../model/tree.ts';
import type { GitRemote } from '../../world/forge/forge.ts';
import type { Repository } from '../../world/git/git.ts';

/** Where the trees of a change come from that goes to a branch of a repository on a forge. */
export function pullOrigin(
  branches: { readonly branch: string; readonly defaultBranch: string },
  repository: Repository,
  remote: Pick<GitRemote, 'url' | 'header'>,
): TreeOrigin {
  return {
    own: { urls: [remote.url], ...branches },
    treeAt: (revision, signal) => treeAt(revision, { repository, remote }, signal),
  };
}

/** The mirror holds what was asked for: a tag or branch that is not there is fetched. */
async function treeAt(
  revision: string,
  { repository, remote }: { readonly repository: Repository; readonly remote: Pick<GitRemote, 'url' | 'header'> },
  signal: AbortSignal,
): Promise<Tree | null> {
  const isId = /^[0-9a-f]{40}$/.test(revision);
  const names = isId
    ? [revision]
    : revision.startsWith('refs/')
      ? [revision]
      : [`refs/tags/${revision}`, `refs/heads/${revision}`];
  const { url, header } = remote;
  for (const name of names) {
    try {
      await repository.fetch({ url, header, refs: [name] }, signal);
      return await repository.tree(await repository.resolve(name, signal), signal);
    } catch (error) {
      const isMissing = error instanceof FairleadError && ['fetch-failed', 'unknown-revision'].includes(error.code);
      if (!isMissing) throw error;
    }
  }
  return null;
}
