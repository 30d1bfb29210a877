import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startProcessHost } from '../../tools/process-host.ts';
import { type GitPlace, serveGit } from '../git-http.ts';
import { createFaults, type Faults } from '../github/faults.ts';
import { loadContract } from './description.ts';
import { createHooks, type Hooks } from './hooks.ts';
import { findProject, levelIn, requireToken } from './identity.ts';
import { addProject, type PretendProject } from './project.ts';
import type { ExecutedAction } from './quick-actions.ts';
import { type LoggedRequest, type RestServer, serveRest } from './rest.ts';
import { Refusal } from './route.ts';
import { type Token, userOf, type World } from './state.ts';

/** How to start the pretend GitLab. */
export interface PretendGitLabOptions {
  readonly now: () => Date;
  /** Empty folder for the bare repositories. */
  readonly dir: string;
}

/** A GitLab on loopback: REST API, Git, webhooks, faults. State lives in memory and in `dir`. */
export interface PretendGitLab {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly faults: Faults;
  readonly hooks: Hooks;
  /** Every REST request so far. */
  readonly requests: readonly LoggedRequest[];
  /** Requests and answers that broke the description. */
  readonly violations: readonly string[];
  /** Quick actions that were run, oldest first, with whose rights. */
  readonly executed: readonly ExecutedAction[];
  createProject(spec: { fullName: string; isPrivate?: boolean }): Promise<PretendProject>;
  createGroup(path: string): void;
  addMember(group: string, user: string, level?: number): void;
  /** Makes a user a member of a project, a fork for instance, by its full name. */
  grant(fullName: string, user: string, level: number): void;
  /** A token of a user with these scopes. */
  accessToken(user: string, spec?: { scopes?: Token['scopes']; expiresAt?: Date }): string;
  /** Says from now on that it is this version; `18.6.0` until told otherwise. */
  setVersion(version: string): void;
  /** From now on the user may do nothing. */
  blockUser(user: string): void;
  close(): Promise<void>;
}

/** Starts a GitLab on a free loopback port. */
export async function startGitLab(options: PretendGitLabOptions): Promise<PretendGitLab> {
  const world = createWorld(options);
  const rest: RestServer = { world, faults: createFaults(), requests: [], violations: [] };
  const processes = startProcessHost();
  const server = createServer((request, response) => {
    serve(rest, { dir: options.dir, processes }, request, response).catch((error: unknown) =>
      fail(rest, response, error),
    );
  });
  world.origin = await listen(server);
  return {
    url: world.origin,
    faults: rest.faults,
    hooks: world.hooks,
    requests: rest.requests,
    violations: rest.violations,
    executed: world.executed,
    createProject: (spec) => addProject(world, { ...spec, dir: options.dir, run: processes.run }),
    createGroup: (path) => {
      world.groups.set(path, { id: world.nextId(), path, members: new Map() });
    },
    addMember: (path, user, level = 30) => {
      world.groups.get(path)?.members.set(userOf(world, user).id, level);
    },
    grant: (fullName, user, level) => {
      findProject(world, fullName)?.members.set(userOf(world, user).id, level);
    },
    accessToken: (user, { scopes = fullScope, expiresAt } = {}) =>
      mint(world, user, { scopes, expiresAt: expiresAt ?? null }),
    setVersion: (version) => {
      world.version = version;
    },
    blockUser: (user) => {
      userOf(world, user).state = 'blocked';
    },
    close: async () => {
      await close(server);
      await processes.close();
    },
  };
}

/** The scope that covers all of the API and Git. */
const fullScope: Token['scopes'] = ['api'];

function createWorld({ now }: PretendGitLabOptions): World {
  let last = 1000;
  const nextId = () => ++last;
  return {
    now,
    contract: loadContract(),
    hooks: createHooks({ nextId, now }),
    users: new Map(),
    projects: new Map(),
    groups: new Map(),
    tokens: new Map(),
    executed: [],
    version: '18.6.0',
    origin: '',
    nextId,
  };
}

function mint(world: World, user: string, facts: Pick<Token, 'scopes' | 'expiresAt'>): string {
  const seed = createHash('sha256').update(`${user} ${world.nextId()}`).digest('hex');
  const value = `glpat-${seed.slice(0, 20)}`;
  world.tokens.set(value, { ...facts, value, user: userOf(world, user) });
  return value;
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

async function serve(
  rest: RestServer,
  { dir, processes }: GitPlace,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', rest.world.origin);
  if (url.pathname.startsWith('/api/')) return serveRest(rest, request, response);
  const name = /^\/(.+?)\.git\//.exec(url.pathname)?.[1];
  if (name === undefined) throw new Refusal(404, '404 Not Found');
  authorizeGit(rest.world, request, { name, isPush: isPush(url) });
  return serveGit(
    request,
    response,
    { projectRoot: dir, path: url.pathname, query: url.search.slice(1) },
    processes.run,
  );
}

function isPush(url: URL): boolean {
  return url.pathname.endsWith('/git-receive-pack') || url.searchParams.get('service') === 'git-receive-pack';
}

/** A public project may be read by anybody; everything else needs a member: reporters read, developers push. */
function authorizeGit(world: World, request: IncomingMessage, what: { name: string; isPush: boolean }): void {
  const project = findProject(world, what.name);
  if (request.headers.authorization === undefined && project?.isPrivate === false && !what.isPush) return;
  const token = requireToken(world, request.headers);
  if (project === null || levelIn(token, project) < (what.isPush ? 30 : 20)) throw new Refusal(404, '404 Not Found');
  const isReadOnly = !token.scopes.includes('api') && !token.scopes.includes('read_repository');
  if (isReadOnly) throw new Refusal(403, '403 Forbidden');
}

function fail(rest: RestServer, response: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal ? error : null;
  if (refusal === null) rest.violations.push(`the pretend GitLab broke: ${String(error)}`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(refusal?.status ?? 500, refusal?.headers ?? {});
  response.end(JSON.stringify(refusal?.body ?? { message: '500 Internal Server Error' }));
}
