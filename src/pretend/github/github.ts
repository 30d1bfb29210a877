import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { load } from 'js-yaml';
import { startProcessHost } from '../../tools/process-host.ts';
import { type GitPlace, isolatedGit, serveGit } from '../git-http.ts';
import { isManifestPage, takeManifest } from './app-manifests.ts';
import { loadContract } from './description.ts';
import { createFaults, type Faults } from './faults.ts';
import { createHooks, type Hooks } from './hooks.ts';
import { allows, mintActionsToken, mintPersonalToken, requireToken } from './identity.ts';
import { addRepository, type PretendRepository } from './repository.ts';
import { API_PREFIX, type LoggedRequest, type RestServer, serveRest } from './rest.ts';
import { Refusal } from './route.ts';
import { reachable } from './routes.ts';
import { botOf, type MadeApp, type Permissions, userOf, type World } from './state.ts';

/** How to start the pretend GitHub. */
export interface PretendGitHubOptions {
  /** Text of app.yml: its permissions are what installations grant. */
  readonly appYaml: string;
  readonly now: () => Date;
  /** Empty folder for the bare repositories. */
  readonly dir: string;
  /** Whether bodies are held to the official description, as by default. */
  readonly bodies?: 'checked' | 'trusted';
}

/** A GitHub on loopback: REST API, Git, webhooks, faults. State lives in memory and in `dir`. */
export interface PretendGitHub {
  /** Base of the REST API: `http://127.0.0.1:PORT/api/v3`. */
  readonly apiUrl: string;
  /** The app as GitHub hands it out: id, name and a private key in PEM. */
  readonly app: { readonly id: number; readonly slug: string; readonly privateKey: string };
  /** Apps that were made from a manifest. */
  madeApps(): readonly MadeApp[];
  readonly faults: Faults;
  readonly hooks: Hooks;
  /** Every REST request so far. */
  readonly requests: readonly LoggedRequest[];
  /** Requests and answers that broke the official description. */
  readonly violations: readonly string[];
  /** Requests that came although a limit had told the caller to wait. */
  readonly early: readonly LoggedRequest[];
  /** What is left of the primary limit of 5,000 calls until it is full again. */
  setQuota(remaining: number, resetAt: Date): void;
  createRepo(spec: { owner: string; name: string; isPrivate?: boolean }): Promise<PretendRepository>;
  /** No token that was made so far is good any more. */
  revokeTokens(): void;
  /** A token as GitHub Actions hands to a job of one repository. */
  actionsToken(repository: string, permissions: Permissions): string;
  /** A team without members, such as `acme/sre`. */
  addTeam(team: string): void;
  /** Puts a user into a team, which is made on first mention. */
  addMember(team: string, login: string): void;
  /** A person's token, for every repository. */
  personalToken(login: string, permissions: Permissions): string;
  close(): Promise<void>;
}

/** Starts a GitHub on a free loopback port. */
export async function startGitHub(options: PretendGitHubOptions): Promise<PretendGitHub> {
  const world = createWorld(options);
  const rest: RestServer = {
    world,
    faults: createFaults(),
    requests: [],
    violations: [],
    quota: null,
    early: [],
    closedUntil: 0,
  };
  const processes = startProcessHost();
  const server = createServer((request, response) => {
    serve(rest, { dir: options.dir, processes }, request, response).catch((error: unknown) =>
      fail(rest, response, error),
    );
  });
  world.origin = await listen(server);
  return describe(rest, server, { dir: options.dir, processes });
}

