import type { Approval, Role } from '../forge.ts';
import { type Access, PAGE, readPages } from './access.ts';
import { calling, unless } from './errors.ts';

/** Pages of reviews of one pull we read. */
const MOST_PAGES = 20;

const roles: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** What a user may do. `role_name` is asked first: `permission` folds maintain into write and triage into read. */
export async function readRole(access: Access, user: string): Promise<Role> {
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
  return unless('not-found', 'none', async () => {
    const { data } = await calling(access.errors, () => client.request(route, { owner, repo, username: user }));
    // An organisation may name roles of its own; `permission` then says what they amount to.
    return toRole(data.role_name) ?? toRole(data.permission) ?? 'none';
  });
}

/** Whether a user is in a team, written `organisation/team`. An invitation that is not accepted yet does not count. */
export async function isMember(access: Access, user: string, team: string): Promise<boolean> {
  const [org = '', team_slug = '', ...more] = team.split('/');
  if (org === '' || team_slug === '' || more.length > 0) return false;
  const route = 'GET /orgs/{org}/teams/{team_slug}/memberships/{username}';
  return unless('not-found', false, async () => {
    const asked = { org, team_slug, username: user };
    const { data } = await calling(access.errors, () => access.client.request(route, asked));
    return data.state === 'active';
  });
}

/**
 * Who approves the pull as it stands: the last word of each user counts, a remark is no word. Changes requested and a
 * dismissal take an approval back.
 */
export async function readApprovals(access: Access, pull: number): Promise<readonly Approval[]> {
  const reviews = await readPages(access, {
    pages: MOST_PAGES,
    read: async (page) => {
      const { owner, repo, client } = access;
      const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
      return (await client.request(route, { owner, repo, pull_number: pull, per_page: PAGE, page })).data;
    },
  });
  const words = new Map<string, { readonly state: string; readonly head: string | null }>();
  // GitHub lists them in the order they were given.
  for (const { user, state, commit_id } of reviews) {
    if (user !== null && opinions.has(state)) words.set(user.login, { state, head: commit_id });
  }
  return [...words].filter(([, { state }]) => state === 'APPROVED').map(([user, { head }]) => ({ user, head }));
}

const opinions = new Set(['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED']);

function toRole(name: string): Role | undefined {
  return roles.find((role) => role === name);
}
