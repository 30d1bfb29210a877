import type { Approval, Role } from '../forge.ts';
import { type Access, type Client, orNull } from './access.ts';
import { read, readList } from './read.ts';

/** Access levels of GitLab, highest first: owner, maintainer, developer, reporter, then planner and guest. */
const levels: readonly (readonly [least: number, role: Role])[] = [
  [50, 'admin'],
  [40, 'maintain'],
  [30, 'write'],
  [20, 'triage'],
  [10, 'read'],
];

/** What a user may do in the project, inherited or not. "Minimal access" (5) gives nothing. */
export async function readRole(access: Access, user: string): Promise<Role> {
  const id = await userId(access, user);
  if (id === null) return 'none';
  return roleAt(await readLevel(access.client, access.ref.id, id));
}

/** GitLab's number of what a user may do in a project, inherited or not; 0 where it is nothing. */
export async function readLevel(client: Client, project: number, user: number): Promise<number> {
  const found = await orNull(client.ProjectMembers.show(project, user, { includeInherited: true }));
  return found === null ? 0 : memberLevel(found);
}

/** The role of a number. */
export function roleAt(level: number): Role {
  return levels.find(([least]) => level >= least)?.[1] ?? 'none';
}

/** Whether a user is in a group, by its path. */
export async function isMember(access: Access, user: string, group: string): Promise<boolean> {
  const id = await userId(access, user);
  if (id === null) return false;
  const found = await orNull(access.client.GroupMembers.show(group, id, { includeInherited: true }));
  return found !== null && memberLevel(found) >= 10;
}

/** Who approves the pull. GitLab does not say which head an approval was given for. */
export async function readApprovals(access: Access, pull: number): Promise<readonly Approval[]> {
  const { client, ref } = access;
  const body = await client.MergeRequestApprovals.showConfiguration(ref.id, { mergerequestIId: pull });
  const given = read(body, `approvals of merge request ${pull}`).list('approved_by');
  return given.map((approval) => ({ user: approval.text('user', 'username'), head: null }));
}

/** Someone blocked or not yet let in has the level without the right. */
function memberLevel(found: unknown): number {
  const member = read(found, 'member');
  return member.text('state') === 'active' ? member.number('access_level') : 0;
}

/** GitLab asks for members by id; names are found without regard to case. */
async function userId({ client }: Access, user: string): Promise<number | null> {
  const users = readList(await client.Users.all({ username: user }), `user ${user}`);
  const same = users.find((found) => found.text('username').toLowerCase() === user.toLowerCase());
  return same?.number('id') ?? null;
}
