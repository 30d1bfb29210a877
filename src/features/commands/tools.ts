import type { Redacted } from '../../model/redacted.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { SettingsInForce } from '../../model/settings.ts';
import type { Forge } from '../../world/forge/forge.ts';
import type { Queue } from '../../world/store/queue.ts';
import type { Store } from '../../world/store/store.ts';
import type { ParsedCommand } from './parsed-command.ts';

/** What commands work with, handed in by the composition root. */
export interface CommandTools {
  readonly forges: (name: string) => Forge;
  readonly store: Store;
  readonly queue: Queue;
  /** Settings in force for pulls into the branch (null: the default branch). Throws `FairleadError` when they cannot be read. */
  readonly settings: (repo: RepoRef, branch: string | null) => Promise<Pick<SettingsInForce, 'settings' | 'problem'>>;
  readonly redact: (text: string) => Redacted;
  readonly now: () => Date;
  /** The commands in a comment, read where hostile text does no harm: `createCommandParser`. */
  readonly parse: (body: string, signal: AbortSignal) => Promise<readonly ParsedCommand[]>;
}
