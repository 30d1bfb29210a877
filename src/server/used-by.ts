import type { PullTools } from '../features/review/pull-tools.ts';

/** Looks up who uses a repository; GitHub and GitLab mind no case. */
export function usersIn(usedBy: ReadonlyMap<string, readonly string[]>): NonNullable<PullTools['usedBy']> {
  return ({ forge, fullName }) => {
    const names = [fullName, `${forge}:${fullName}`].map((name) => name.toLowerCase());
    const users = [...usedBy].flatMap(([name, all]) => (names.includes(name.toLowerCase()) ? all : []));
    return [...new Map(users.map((user) => [user.toLowerCase(), user])).values()];
  };
}
