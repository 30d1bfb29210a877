import type { CommandText } from '../../gitops/report/answers.ts';
import type { Deployment } from '../../model/deployment.ts';
import type { Drift } from '../../model/drift.ts';
import type { QueuedJob } from '../../model/jobs.ts';
import type { Plan } from '../../model/plan.ts';
import type { RepoRef, Thread } from '../../model/repo.ts';
import type { Settings } from '../../model/settings.ts';
import type { Pull, Role } from '../../world/forge/forge.ts';
import type { Mark, Pause } from '../../world/store/store.ts';

/** What was typed after the verb. Each command uses what it knows; the rest is null or ''. */
export interface CommandArgs {
  readonly environment: string | null;
  readonly application: string | null;
  /** Id of a drift row. */
  readonly drift: string | null;
  /** Rule or resource. */
  readonly subject: string;
  readonly reason: string;
  /** `--confirm-deletes` was typed. */
  readonly confirmed: boolean;
}

/** Nothing was typed. */
export const noArgs: CommandArgs = {
  environment: null,
  application: null,
  drift: null,
  subject: '',
  reason: '',
  confirmed: false,
};

export type ParsedArgs =
  | { readonly ok: true; readonly args: CommandArgs }
  | { readonly ok: false; readonly message: string };

/** The world as a command finds it, read when it is carried out. */
export interface CommandFacts {
  readonly repo: RepoRef;
  readonly thread: Thread;
  /** The command as typed, without `/fairlead `. */
  readonly command: string;
  readonly actor: string;
  /** When the comment was written: ISO 8601, UTC. */
  readonly askedAt: string;
  readonly settings: Settings;
  /** Why newer settings than these are not in force, one sentence; null when they are the newest. */
  readonly problem: string | null;
  /** null on an issue. */
  readonly pull: Pull | null;
  /** The newest plan of the pull, whatever its head; null when there is none. */
  readonly plan: Plan | null;
  /** Of this pull, on an issue of the repository; newest first. */
  readonly deployments: readonly Deployment[];
  /** The newest deployment of each of their targets, whatever pull it came from. */
  readonly newest: ReadonlyMap<string, Deployment>;
  /** Reverts of these deployments that people closed, by their numbers. */
  readonly closedReverts: ReadonlySet<number>;
  /** Those to the environment that was named, whatever pull they came from, newest first; empty when none was named. */
  readonly history: readonly Deployment[];
  readonly marks: readonly Mark[];
  readonly pauses: readonly Pause[];
  /** Deployments of the repository that wait, or that a pause stopped between two steps, whatever pull they came from. */
  readonly waiting: readonly Deployment[];
  /** The row that was named; null when there is none of that id in this repository. */
  readonly drift: Drift | null;
  /** Every command, for `help`. */
  readonly help: readonly CommandText[];
  /** UTF-16 code units an answer may have. */
  readonly limit: number;
}

/** What a command comes to. Data: performed by `act`, printed, or kept. Texts are Markdown. */
export type CommandAction =
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'refuse'; readonly text: string }
  | { readonly kind: 'mark'; readonly mark: Omit<Mark, 'by' | 'at'> }
  | { readonly kind: 'unmark'; readonly mark: Mark['kind']; readonly subject: string }
  | { readonly kind: 'pause'; readonly environment: string | null; readonly reason: string }
  | { readonly kind: 'unpause'; readonly environment: string | null }
  | { readonly kind: 'enqueue'; readonly queued: QueuedJob };

/** One thing people can ask for with `/fairlead NAME`. A plain descriptor; help and documentation are made from it. */
export interface Command {
  readonly name: string;
  /** What is typed: `approve ENV`. */
  readonly usage: string;
  /** One sentence for help. */
  readonly text: string;
  readonly on: readonly Thread['kind'][];
  /** The least role that may ask for it. */
  role(settings: Settings, args: CommandArgs): Role;
  /** Teams of which one is needed beside the role; empty: the role is enough. */
  teams(settings: Settings, args: CommandArgs): readonly string[];
  parse(words: readonly string[]): ParsedArgs;
  /** Pure. The last `answer` or `refuse` is what people are told; a refusal comes alone. */
  decide(facts: CommandFacts, args: CommandArgs): readonly CommandAction[];
}
