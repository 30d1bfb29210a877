import type { RepoRef } from '../../../model/repo.ts';
import type { GitLabCredentials } from '../../../model/server-settings.ts';
import { noGuard } from '../calls/guard.ts';
import type { AccountFacts, ForgeInspector } from '../inspect.ts';
import { openClient } from './client.ts';
import type { ErrorContext } from './errors.ts';
import { read, readList } from './read.ts';
import { defaultPace } from './sender.ts';

/** Days before its end at which a token is complained of. */
const soonDays = 14;

/** Looks at GitLab as the token's user. */
export async function inspectGitLab(
  name: string,
  { url, token }: GitLabCredentials,
  errors: ErrorContext,
): Promise<ForgeInspector> {
  const clock = { now: () => performance.now(), sleep: async () => {}, random: Math.random };
  const options = {
    url: url.replace(/\/+$/, ''),
    token: async () => token,
    pace: { ...defaultPace, write: 0 },
    clock,
    errors,
    guard: noGuard,
  };
  const client = await openClient(options);
  return {
    name,
    account: async (): Promise<AccountFacts> => {
      const user = read(await client.Users.showCurrentUser(), 'own user');
      const own = await client.PersonalAccessTokens.show().catch(() => null);
      return {
        account: user.text('username'),
        time: null,
        permissions: null,
        events: null,
        complaints: own === null ? [] : complaintsOf(own, errors.now()),
      };
    },
    hook: async () => null,
    repositories: async (most) => {
      const found = await client.Projects.all({ membership: true, minAccessLevel: 30, perPage: most, maxPages: 1 });
      return readList(found, 'projects').map((project): RepoRef => {
        return {
          forge: name,
          id: project.number('id'),
          fullName: project.text('path_with_namespace'),
          installation: null,
        };
      });
    },
  };
}

function complaintsOf(token: object, now: Date): readonly string[] {
  const { scopes, expires_at: end } = token as { readonly scopes?: unknown; readonly expires_at?: unknown }; // each may be absent
  const hasApi = !Array.isArray(scopes) || scopes.includes('api');
  const days = typeof end === 'string' ? (Date.parse(end) - now.getTime()) / 86_400_000 : Number.POSITIVE_INFINITY;
  return [
    ...(hasApi ? [] : ['the token lacks the scope api']),
    ...(days < soonDays ? [`the token ends in ${Math.max(0, Math.floor(days))} days`] : []),
  ];
}
