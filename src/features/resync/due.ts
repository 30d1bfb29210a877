import { type RepoRef, repoKey } from '../../model/repo.ts';

/** Calls a quiet repository costs: its branch twice, what changed, what was written. */
const callsPerRepository = 4;

/** Calls an hour that looking may cost an installation: a fifth of the 5,000 GitHub grants. */
const callsPerHour = 1_000;

/** Most repositories of an installation that are looked at in one go after a start, when all are due. */
const mostAtStart = 200;

/**
 * The repositories that are due in this look: of each installation those that were looked at longest ago, so many that the forge's
 * budget is left to live work. Pure.
 */
export function dueRepositories(
  repositories: readonly RepoRef[],
  looked: ReadonlyMap<string, number>,
  poll: number,
): readonly RepoRef[] {
  const share = Math.max(1, Math.floor((callsPerHour * poll) / 3_600_000 / callsPerRepository));
  const groups = Map.groupBy(repositories, ({ forge, installation }) => `${forge} ${installation ?? ''}`);
  return [...groups.values()].flatMap((group) => {
    const fresh = group.filter((repo) => !looked.has(repoKey(repo)));
    const most = Math.max(share, Math.min(fresh.length, mostAtStart));
    return group.toSorted((a, b) => at(a) - at(b)).slice(0, most);
  });

  function at(repo: RepoRef): number {
    return looked.get(repoKey(repo)) ?? Number.NEGATIVE_INFINITY;
  }
}

/** Every open pull is read again after so many milliseconds, and no more of them than one a minute on average. */
const allEvery = 3_600_000;
const perPull = 60_000;

/** Whether every open pull is to be read, not only those that changed. Pure. */
export function isAllDue(last: { readonly at: number; readonly open: number } | undefined, now: number): boolean {
  return last === undefined || now - last.at >= Math.max(allEvery, last.open * perPull);
}
