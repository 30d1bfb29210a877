import type { ClusterMap } from '../../model/cluster-map.ts';
import type { TreeOrigin } from '../../model/declare.ts';
import { FairleadError } from '../../model/error.ts';
import type { Settings } from '../../model/settings.ts';
import type { Tree } from '../../model/tree.ts';
import type { MergeResult, Repository } from '../../world/git/git.ts';
import type { ReviewRequest } from './request.ts';
import { noRulings } from './rulings.ts';

/** What a person asks to review in a repository of their own. */
export interface RangeRequest {
  /** `BASE..HEAD`, `BASE...HEAD`, one revision (the base), or null for the default branch..HEAD. */
  readonly range: string | null;
  readonly clusters: ClusterMap;
  readonly environment: string | null;
  /** What the base's `.fairlead.yaml` says. */
  readonly settingsAt: (base: Tree, signal: AbortSignal) => Promise<Settings>;
}

/** Branches that count as the default one, first found wins. */
const defaultBranches = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];

/**
 * Reads a range of commits as what merging its head into its base gives. Throws `FairleadError`: `usage` (no range can be
 * guessed), `unknown-revision`.
 */
export async function requestForRange(
  wanted: RangeRequest,
  repository: Repository,
  signal: AbortSignal,
): Promise<ReviewRequest> {
  const [baseName, headName] =
    wanted.range === null ? [await defaultBase(repository, signal), 'HEAD'] : splitRange(wanted.range);
  const [base, head] = await Promise.all([repository.resolve(baseName, signal), repository.resolve(headName, signal)]);
  const [merged, [baseTree, settings]] = await Promise.all([
    repository.merge(base, head, signal),
    treeWithSettings(base, wanted, repository, signal),
  ]);
  const [change, origin] = await Promise.all([
    changeOf(base, merged, repository, signal),
    originOf(baseName, repository, signal),
  ]);
  return {
    base,
    head,
    baseTree,
    settings,
    rulings: { ...noRulings, rules: settings.policy.rules },
    clusters: wanted.clusters,
    environment: wanted.environment,
    strictEnvironments: true,
    untrusted: null,
    origin,
    ...change,
  };
}

async function changeOf(
  base: string,
  merged: MergeResult,
  repository: Repository,
  signal: AbortSignal,
): Promise<Pick<ReviewRequest, 'merged' | 'changedFiles'>> {
  if (merged.kind === 'conflict') return { merged, changedFiles: [] };
  const [tree, changedFiles] = await Promise.all([
    repository.tree(merged.tree, signal),
    repository.changedFiles(base, merged.tree, signal),
  ]);
  return { merged: { kind: 'clean', tree }, changedFiles };
}

async function treeWithSettings(
  commit: string,
  { settingsAt }: RangeRequest,
  repository: Repository,
  signal: AbortSignal,
): Promise<readonly [Tree, Settings]> {
  const tree = await repository.tree(commit, signal);
  return [tree, await settingsAt(tree, signal)];
}

/** Where a person's own trees come from: the base is the branch that the range begins with, else the default branch. */
export async function originOf(baseName: string, repository: Repository, signal: AbortSignal): Promise<TreeOrigin> {
  const named = baseName.replace(/^(?:refs\/heads\/|(?:refs\/remotes\/)?origin\/)/, '');
  const places = named === 'HEAD' ? [] : [`refs/heads/${named}`, `refs/remotes/origin/${named}`];
  const [{ urls, branch, defaultBranch }, isBranch] = await Promise.all([
    repository.identity(signal),
    isThere(repository, places, signal),
  ]);
  const fallback = defaultBranch ?? branch ?? '';
  return {
    own: { urls, branch: isBranch ? named : fallback, defaultBranch: fallback },
    treeAt: async (revision, treeSignal) => {
      const wanted = revision === '' || revision === 'HEAD' ? fallback : revision;
      for (const name of [`refs/tags/${wanted}`, `refs/remotes/origin/${wanted}`, wanted]) {
        const found = await resolved(repository, name, treeSignal);
        if (found !== null) return repository.tree(found, treeSignal);
      }
      return null;
    },
  };
}

async function isThere(repository: Repository, names: readonly string[], signal: AbortSignal): Promise<boolean> {
  for (const name of names) if ((await resolved(repository, name, signal)) !== null) return true;
  return false;
}

/** null for what is no revision. */
async function resolved(repository: Repository, name: string, signal: AbortSignal): Promise<string | null> {
  try {
    return await repository.resolve(name, signal);
  } catch (error) {
    if (error instanceof FairleadError && error.code === 'unknown-revision') return null;
    throw error;
  }
}

/** Both ends of a range. A single revision is the base of HEAD; an empty end is HEAD. */
export function splitRange(range: string): readonly [string, string] {
  const match = /^(.*?)\.{2,3}(.*)$/.exec(range);
  return match === null ? [range, 'HEAD'] : [match[1] || 'HEAD', match[2] || 'HEAD'];
}

async function defaultBase(repository: Repository, signal: AbortSignal): Promise<string> {
  for (const name of defaultBranches) {
    const found = await resolved(repository, name, signal);
    if (found !== null) return found;
  }
  throw new FairleadError({
    code: 'usage',
    subject: repository.path,
    message: `no default branch was found in ${repository.path} (${defaultBranches.join(', ')})`,
    remedy: 'Name the commits: fairlead review BASE..HEAD.',
  });
}
