import type { BorderError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { Settings, SettingsInForce } from '../../model/settings.ts';
import type { Tree } from '../../model/tree.ts';
import type { Forge, RepoPort } from '../../world/forge/forge.ts';
import type { Repository } from '../../world/git/git.ts';
import type { Store } from '../../world/store/store.ts';
import type { ReviewTools } from './request.ts';

/** Key of the sticky comment. */
export const commentKey = 'review';

/** What a pull is reviewed with, handed in by the composition root. */
export interface PullTools {
  /** The forge of this name. */
  readonly forge: (name: string) => Forge;
  /** The bare mirror of a repository, made when first asked for. */
  readonly mirror: (repo: RepoRef) => Promise<Repository>;
  readonly review: ReviewTools;
  /** The settings in force, read from the protected branch. */
  readonly settings: (repo: RepoRef, signal: AbortSignal) => Promise<SettingsInForce>;
  /** What is to be said of a change to the settings file itself. */
  readonly judgeSettings: (
    change: { readonly base: Tree; readonly head: Tree; readonly inForce: SettingsInForce },
    signal: AbortSignal,
  ) => Promise<readonly Finding[]>;
  /** The settings of the head, where it changes them and they are sound; null where not. Left out: never looked at. */
  readonly proposedSettings?:
    | ((change: { readonly base: Tree; readonly head: Tree }, signal: AbortSignal) => Promise<Settings | null>)
    | undefined;
  /** Names of the repositories of the same forge whose applications take files from one; left out: none do. */
  readonly usedBy?: ((repo: RepoRef) => readonly string[]) | undefined;
  /** Only applications of this environment, or null for all. */
  readonly environment: string | null;
  readonly store: Pick<Store, 'pulls' | 'plans' | 'audit' | 'outbox' | 'repos' | 'transaction'>;
  readonly redact: (text: string) => Redacted;
  /** Waits so many milliseconds; left out: by the system's timer. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Whether the protection of a branch asks for a commit status beside the check; when left out, none does. */
  readonly asksStatus?: (port: RepoPort, branch: string) => Promise<boolean>;
  /** Hears that the forge took no check, such as for a permission that is missing: the review goes on without. */
  readonly onUnreported: (pull: Pick<PullJob, 'repo' | 'pull'>, error: BorderError) => void;
}

/** Which pull, and why: `pull` when it changed, `base` when the branch it goes into moved, `resync` when nobody told of anything. */
export type PullJob = JobPayloads['review'];
