import type { RepoRef } from '../../../model/repo.ts';
import type { GitLabCredentials } from '../../../model/server-settings.ts';
import { noGuard } from '../calls/guard.ts';
import type { Role } from '../forge.ts';
import type { AccountFacts, ForgeInspector, RepositoryFacts, RepositoryHook, VersionFacts } from '../inspect.ts';
import { type Client, isKind } from './access.ts';
import { openClient } from './client.ts';
import type { ErrorContext } from './errors.ts';
import { hookPath, readAttempts, readHooks } from './hooks.ts';
import { readLevel, roleAt } from './people.ts';
import { type Fields, read, readList } from './read.ts';
import { defaultPace } from './sender.ts';

/** Days before its end at which a token is complained of. */
const soonDays = 14;

/** Scopes of the token: `api` covers the API, statuses and Git. */
const scopes = ['api'];

/** Reporter: where we may do less than we need, that is told. */
const leastLevel = 20;

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
    account: () => readAccount(client, errors.now()),
    hook: async () => null,
    repository: (repo) => readRepository(client, name, repo),
    repositories: async (most) => {
      const asked = { membership: true, minAccessLevel: leastLevel, perPage: most, maxPages: 1 } as const;
      return readList(await client.Projects.all(asked), 'projects').map((project): RepoRef => {
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

async function readAccount(client: Client, now: Date): Promise<AccountFacts> {
  const user = read(await client.Users.showCurrentUser(), 'own user');
  const own = await orUntold(client.PersonalAccessTokens.show());
  const version = await orUntold(client.MergeRequests.requester.get('version'));
  return {
    account: user.text('username'),
    time: null,
    permissions: null,
    events: null,
    missingScopes: own === null ? null : missingScopes(read(own, 'own token')),
    complaints: own === null ? [] : complaintsOf(read(own, 'own token'), now),
    version: version === null ? null : versionOf(read(version.body, 'version').text('version')),
  };
}

/** A token of another kind (OAuth, a job's) is not told of itself; older servers lack the one call or the other. */
async function orUntold<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isKind(error, 'forbidden', 'not-found', 'unauthorized', 'invalid')) return null;
    throw error;
  }
}

function missingScopes(token: Fields): readonly string[] {
  const granted = token.texts('scopes');
  return scopes.filter((scope) => !granted.includes(scope));
}

function complaintsOf(token: Fields, now: Date): readonly string[] {
  const end = token.textOrNull('expires_at');
  const days = end === null ? Number.POSITIVE_INFINITY : (Date.parse(end) - now.getTime()) / 86_400_000;
  return days < soonDays ? [`the token ends in ${Math.max(0, Math.floor(days))} days`] : [];
}

/** Before 16 GitLab answers in other shapes; before 17.3 it lists no events of webhooks. */
function versionOf(text: string): VersionFacts {
  const [major = 0, minor = 0] = text.split('.').map((part) => Number.parseInt(part, 10));
  const listsEvents = major > 17 || (major === 17 && minor >= 3);
  const lacks = listsEvents
    ? []
    : ['before 17.3 it does not say which webhooks it could not bring: what they told of is found later, by looking'];
  return { text, oldest: '16.0', isTooOld: major < 16, lacks };
}

/** GitLab's names of the roles; a custom role goes by the one it is built on. */
const roleNames: Readonly<Record<Role, string>> = {
  none: 'no role',
  read: 'Guest',
  triage: 'Reporter',
  write: 'Developer',
  maintain: 'Maintainer',
  admin: 'Owner',
};

async function readRepository(client: Client, name: string, ref: RepoRef): Promise<RepositoryFacts> {
  const own = read(await client.Users.showCurrentUser(), 'own user').number('id');
  const role = roleAt(await readLevel(client, ref.id, own));
  const facts = { role, roleName: roleNames[role], hookPath: hookPath(name) };
  const found = await readHooks({ client, name }, ref.id);
  if (found === null) return { ...facts, hooks: null };
  const hooks: RepositoryHook[] = [];
  for (const hook of found) hooks.push(await readHook(client, ref, hook));
  return { ...facts, hooks };
}

/** Events we need, and what GitLab's settings call them. */
const events = { push_events: 'Push events', merge_requests_events: 'Merge request events', note_events: 'Comments' };

async function readHook(client: Client, ref: RepoRef, hook: Fields): Promise<RepositoryHook> {
  const missing = Object.entries(events).filter(([field]) => !hook.flag(field));
  return {
    url: hook.textOrNull('url'),
    checksTls: !hook.has('enable_ssl_verification') || hook.flag('enable_ssl_verification'),
    deliveries: await readAttempts({ client }, ref.id, hook),
    missingEvents: missing.map(([, word]) => word),
    // Servers without the feature say nothing.
    isSwitchedOff: (hook.textOrNull('alert_status') ?? 'executable') !== 'executable',
  };
}
