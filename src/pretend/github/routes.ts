import { manifestRoutes } from './app-manifests.ts';
import { appRoutes, repositoriesOf } from './app-routes.ts';
import { appBody, installationBody, repositoryBody, userBody } from './bodies.ts';
import { branchRoutes } from './branch-routes.ts';
import { checkRoutes } from './check-routes.ts';
import { commentRoutes } from './comment-routes.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { gitRoutes } from './git-routes.ts';
import { allows, mintInstallationToken, requireApp, requireToken } from './identity.ts';
import { issueRoutes } from './issue-routes.ts';
import { pullRoutes } from './pull-routes.ts';
import { type Answer, type AppCall, type Call, type Need, Refusal, type RepositoryCall, type Route } from './route.ts';
import type { Permissions, Repository, Token, World } from './state.ts';
import { statusRoutes } from './status-routes.ts';

/** Every route the pretend GitHub serves, by its operation in the official description. */
export const routes: readonly Route[] = [
  { operation: 'GET /app', by: 'app', run: ownApp },
  { operation: 'GET /repos/{owner}/{repo}/installation', by: 'app', run: findInstallation },
  { operation: 'POST /app/installations/{installation_id}/access_tokens', by: 'app', run: mintToken },
  { operation: 'GET /user', by: 'token', run: ownUser },
  { operation: 'GET /users/{username}', by: 'token', run: findUser },
  { operation: 'GET /repos/{owner}/{repo}', by: 'repository', needs: [['metadata', 'read']], run: getRepository },
  {
    operation: 'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
    by: 'repository',
    needs: [['metadata', 'read']],
    run: getPermission,
  },
  { operation: 'GET /orgs/{org}/teams/{team_slug}/memberships/{username}', by: 'token', run: getMembership },
  ...appRoutes,
  ...manifestRoutes,
  ...branchRoutes,
  ...gitRoutes,
  ...pullRoutes,
  ...commentRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...statusRoutes,
  ...deploymentRoutes,
];

/** Checks who asks and what they may, then runs the route. */
export async function runRoute(route: Route, call: Call, authorization: string | undefined): Promise<Answer> {
  if (route.by === 'anyone') return route.run(call);
  if (route.by === 'app') return route.run({ ...call, app: requireApp(call.world, authorization) });
  const token = requireToken(call.world, authorization);
  if (route.by === 'token') return route.run({ ...call, token });
  const repository = reachable(call.world, token, `${call.params['owner']}/${call.params['repo']}`);
  requirePermission(token, route.needs);
  if (repository.isArchived && !route.operation.startsWith('GET ')) {
    throw new Refusal(403, 'Repository was archived so is read-only.');
  }
  return route.run({ ...call, token, repository });
}

/** The repository of a name; one the token does not reach is not there at all. */
export function reachable(world: World, token: Token, fullName: string): Repository {
  const repository = world.repositories.get(fullName);
  const inScope = token.repositories === null || token.repositories.includes(fullName);
  const ofInstallation = token.installation === null || token.installation === repository?.installation;
  if (repository === undefined || !inScope || !ofInstallation) throw new Refusal(404, 'Not Found');
  return repository;
}

function requirePermission(token: Token, needs: readonly Need[]): void {
  if (needs.some(([name, level]) => allows(token.permissions, name, level))) return;
  const accepted = needs.map(([name, level]) => `${name}=${level}`).join('; ');
  throw new Refusal(403, 'Resource not accessible by integration', { 'x-accepted-github-permissions': accepted });
}

function ownApp({ world, app }: AppCall): Answer {
  return { status: 200, body: appBody(world, app) };
}

function findInstallation({ world, params, app }: AppCall): Answer {
  const repository = world.repositories.get(`${params['owner']}/${params['repo']}`);
  if (app !== world.app || repository === undefined || repository.installation === null)
    throw new Refusal(404, 'Not Found');
  return { status: 200, body: installationBody(world, repository) };
}

function mintToken({ world, params, body, app }: AppCall): Answer {
  const installation = Number(params['installation_id']);
  const own = repositoriesOf(world, app).filter((repository) => repository.installation === installation);
  if (own.length === 0) throw new Refusal(404, 'Not Found');
  const token = mintInstallationToken(world, installation, {
    permissions: (body['permissions'] as Permissions | undefined) ?? null,
    repositories: chosenRepositories(own, body),
  });
  return {
    status: 201,
    body: { token: token.value, expires_at: token.expiresAt.toISOString(), permissions: token.permissions },
  };
}

function chosenRepositories(own: readonly Repository[], body: Readonly<Record<string, unknown>>): string[] | null {
  const ids = body['repository_ids'] as readonly number[] | undefined;
  const names = body['repositories'] as readonly string[] | undefined;
  if (ids === undefined && names === undefined) return null;
  const chosen = own.filter(({ id, name }) => (ids?.includes(id) ?? false) || (names?.includes(name) ?? false));
  if (chosen.length < (ids?.length ?? 0) + (names?.length ?? 0)) {
    throw new Refusal(422, 'There is at least one repository that does not exist or is not accessible.');
  }
  return chosen.map(({ fullName }) => fullName);
}

function ownUser({ world, token }: Call & { readonly token: Token }): Answer {
  if (!token.isPersonal) throw new Refusal(403, 'Resource not accessible by integration');
  return { status: 200, body: userBody(world, token.user) };
}

function findUser({ world, params }: Call): Answer {
  const user = world.users.get(params['username'] ?? '');
  if (user === undefined) throw new Refusal(404, 'Not Found');
  return { status: 200, body: { user_view_type: 'public', ...userBody(world, user) } };
}

function getRepository({ world, repository }: RepositoryCall): Answer {
  const { mergeMethods } = repository;
  const merging = {
    allow_merge_commit: mergeMethods.includes('merge'),
    allow_squash_merge: mergeMethods.includes('squash'),
    allow_rebase_merge: false,
  };
  return { status: 200, body: { ...repositoryBody(world, repository), ...merging } };
}

/** `permission` folds roles: maintain is written as write, triage as read. `role_name` does not. */
function getPermission({ world, repository, params }: RepositoryCall): Answer {
  const user = world.users.get(params['username'] ?? '');
  if (user === undefined) throw new Refusal(404, 'Not Found');
  const role = repository.roles.get(user.login) ?? 'none';
  const folded: Readonly<Record<string, string>> = { maintain: 'write', triage: 'read' };
  const body = {
    permission: folded[role] ?? role,
    role_name: role,
    user: { ...userBody(world, user), role_name: role },
  };
  return { status: 200, body };
}

/** A team that is not there, and one without the user, look alike. */
function getMembership({ world, params, token }: Call & { readonly token: Token }): Answer {
  requirePermission(token, [['members', 'read']]);
  const slug = `${params['org']}/${params['team_slug']}`;
  if (world.teams.get(slug)?.has(params['username'] ?? '') !== true) throw new Refusal(404, 'Not Found');
  const url = `${world.origin}/api/v3/orgs/${params['org']}/teams/${params['team_slug']}/memberships/${params['username']}`;
  return { status: 200, body: { state: 'active', role: 'member', url } };
}
