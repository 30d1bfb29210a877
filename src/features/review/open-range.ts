import { basename, resolve } from 'node:path';
import { isThisRepository, nameOfRepository } from '../../formats/repository-url.ts';
import { type ClusterMap, parseClusterMap } from '../../model/cluster-map.ts';
import { FairleadError } from '../../model/error.ts';
import type { OwnRepository } from '../../model/repo.ts';
import type { Settings } from '../../model/settings.ts';
import type { Tree } from '../../model/tree.ts';
import { tryAll } from '../../tools/try-all.ts';
import type { Repository } from '../../world/git/git.ts';
import { openRepository } from '../../world/git/repository.ts';
import { originOf, requestForRange } from './range.ts';
import type { RepositoryUser, ReviewRequest } from './request.ts';
import { orUnread } from './users.ts';

/** A range of commits as a person names it. */
export interface RangeQuestion {
  readonly cwd: string;
  /** `BASE..HEAD`, a single revision, or null for the default branch..HEAD. */
  readonly range: string | null;
  /** As `--cluster` has them. */
  readonly clusters: readonly string[];
  /** Only applications of this environment, or null for all. */
  readonly environment: string | null;
  /** Folders of clones whose applications take files of this repository, from `cwd`; left out: none. */
  readonly usedBy?: readonly string[];
  /** What git is given of the environment. */
  readonly gitEnvironment: Readonly<Record<string, string | undefined>>;
  /** What the `.fairlead.yaml` of a tree says. */
  readonly settingsAt: (tree: Tree, signal: AbortSignal) => Promise<Settings>;
  readonly signal: AbortSignal;
}

/**
 * Opens a person's repository, and the clones that use it, for as long as it takes. Throws what `requestForRange` throws, and `usage` for
 * clones that cannot use it.
 */
export async function withRange<T>(run: RangeQuestion, use: (request: ReviewRequest) => Promise<T>): Promise<T> {
  const { cwd, range, environment, signal, settingsAt } = run;
  const opened: Repository[] = [];
  const open = async (path: string): Promise<Repository> => {
    const repository = await openRepository({ path, signal, environment: run.gitEnvironment });
    opened.push(repository);
    return repository;
  };
  try {
    const clusters = parseClusterMap(run.clusters);
    const repository = await open(cwd);
    const request = await requestForRange({ range, clusters, environment, settingsAt }, repository, signal);
    const users: RepositoryUser[] = [];
    for (const folder of run.usedBy ?? []) {
      const user = await userAt(await open(resolve(cwd, folder)), { run, folder, clusters, own: request.origin.own });
      if (users.some(({ name }) => name === user.name)) throw refused(folder, `${user.name} is named twice`);
      users.push(user);
    }
    return await use(users.length === 0 ? request : { ...request, users });
  } finally {
    await tryAll(opened.map((repository) => () => repository.close()));
  }
}

/** The clone at the commit that is checked out. */
async function userAt(
  repository: Repository,
  {
    run,
    folder,
    clusters,
    own,
  }: {
    readonly run: Pick<RangeQuestion, 'settingsAt' | 'signal'>;
    readonly folder: string;
    readonly clusters: ClusterMap;
    readonly own: OwnRepository;
  },
): Promise<RepositoryUser> {
  const { settingsAt, signal } = run;
  const origin = await originOf('HEAD', repository, signal);
  const [url = ''] = origin.own.urls;
  if (own.urls.length === 0)
    throw refused(folder, 'the repository under review has no remote, so nothing tells what takes from it');
  if (isThisRepository(url, own.urls)) throw refused(folder, 'it is the repository under review itself');
  const name = nameOfRepository(url) ?? basename(repository.path);
  return orUnread(name, signal, async () => {
    const commit = await repository.resolve('HEAD', signal);
    const tree = await repository.tree(commit, signal);
    const settings = await settingsAt(tree, signal);
    return { kind: 'read', name, commit, tree, origin, clusters, settings, findings: [], isEveryBranch: true };
  });
}

function refused(folder: string, why: string): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: folder,
    message: `--used-by ${folder} says nothing: ${why}`,
    remedy: 'Name clones of other repositories, and give both their remotes (`git remote add origin URL`).',
  });
}
