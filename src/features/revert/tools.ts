import type { RepositoryTree } from '../../model/declare.ts';
import type { PlanTarget } from '../../model/plan.ts';
import type { Redacted } from '../../model/redacted.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { Review } from '../../model/review.ts';
import type { Settings, SettingsInForce } from '../../model/settings.ts';
import type { Application } from '../../model/target.ts';
import type { Forge } from '../../world/forge/forge.ts';
import type { Repository } from '../../world/git/git.ts';
import type { Queue } from '../../world/store/queue.ts';
import type { Store } from '../../world/store/store.ts';

/** What reverting works with, handed in by the composition root. */
export interface RevertTools {
  readonly forge: (name: string) => Forge;
  readonly mirror: (repo: RepoRef) => Promise<Repository>;
  readonly settings: (repo: RepoRef, signal: AbortSignal) => Promise<SettingsInForce>;
  readonly applications: (
    where: RepositoryTree,
    settings: Settings,
    signal: AbortSignal,
  ) => Promise<{ readonly all: readonly Application[] }>;
  /** What merging a branch of ours would change on the live clusters; null when it cannot be worked out. */
  readonly preview: (
    change: { readonly repo: RepoRef; readonly base: string; readonly head: string; readonly branch: string },
    signal: AbortSignal,
  ) => Promise<{ readonly review: Review; readonly targets: readonly PlanTarget[] } | null>;
  readonly store: Store;
  readonly queue: Queue;
  readonly now: () => Date;
  readonly redact: (text: string) => Redacted;
}
