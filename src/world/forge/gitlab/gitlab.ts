import type { Logger } from 'pino';
import type { BudgetCaps } from '../../../model/budget.ts';
import type { RepoRef } from '../../../model/repo.ts';
import { createGuard, type Guard, noGuard } from '../calls/guard.ts';
import type { BudgetSource } from '../calls/shared-budget.ts';
import type { Forge, ForgeLimits, RepoPort } from '../forge.ts';
import { createTurns, lazily } from '../github/access.ts';
import type { Access, Client, Memory } from './access.ts';
import { openClient } from './client.ts';
import { readMissed, resend, reviveHooks } from './hooks.ts';
import { readProjects } from './projects.ts';
import { read } from './read.ts';
import { createReceiver } from './receiver.ts';
import { createRepoPort } from './repo.ts';
import { assertSecrets } from './secrets.ts';
import { defaultPace, type Pace } from './sender.ts';

/** How to reach one GitLab server. */
export interface GitLabOptions {
  /** Name of the forge; `gitlab` when left out. */
  readonly name?: string;
  /** `https://gitlab.example`, with its path where it has one. */
  readonly url: string;
  /** Access token with the scope `api`; a function where it is rotated. */
  readonly token: string | (() => Promise<string>);
  /** Secret tokens of the webhooks, the active ones. */
  readonly webhookSecrets: readonly string[];
  /** Signing tokens (`whsec_...`) of the webhooks, for servers that sign. */
  readonly signingSecrets?: readonly string[];
  readonly logger: Logger;
  readonly now: () => Date;
  /** Masks secrets in texts that GitLab answers. */
  readonly redact: (text: string) => string;
  readonly pace?: Pace;
  /** Keeps within the limits; left out: nothing does. */
  readonly limits?: { readonly source: BudgetSource; readonly caps?: BudgetCaps };
}

/** GitLab.com allows 2,000 calls a minute and 300 notes; what another server allows it tells in headers. */
const gitLabCaps: BudgetCaps = { pointsPerMinute: 1_800, writesPerMinute: 240, writesPerHour: 14_400 };

/**
 * Limits of GitLab. A note may hold 1,000,000 characters; nobody reads more than these. A commit status has no summary
 * and no annotations, only a description.
 */
export const gitLabLimits: ForgeLimits = { comment: 200_000, checkSummary: 255, checkText: 0, annotationsPerCall: 0 };

/**
 * GitLab through an access token of a user, a project or a group. Gitbeaker is loaded with the first call.
 *
 * @throws FairleadError `weak-webhook-secret`
 */
export function createGitLab(options: GitLabOptions): Forge {
  const { name = 'gitlab', webhookSecrets, signingSecrets = [], now } = options;
  assertSecrets(name, webhookSecrets, signingSecrets);
  const guard = createGuardOf(options, name);
  const shared = shareBetweenProjects(options, guard ?? noGuard);
  return {
    name,
    limits: gitLabLimits,
    capabilities: { annotations: false, approvalHeads: false },
    budgets: () => (guard === null ? [] : [guard.figure()]),
    receiver: createReceiver({ name, secrets: webhookSecrets, signingSecrets, now }),
    repo: (ref) => openRepo(shared, ref),
    repositories: async () => readProjects(await shared.client(), name, 'developer'),
    missedDeliveries: async (since) =>
      readMissed({ client: await shared.client(), name, logger: options.logger }, since),
    redeliver: async ({ handle }) => resend(await shared.client(), handle),
    reviveHooks: async () => reviveHooks({ client: await shared.client(), name, logger: options.logger }),
    proveAccess: async () => void (await (await shared.client()).Users.showCurrentUser()),
  };
}

type Shared = Omit<Access, 'ref' | 'client'> & { client(): Promise<Client> };

/** One token has one limit, whatever the project. */
function createGuardOf({ limits, now, pace = defaultPace }: GitLabOptions, forge: string): Guard | null {
  if (limits === undefined) return null;
  const { source, caps = gitLabCaps } = limits;
  return createGuard({ forge, installation: null, source, caps, now, sleep, deadline: pace.deadline });
}

function shareBetweenProjects(options: GitLabOptions, guard: Omit<Guard, 'figure'>): Shared {
  const { logger, now, redact, pace = defaultPace } = options;
  const url = options.url.replace(/\/+$/, '');
  const given = options.token;
  const token = typeof given === 'string' ? async () => given : given;
  const clock = { now: () => performance.now(), sleep, random: () => Math.random() };
  const memory: Memory = { pipelines: new Map(), deployments: new Map() };
  const client = lazily(() => openClient({ url, token, pace, clock, guard, errors: { now, redact } }));
  const ownId = lazily(async () => read(await (await client()).Users.showCurrentUser(), 'own user').number('id'));
  return { url, logger, pace, clock, memory, token, client, ownId, oneAtATime: createTurns() };
}

async function openRepo(shared: Shared, ref: RepoRef): Promise<RepoPort> {
  return createRepoPort({ ...shared, client: await shared.client(), ref });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
