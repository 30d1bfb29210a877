import { follows, isThisRepository } from '../../formats/repository-url.ts';
import type { Finding } from '../../model/finding.ts';
import type { OwnRepository } from '../../model/repo.ts';
import { someOf } from '../../model/some-of.ts';
import type { Application } from '../../model/target.ts';

/**
 * The branches, tags and other revisions of a repository that an application takes, where none of them is the branch that a change goes
 * to; empty where one is, or where it takes nothing of it.
 */
export function otherRevisions(
  application: Pick<Application, 'declared'>,
  repository: OwnRepository,
): readonly string[] {
  const revisions = revisionsOf(application, repository);
  if (revisions.some((revision) => follows(revision, repository))) return [];
  return [...new Set(revisions.map((revision) => nameOf(revision, repository)))];
}

function revisionsOf({ declared }: Pick<Application, 'declared'>, { urls }: OwnRepository): readonly string[] {
  return (declared?.application.sources ?? []).flatMap(({ place }) =>
    place.kind === 'git' && isThisRepository(place.url, urls) ? [place.revision] : [],
  );
}

/** Says so where objects of controllers take a repository, and none of them the branch that a change goes to: a stacked pull. */
export function followerFindings(applications: readonly Application[], repository: OwnRepository): readonly Finding[] {
  const all = new Set<string>();
  for (const application of applications) {
    const revisions = revisionsOf(application, repository);
    // Most repositories are left at the first.
    if (revisions.some((revision) => follows(revision, repository))) return [];
    for (const revision of revisions) all.add(nameOf(revision, repository));
  }
  if (all.size === 0) return [];
  const names = [...all].sort();
  const place = { target: null, resource: null, file: null, line: null };
  return [
    {
      ...{ rule: 'no-follower', severity: 'note', ...place },
      message: `No object of Argo CD or Flux follows the branch ${repository.branch}, which this change goes to: they follow ${someOf(names, mostNamed)}.`,
      fix: 'What it does to them shows once it goes there.',
    },
  ];
}

const mostNamed = 3;

function nameOf(revision: string, { defaultBranch }: OwnRepository): string {
  const name = revision.replace(/^refs\/(?:heads|tags)\//, '');
  return name === '' || name === 'HEAD' ? defaultBranch || 'the default branch' : name;
}