function describe(rest: RestServer, server: Server, { dir, processes }: GitPlace): PretendGitHub {
  const { world } = rest;
  return {
    apiUrl: `${world.origin}${API_PREFIX}`,
    app: { id: world.app.id, slug: world.app.slug, privateKey: world.app.privateKey },
    madeApps: () => [...world.manifests.values()],
    faults: rest.faults,
    hooks: world.hooks,
    requests: rest.requests,
    violations: rest.violations,
    early: rest.early,
    setQuota: (remaining, resetAt) => {
      rest.quota = { remaining, resetAt };
    },
    revokeTokens: () => world.tokens.clear(),
    createRepo: (spec) => addRepository(world, { ...spec, dir, run: processes.run }),
    actionsToken: (repository, permissions) => mintActionsToken(world, repository, permissions).value,
    addMember: (team, login) => {
      const members = world.teams.get(team) ?? new Set();
      world.teams.set(team, members.add(userOf(world, login).login));
    },
    addTeam: (team) => {
      world.teams.set(team, world.teams.get(team) ?? new Set());
    },
    personalToken: (login, permissions) => mintPersonalToken(world, login, permissions).value,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await processes.close();
    },
  };
}

function createWorld({ appYaml, now, bodies }: PretendGitHubOptions): World {
  const manifest = load(appYaml) as Record<string, unknown>;
  const name = String(manifest['name']);
  let last = 1000;
  const nextId = () => ++last;
  const world: World = {
    now,
    app: {
      id: 77,
      name,
      slug: name.toLowerCase(),
      permissions: manifest['default_permissions'] as Permissions,
      events: manifest['default_events'] as readonly string[],
      owner: 'acme',
      ...appKeys(),
    },
    manifests: new Map(),
    repositories: new Map(),
    formerNames: new Map(),
    users: new Map(),
    tokens: new Map(),
    origin: '',
    teams: new Map(),
    hooks: createHooks({ nextId, now }),
    contract: loadContract(bodies),
    nextId,
  };
  botOf(world);
  return world;
}

let madeKeys: { readonly publicKey: string; readonly privateKey: string } | null = null;

/** One key pair for a process: making one takes longer than everything else here. */
function appKeys(): { readonly publicKey: string; readonly privateKey: string } {
  madeKeys ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return madeKeys;
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

async function serve(
  rest: RestServer,
  { dir, processes }: GitPlace,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', rest.world.origin);
  if (url.pathname.startsWith(`${API_PREFIX}/`)) return serveRest(rest, request, response);
  if (isManifestPage(url)) return takeManifest(rest.world, request, response);
  const repository = /^\/([^/]+\/[^/]+)\.git\//.exec(url.pathname)?.[1];
  if (repository === undefined) throw new Refusal(404, 'Not Found');
  authorizeGit(rest.world, request, { repository, isPush: isPush(url) });
  return serveGit(
    request,
    response,
    { projectRoot: dir, path: pathOnDisk(rest.world, repository, url.pathname), query: url.search.slice(1) },
    processes.run,
  );
}

/** A repository that was renamed stays where it was made; its former name leads there as well. */
function pathOnDisk({ repositories, formerNames }: World, name: string, path: string): string {
  const known = repositories.get(name) ?? formerNames.get(name);
  return known === undefined ? path : path.replace(`/${name}.git`, `/${known.firstName}.git`);
}

function isPush(url: URL): boolean {
  return url.pathname.endsWith('/git-receive-pack') || url.searchParams.get('service') === 'git-receive-pack';
}

/** A public repository may be read by anybody; everything else needs a token with `contents`. */
function authorizeGit(world: World, request: IncomingMessage, what: { repository: string; isPush: boolean }): void {
  const { authorization } = request.headers;
  const known = world.repositories.get(what.repository);
  if (authorization === undefined && known?.isPrivate === false && !what.isPush) return;
  const token = requireToken(world, authorization);
  reachable(world, token, what.repository);
  if (!allows(token.permissions, 'contents', what.isPush ? 'write' : 'read')) throw new Refusal(403, 'Forbidden');
}

function fail(rest: RestServer, response: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal ? error : null;
  if (refusal === null) rest.violations.push(`the pretend GitHub broke: ${String(error)}`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = refusal?.status ?? 500;
  response.writeHead(status, status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {});
  response.end(refusal?.message ?? 'Server Error');
}

/** Variables to run a Git client with, so that it reads no configuration of the machine. */
export const gitClientVariables = isolatedGit;
