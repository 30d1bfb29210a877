import type { Logger } from 'pino';
import { type Client, clientOptions, type Pace, writeOnce } from './client.ts';
import { calling, type ErrorContext } from './errors.ts';

/** What authenticating as an app takes. */
export interface AppOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly secret: string;
  readonly baseUrl: string | undefined;
  readonly logger: Logger;
  readonly pace: Pace;
  readonly errors: ErrorContext;
}

/** GitHub as an app sees it. */
export interface App {
  /** A client that speaks for one installation, with a queue of its own. */
  installation(id: number): Promise<Client>;
  /** The installation on a repository. */
  findInstallation(owner: string, repo: string): Promise<number>;
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
  const client = (await probot.auth()) as unknown as Client;
  return {
    // With an id Probot gives each installation a throttle queue of its own; without, all would share one.
    installation: async (id) => (await probot.auth(id)) as unknown as Client,
    findInstallation: async (owner, repo) => {
      const route = 'GET /repos/{owner}/{repo}/installation';
      return (await calling(errors, () => client.request(route, { owner, repo }))).data.id;
    },
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
