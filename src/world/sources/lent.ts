import { follows, isThisRepository } from '../../formats/repository-url.ts';
import { FairleadError } from '../../model/error.ts';
import type { LentTree } from '../../model/lent.ts';
import type { Tree } from '../../model/tree.ts';
import type { Fetchers } from './fetchers.ts';
import type { WantedGit } from './sources.ts';

/**
 * The same, but of a repository that is at hand nothing is fetched, whatever forbids or allows it: what follows its branch is the lent
 * tree, another revision is read beside it.
 */
export function withLent<T extends Pick<Fetchers, 'fetchGit'>>(fetchers: T, lent: LentTree | undefined): T {
  if (lent === undefined) return fetchers;
  const { fetchGit } = fetchers;
  return {
    ...fetchers,
    fetchGit: async (wanted: WantedGit, signal: AbortSignal) => {
      const tree = await lentTree(wanted, lent, signal);
      if (tree !== null) return { tree, resolved: tree.id, isPinned: true };
      if (fetchGit === null) throw unfetched(wanted);
      return fetchGit(wanted, signal);
    },
  };
}

async function lentTree({ url, revision }: WantedGit, lent: LentTree, signal: AbortSignal): Promise<Tree | null> {
  if (!isThisRepository(url, lent.own.urls)) return null;
  if (follows(revision, lent.own)) return lent.tree;
  return lent.treeAt === undefined ? null : lent.treeAt(revision, signal);
}

function unfetched({ url }: WantedGit): FairleadError {
  return new FairleadError({
    code: 'remote-reference',
    message: 'it is outside the repository, and nothing is fetched here.',
    subject: url,
    remedy: 'List its host under `sources` of the server’s configuration.',
  });
}
