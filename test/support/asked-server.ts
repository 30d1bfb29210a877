import { pino } from 'pino';
import { redeploy } from '../../src/features/deploy/redeploy.ts';
import type { DeployTools } from '../../src/features/deploy/tools.ts';
import { discover } from '../../src/gitops/discover/discover.ts';
import type { DeploymentState } from '../../src/model/deployment.ts';
import { defaultSettings, type EnvironmentSettings, type Settings } from '../../src/model/settings.ts';
import { announce } from '../../src/server/announce.ts';
import { createApi } from '../../src/server/api.ts';
import { startServer } from '../../src/server/http.ts';
import { answerOthers } from '../../src/server/others.ts';
import { tellProgress } from '../../src/server/progress.ts';
import { askRedeployment, type RedeployTools } from '../../src/server/redeployments.ts';
import type { Forge, Pull, RepoPort } from '../../src/world/forge/forge.ts';
import { openRepository } from '../../src/world/git/repository.ts';
import { type TemporaryRepository, temporaryRepository } from '../world/git/temporary-repository.ts';
import { shop } from './deployments.ts';
import { type KeptFolder, keptFolder } from './kept.ts';

const manifest = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

/** How the environment `prod` deploys. */
export const prod: EnvironmentSettings = {
  ...{ name: 'prod', match: [], branch: null, clusters: [] },
  deploy: { on: 'command', engine: 'apply', after: null, approvals: null },
  onFailure: { action: 'none' },
  onDrift: { action: 'report' },
};

/** A server that carries deployments out up to a state of the test's choosing: the real API, store, queue and Git. */
export interface AskedServer {
  readonly folder: KeptFolder;
  readonly git: TemporaryRepository;
  readonly commits: readonly [string, string];
  readonly url: string;
  readonly token: string;
  readonly tools: RedeployTools;
  /** Commit -> the merged pull that brought it. */
  readonly pulls: Map<string, number>;
  settings: Settings;
  /** What deployments end as. */
  ends: DeploymentState;
  stop(): Promise<void>;
}

/** The token of every asked server. */
export const apiToken = 'b3f1c2d4e5a697887766554433221100';

/** Starts one: two commits on main, an application `web` in prod. */
export async function askedServer(open?: Parameters<typeof keptFolder>[0]): Promise<AskedServer> {
  const [folder, git] = [await keptFolder(open), temporaryRepository()];
  const first = git.commit({ 'envs/prod/web/a.yaml': manifest('a') });
  const second = git.commit({ 'envs/prod/web/a.yaml': manifest('b') });
  const { store, queue } = folder;
  await store.repos.see(null, shop);
  const repository = await openRepository({
    path: git.path,
    signal: AbortSignal.timeout(60_000),
    environment: process.env,
  });
  const clusters = { mode: 'live' as const, bare: null, byEnvironment: new Map([['prod', ['prod-eu']]]) };
  const pulls = new Map<string, number>();
  const port: Pick<RepoPort, 'pullsForCommit'> = {
    // Only the number of a pull is read here.
    pullsForCommit: async (sha) => (pulls.has(sha) ? [{ number: pulls.get(sha) } as Pull] : []),
  };
  const tools: RedeployTools = {
    // Nothing else of a forge is reached here.
    forge: () => ({ repo: async () => port }) as unknown as Forge,
    now: () => new Date(),
    ...{ store, queue },
    mirror: async () => repository,
    settings: async () => ({ settings: server.settings, clusters, branch: 'main', commit: second, problem: null }),
    applications: async ({ tree }, settings, signal) => {
      const { applications, affected } = await discover(tree, { under: '', settings }, signal);
      return { all: applications, reached: (paths) => affected(paths).map(({ application }) => application) };
    },
  };
  const http = await listenFor(tools);
  const withdraw = await announce(folder.path, { url: http.url, token: apiToken });
  const server: AskedServer = {
    ...{ folder, git, commits: [first, second], url: http.url, token: apiToken, tools, pulls },
    settings: { ...defaultSettings, mode: 'enforce', environments: new Map([['prod', prod]]) },
    ends: 'healthy',
    stop: async () => {
      await withdraw();
      await http.close();
      await folder.remove();
      await repository.close();
      git.remove();
    },
  };
  // What of deploying the request reaches is all in here.
  const deployTools = tools as DeployTools;
  queue.work('redeploy', ({ payload }, signal) => redeploy(payload, deployTools, signal));
  queue.work('tell', async () => {});
  queue.work('deploy', async ({ payload }) => {
    await store.deployments.update(null, payload.deployment, { state: server.ends });
  });
  queue.start();
  return server;
}

/** Another door to what such a server does: its API, and nothing that runs jobs. */
export function listenFor(tools: RedeployTools): ReturnType<typeof startServer> {
  const logger = pino({ level: 'silent' });
  const api = createApi({
    ...{ token: apiToken, logger, redact: (text) => text },
    routes: {
      '/api/v1/redeployments': (body, signal) => askRedeployment(body, tools, signal),
      '/api/v1/redeployments/progress': (body) => tellProgress(body, tools),
    },
  });
  return startServer({
    host: '127.0.0.1',
    port: 0,
    hooks: [],
    logger,
    others: answerOthers({ fault: () => null, api }),
  });
}
