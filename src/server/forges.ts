import type { Logger } from 'pino';
import type { Redactor } from '../formats/redaction/redactor.ts';
import type { BudgetCaps } from '../model/budget.ts';
import type { GitHubCredentials, GitLabCredentials, NamedForge } from '../model/server-settings.ts';
import type { Forge } from '../world/forge/forge.ts';
import { defaultPace as gitHubPace } from '../world/forge/github/client.ts';
import { createGitHub } from '../world/forge/github/github.ts';
import { createGitLab } from '../world/forge/gitlab/gitlab.ts';
import { defaultPace as gitLabPace } from '../world/forge/gitlab/sender.ts';
import { createRecorder, type Recorder } from '../world/forge/writes/recorder.ts';
import type { Budgets, Outbox } from '../world/store/store.ts';
import { hookPath } from './hook-path.ts';

/** Credentials of the forges; null where there is none of the kind. */
export interface ForgeSettings {
  readonly github: GitHubCredentials | null;
  readonly gitlab: GitLabCredentials | null;
  /** More forges, by name. */
  readonly others?: readonly NamedForge[];
}

/** The forges, and where their webhooks come in. */
export interface Forges {
  readonly all: readonly { readonly forge: Forge; readonly path: string }[];
  /** The forge of this name. Throws when a job names one that is no longer configured. */
  readonly forge: (name: string) => Forge;
}

/** What forges are opened with. */
export interface ForgeSurroundings {
  readonly logger: Logger;
  readonly now: () => Date;
  readonly redactor: Redactor;
  /** Least milliseconds between two writes; null: what suits each forge's limits. */
  readonly writes: number | null;
  /** Where replicas share what the forges' limits leave. */
  readonly budgets: Budgets;
}

/** Where the pace of writes was set by hand, only what a forge itself tells counts. */
const uncapped: BudgetCaps = { pointsPerMinute: 1e9, writesPerMinute: 1e9, writesPerHour: 1e9 };

/** Opens every configured forge. Throws `FairleadError` `weak-webhook-secret`, `bad-private-key`. */
export function openForges({ github, gitlab, others = [] }: ForgeSettings, surroundings: ForgeSurroundings): Forges {
  const all = [
    ...(github === null ? [] : [openGitHub('github', github, surroundings)]),
    ...(gitlab === null ? [] : [openGitLab('gitlab', gitlab, surroundings)]),
    ...others.map((other) =>
      other.kind === 'github'
        ? openGitHub(other.name, other, surroundings)
        : openGitLab(other.name, other, surroundings),
    ),
  ];
  return namedForges(all);
}

/** The same forges, whose every write has an intent before and an outcome after. */
export async function recordForges({ all }: Forges, outbox: Outbox): Promise<Forges & { readonly recorder: Recorder }> {
  const open = (await outbox.open()).map(({ key }) => key);
  const recorder = createRecorder(outbox, open);
  return { ...namedForges(all.map(({ forge, path }) => ({ forge: recorder.forge(forge), path }))), recorder };
}

/** Forges, to be found by their names. */
export function namedForges(all: Forges['all']): Forges {
  const named = new Map(all.map(({ forge }) => [forge.name, forge]));
  return {
    all,
    forge: (name) => {
      const found = named.get(name);
      if (found === undefined) throw new Error(`a job names the forge ${name}, which is not configured`);
      return found;
    },
  };
}

type Opened = Forges['all'][number];

function openGitHub(
  name: string,
  { appId, privateKey, webhookSecrets, baseUrl }: GitHubCredentials,
  { logger, now, redactor, writes, budgets }: ForgeSurroundings,
): Opened {
  for (const secret of [privateKey, ...webhookSecrets]) redactor.learn(secret);
  const forge = createGitHub({
    ...{ name, logger, now, redact: redactor.text, privateKey, webhookSecrets, limits: limitsOf(writes, budgets) },
    ...(baseUrl === null ? {} : { baseUrl }),
    pace: { ...gitHubPace, ...paced(writes, 'notify') },
    appId: Number(appId),
  });
  return { forge, path: hookPath('github', name) };
}

function openGitLab(
  name: string,
  { url, token, webhookSecrets, signingSecrets }: GitLabCredentials,
  { logger, now, redactor, writes, budgets }: ForgeSurroundings,
): Opened {
  for (const secret of [token, ...webhookSecrets, ...signingSecrets]) redactor.learn(secret);
  const pace = { ...gitLabPace, ...paced(writes) };
  const common = { name, logger, now, redact: redactor.text, pace, limits: limitsOf(writes, budgets) };
  return {
    forge: createGitLab({ ...common, url, token, webhookSecrets, signingSecrets }),
    path: hookPath('gitlab', name),
  };
}

function limitsOf(writes: number | null, source: Budgets): { readonly source: Budgets; readonly caps?: BudgetCaps } {
  return writes === null ? { source } : { source, caps: uncapped };
}

function paced(writes: number | null, ...more: readonly 'notify'[]): Readonly<Record<string, number>> {
  if (writes === null) return {};
  return Object.fromEntries(['write', ...more].map((name) => [name, writes]));
}
