import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from './route.ts';
import type { Project, Token, World } from './state.ts';

/** The live token a request carries: a bearer header, `PRIVATE-TOKEN`, or Basic (Git). */
export function requireToken(world: World, headers: IncomingHttpHeaders): Token {
  const given = headers['private-token'];
  const token = world.tokens.get(typeof given === 'string' ? given : tokenText(headers.authorization ?? ''));
  if (token === undefined) throw new Refusal(401, '401 Unauthorized', { 'www-authenticate': 'Basic realm="GitLab"' });
  if (token.expiresAt !== null && token.expiresAt <= world.now()) {
    throw new Refusal(401, {
      error: 'invalid_token',
      error_description: 'Token is expired. You can either do re-authorization or token refresh.',
    });
  }
  return token;
}

/** Refuses what the scopes of the token do not cover. */
export function requireScope(token: Token, isRead: boolean): void {
  const { scopes } = token;
  if (scopes.includes('api') || (isRead && scopes.includes('read_api'))) return;
  throw new Refusal(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: isRead ? 'api read_api' : 'api',
  });
}

/** Access level of the token's user; a private project is not there for who has none. */
export function levelIn(token: Token, project: Project): number {
  const own = project.members.get(token.user.id) ?? 0;
  return project.isPrivate ? own : Math.max(own, 10);
}

/** The project of an id or path. */
export function findProject(world: World, id: string): Project | null {
  const byId = world.projects.get(Number(id));
  return byId ?? [...world.projects.values()].find(({ fullName }) => fullName === id) ?? null;
}

function tokenText(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() !== 'basic') return value;
  return Buffer.from(value, 'base64').toString().split(':', 2)[1] ?? '';
}
