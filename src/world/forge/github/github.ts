import type { Logger } from 'pino';
import type { BudgetCaps } from '../../../model/budget.ts';
import type { RepoRef } from '../../../model/repo.ts';
import { createGuard, type Guard, noGuard } from '../calls/guard.ts';
import type { BudgetSource } from '../calls/shared-budget.ts';
import type { Forge, RepoPort } from '../forge.ts';
import { remember } from '../remember.ts';
import { type Access, createTurns, lazily, splitName } from './access.ts';
import { type App, openApp } from './app.ts';
import { type Client, defaultPace, type Pace, sleep } from './client.ts';
import { calling, type ErrorContext } from './errors.ts';
import { gitHubCapabilities, gitHubLimits } from './limits.ts';
import { readMissed, redeliver } from './missed.ts';
import { readPrivateKey } from './private-key.ts';
import { createReceiver } from './receiver.ts';
import { createRepoPort } from './repo.ts';
import { readRepositories } from './repositories.ts';
import { assertWebhookSecret } from './webhook-secret.ts';
import { createWhereabouts } from './whereabouts.ts';

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
  /** Name of the forge; `github` when left out. */
  readonly name?: string;
  readonly appId: number;
  /** PEM, as downloaded or in base64. */
  readonly privateKey: string;
  /** The active ones, newest first; at least one. */
  readonly webhookSecrets: readonly string[];
  readonly logger: Logger;
  /** Keeps every installation within its limits; left out: nothing does, as for a few calls. */
  readonly limits?: LimitOptions;
}

/** How calls are kept within limits. */
export interface LimitOptions {
  /** Where replicas share what they take. */
  readonly source: BudgetSource;
  /** Most that all replicas take together; left out: what GitHub allows, with room to spare. */
  readonly caps?: BudgetCaps;
}

/** GitHub allows 900 points and 80 writes that make content a minute, and 500 such writes an hour. */
const gitHubCaps: BudgetCaps = { pointsPerMinute: 800, writesPerMinute: 60, writesPerHour: 400 };

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
  const guards = createGuards(options, pace);
  const { guard } = guards;
  const app = lazily(() => openApp({ appId, privateKey, secret, baseUrl, logger, pace, errors, guard }));
  const whereabouts = createWhereabouts(errors);
  const shared: Shared = { errors, whereabouts, oneAtATime: createTurns(), app, bot: { id: null } };
  return {
    name: options.name ?? 'github',
    limits: gitHubLimits,
    capabilities: gitHubCapabilities,
    receiver: createReceiver(webhookSecrets, options.name),
    budgets: guards.figures,
    repo: (ref) => openRepo(shared, ref),
    repositories: async () => readRepositories(await app(), { errors, logger }),
    missedDeliveries: async (since) => readMissed({ ...(await app()), errors }, since),
    redeliver: async (missed) => redeliver({ ...(await app()), errors }, missed),
    // GitHub never switches off the webhook of an app.
    reviveHooks: async () => [],
    proveAccess: async () => void (await (await app()).botLogin()),
  };
}

function createGuards({ limits, now, name = 'github' }: GitHubOptions, { deadline }: Pace) {
  const guards = new Map<number, Guard>();
  const guard = (installation: number): Omit<Guard, 'figure'> => {
    if (limits === undefined) return noGuard;
    const { source, caps = gitHubCaps } = limits;
    const known = guards.get(installation);
    if (known !== undefined) return known;
    const made = createGuard({ forge: name, installation, source, caps, now, sleep, deadline });
    return remember(guards, installation, made);
  };
  return { guard, figures: () => [...guards.values()].map((one) => one.figure()) };
}

interface Shared {
  readonly errors: ErrorContext;
  readonly whereabouts: ReturnType<typeof createWhereabouts>;
  readonly oneAtATime: Access['oneAtATime'];
  readonly app: () => Promise<App>;
  /** The app's own user, once it is known: it never changes. */
  readonly bot: { id: number | null };
}

async function openRepo(shared: Shared, given: RepoRef): Promise<RepoPort> {
  const app = await shared.app();
  const { fullName, installation } = await shared.whereabouts(app, given);
  const { owner, repo } = splitName(fullName);
  const client = await app.installation(installation);
  return createRepoPort({
    client,
    ref: { ...given, fullName, installation },
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
