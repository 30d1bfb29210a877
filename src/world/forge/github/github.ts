import type { Logger } from 'pino';
import type { Forge, ForgeLimits, RepoPort, RepoRef } from '../forge.ts';
import { type Access, createTurns, lazily, splitName } from './access.ts';
import { type App, openApp } from './app.ts';
import { ANNOTATIONS_PER_CALL } from './checks.ts';
import { type Client, defaultPace, type Pace } from './client.ts';
import { calling, type ErrorContext } from './errors.ts';
import { readPrivateKey } from './private-key.ts';
import { createReceiver } from './receiver.ts';
import { createRepoPort } from './repo.ts';
import { assertWebhookSecret } from './webhook-secret.ts';

/** What both ways into GitHub need. */
export interface GitHubSurroundings {
  /** API of a GitHub Enterprise Server (`https://HOST/api/v3`); github.com when left out. */
  readonly baseUrl?: string;
  readonly now: () => Date;
  /** Masks secrets in texts that GitHub answers. */
  readonly redact: (text: string) => string;
  readonly pace?: Pace;
}

/** How to be a GitHub App. */
export interface GitHubOptions extends GitHubSurroundings {
  readonly appId: number;
  /** PEM, as downloaded or in base64. */
  readonly privateKey: string;
  /** The active ones, newest first; at least one. */
  readonly webhookSecrets: readonly string[];
  readonly logger: Logger;
}

/**
 * Limits of GitHub. A comment may hold 65,536 characters and a summary 65,535; we stay below, as our marker and whatever
 * GitHub adds come on top.
 */
export const gitHubLimits: ForgeLimits = {
  comment: 60_000,
  checkSummary: 60_000,
  annotationsPerCall: ANNOTATIONS_PER_CALL,
};

/**
 * GitHub as an App: Probot authenticates the app and mints installation tokens; it is loaded with the first call.
 *
 * @throws FairleadError `weak-webhook-secret`, `bad-private-key`
 */
export function createGitHub(options: GitHubOptions): Forge {
  const { appId, webhookSecrets, baseUrl, logger, pace = defaultPace } = options;
  for (const secret of webhookSecrets.length === 0 ? [''] : webhookSecrets) assertWebhookSecret(secret);
  const privateKey = readPrivateKey(options.privateKey);
  const errors = { now: options.now, redact: options.redact };
  const secret = webhookSecrets[0] ?? '';
  const app = lazily(() => openApp({ appId, privateKey, secret, baseUrl, logger, pace, errors }));
  const shared: Shared = { errors, oneAtATime: createTurns(), app, bot: { id: null } };
  return {
    name: 'github',
    limits: gitHubLimits,
    receiver: createReceiver(webhookSecrets),
    repo: (ref) => openRepo(shared, ref),
  };
}

interface Shared {
  readonly errors: ErrorContext;
  readonly oneAtATime: Access['oneAtATime'];
  readonly app: () => Promise<App>;
  /** The app's own user, once it is known: it never changes. */
  readonly bot: { id: number | null };
}

async function openRepo(shared: Shared, given: RepoRef): Promise<RepoPort> {
  const app = await shared.app();
  const { owner, repo } = splitName(given.fullName);
  const installation = given.installation ?? (await app.findInstallation(owner, repo));
  const client = await app.installation(installation);
  return createRepoPort({
    client,
    ref: { ...given, installation },
    owner,
    repo,
    errors: shared.errors,
    oneAtATime: shared.oneAtATime,
    authorIds: async () => new Set([await botId(shared, app, client)]),
    gitToken: () => app.mintReadToken(installation, given.id),
  });
}

async function botId(shared: Shared, app: App, client: Client): Promise<number> {
  const { bot, errors } = shared;
  if (bot.id === null) {
    const username = await app.botLogin();
    const { data } = await calling(errors, () => client.request('GET /users/{username}', { username }));
    bot.id = Number(data.id);
  }
  return bot.id;
}
