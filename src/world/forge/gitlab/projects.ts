import type { RepoRef } from '../../../model/repo.ts';
import { type Client, readPages } from './access.ts';

/** Projects that are listed: 3,000. */
const MOST_PAGES = 30;

/** GitLab's numbers of the roles. */
const levels = { developer: 30, maintainer: 40 } as const;

/** Projects of which our own user is a member, with at least this role; archived ones left out. */
export async function readProjects(
  client: Client,
  forge: string,
  role: keyof typeof levels,
): Promise<readonly RepoRef[]> {
  const found = await readPages({
    what: 'projects',
    pages: MOST_PAGES,
    read: (at) =>
      client.Projects.all({
        ...at,
        membership: true,
        archived: false,
        simple: true,
        minAccessLevel: levels[role],
        orderBy: 'id',
        sort: 'asc',
      }),
  });
  return found.map((project) => ({
    forge,
    id: project.number('id'),
    fullName: project.text('path_with_namespace'),
    installation: null,
  }));
}
