import type { Logger } from 'pino';
import { type Guard, noGuard } from '../calls/guard.ts';
import { remember } from '../remember.ts';
import { type Client, clientOptions, type Pace, writeOnce } from './client.ts';
import { calling, type ErrorContext, unless } from './errors.ts';
import { guardClient } from './guarded-client.ts';

/** What authenticating as an app takes. */
export interface AppOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly secret: string;
  readonly baseUrl: string | undefined;
  readonly logger: Logger;
  readonly pace: Pace;
  readonly errors: ErrorContext;
  /** What stands before the calls of an installation. */
  readonly guard: (installation: number) => Omit<Guard, 'figure'>;
}

/** GitHub as an app sees it. */
export interface App {
  /** Speaks for the app itself. */
  readonly client: Client;
  /** A client that speaks for one installation, with a queue of its own. */
  installation(id: number): Promise<Client>;
  /** The installation on a repository; null where there is none. */
  findInstallation(owner: string, repo: string): Promise<{ readonly id: number; readonly isSuspended: boolean } | null>;
  /** A token that may read the contents of one repository and nothing else. */
  mintReadToken(installation: number, repository: number): Promise<string>;
  /** Login of the user that the app's comments come from. */
  botLogin(): Promise<string>;
}

/** Loads Probot and authenticates with it. */
export async function openApp(options: AppOptions): Promise<App> {
  const { errors } = options;
  const probot = await createProbot(options);
  // The casts: Probot's Octokit and ours are built on one core and answer the same routes, from different type packages.
  const plain = (await probot.auth()) as unknown as Client;
  const client = guardClient(plain, { ...options, guard: noGuard, renew: async () => null });
  const installations = new Map<number, Client>();
  return {
    client,
    // With an id Probot gives each installation a throttle queue of its own; without, all would share one.
    installation: async (id) => {
      const known = installations.get(id);
      return known ?? remember(installations, id, await openInstallation(probot, id, options));
    },
    findInstallation: (owner, repo) =>
      unless('not-found', null, async () => {
        const route = 'GET /repos/{owner}/{repo}/installation';
        const { id, suspended_at } = (await calling(errors, () => client.request(route, { owner, repo }))).data;
        return { id, isSuspended: suspended_at !== null };
      }),
    mintReadToken: async (installation, repository) => {
      const route = 'POST /app/installations/{installation_id}/access_tokens';
      const permissions = { contents: 'read', metadata: 'read' } as const;
      const asked = { installation_id: installation, repository_ids: [repository], permissions, ...writeOnce };
      return (await calling(errors, () => client.request(route, asked))).data.token;
    },
    botLogin: async () => {
      const { data } = await calling(errors, () => client.request('GET /app'));
      return `${data?.slug}[bot]`;
    },
  };
}

/** Milliseconds between two tokens made anew because the one before was refused. */
const renewPause = 60_000;

async function openInstallation(probot: AnyProbot, id: number, options: AppOptions): Promise<Client> {
  let renewedAt = -Infinity;
  const renew = async (): Promise<Client | null> => {
    if (performance.now() - renewedAt < renewPause) return null;
    renewedAt = performance.now();
    // The old one keeps its token for the rest of an hour, whatever GitHub says of it.
    return clientOf(await createProbot(options), id);
  };
  return guardClient(await clientOf(probot, id), { ...options, guard: options.guard(id), renew });
}

type AnyProbot = Awaited<ReturnType<typeof createProbot>>;

/** With an id Probot gives each installation a throttle queue of its own; without, all would share one. */
async function clientOf(probot: AnyProbot, id: number): Promise<Client> {
  return (await probot.auth(id)) as unknown as Client;
}

async function createProbot(options: AppOptions) {
  const { Probot, ProbotOctokit } = await import('probot');
  const { throttle, retry, request } = clientOptions(options.pace);
  // Probot's own defaults would win over a plain object; a function has the last word.
  const Octokit = ProbotOctokit.defaults((given: { readonly throttle?: object }) => ({
    ...given,
    retry,
    throttle: { ...given.throttle, ...throttle },
  }));
  return new Probot({
    appId: options.appId,
    privateKey: options.privateKey,
    // Never used, as our own receiver checks signatures; without it Probot would fall back to a default word.
    secret: options.secret,
    // The cast: `defaults` answers an anonymous class, the same constructor with other defaults.
    Octokit: Octokit as unknown as typeof ProbotOctokit,
    log: options.logger,
    request,
    baseUrl: options.baseUrl,
  });
}
