import { createHash, verify } from 'node:crypto';
import { Refusal } from './route.ts';
import { type AppFacts, botOf, type Permissions, type Token, userOf, type World } from './state.ts';

/** Seconds an app's JWT may live, and how far clocks may differ. */
const JWT_LIFE = 600;
const SKEW = 60;
const TOKEN_LIFE = 3_600_000;

/** The app whose JWT this is: RS256 by its own key, issued by it, not expired, no longer than ten minutes. */
export function requireApp(world: World, authorization: string | undefined): AppFacts {
  const jwt = /^bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const [head = '', claims = '', signature = ''] = jwt.split('.');
  const { iss, iat, exp } = parse(claims);
  const app = appOf(world, String(iss));
  const { publicKey } = app ?? world.app;
  const signed = verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), publicKey, decode(signature));
  const refused = new Refusal(401, 'A JSON web token could not be decoded');
  if (!signed || parse(head)['alg'] !== 'RS256') throw refused;
  const now = world.now().getTime() / 1000;
  if (app === undefined) throw new Refusal(401, 'Integration not found');
  if (Number(exp) <= now || Number(iat) > now + SKEW || Number(exp) - Number(iat) > JWT_LIFE + SKEW) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  return app;
}

function appOf({ app, manifests }: World, id: string): AppFacts | undefined {
  const all = [app, ...[...manifests.values()].map((made) => made.app)];
  return all.find((one) => String(one.id) === id);
}

/** The live token a request carries, as `token X`, `bearer X` or Basic (Git). */
export function requireToken(world: World, authorization: string | undefined): Token {
  const token = world.tokens.get(tokenText(authorization ?? ''));
  if (token === undefined || token.expiresAt <= world.now()) throw new Refusal(401, 'Bad credentials');
  return token;
}

/** An installation token, narrowed to permissions and repositories where the request says so. */
export function mintInstallationToken(
  world: World,
  installation: number,
  narrow: { readonly permissions: Permissions | null; readonly repositories: readonly string[] | null },
): Token {
  const granted = world.app.permissions;
  for (const [name, level] of Object.entries(narrow.permissions ?? {})) {
    if (!allows(granted, name, level)) {
      throw new Refusal(422, 'The permissions requested are not granted to this installation.');
    }
  }
  return remember(world, {
    permissions: narrow.permissions ?? granted,
    repositories: narrow.repositories,
    installation,
    user: botOf(world),
    byApp: true,
    isPersonal: false,
  });
}

/** A token as GitHub Actions gives to a job: acts as `github-actions[bot]` on one repository. */
export function mintActionsToken(world: World, repository: string, permissions: Permissions): Token {
  const user = userOf(world, 'github-actions[bot]');
  const facts = { permissions, repositories: [repository], installation: null, user, byApp: true, isPersonal: false };
  return remember(world, facts);
}

/** A person's own token. */
export function mintPersonalToken(world: World, login: string, permissions: Permissions): Token {
  const user = userOf(world, login);
  return remember(world, { permissions, repositories: null, installation: null, user, byApp: false, isPersonal: true });
}

/** Whether permissions allow a level: write includes read. */
export function allows(permissions: Permissions, name: string, level: 'read' | 'write'): boolean {
  const held = permissions[name];
  return held === 'write' || (held === 'read' && level === 'read');
}

function remember(world: World, facts: Omit<Token, 'value' | 'expiresAt'>): Token {
  const seed = `${world.app.privateKey}${world.nextId()}`;
  const value = `ghs_${createHash('sha256').update(seed).digest('hex').slice(0, 36)}`;
  const token: Token = { ...facts, value, expiresAt: new Date(world.now().getTime() + TOKEN_LIFE) };
  world.tokens.set(value, token);
  return token;
}

function tokenText(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() !== 'basic') return value;
  const [user = '', password = ''] = Buffer.from(value, 'base64').toString().split(':', 2);
  return user === 'x-access-token' ? password : '';
}

function decode(part: string): Buffer {
  return Buffer.from(part, 'base64url');
}

function parse(part: string): Record<string, unknown> {
  try {
    return JSON.parse(decode(part).toString()) as Record<string, unknown>;
  } catch {
    // Not JSON, so it holds no claim.
    return {};
  }
}
