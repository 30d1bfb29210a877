import type { CommandText } from '../../gitops/report/answers.ts';
import type { Deployment } from '../../model/deployment.ts';
import type { Drift } from '../../model/drift.ts';
import type { RepoRef, Thread } from '../../model/repo.ts';
import { repoKey } from '../../model/repo.ts';
import type { Settings } from '../../model/settings.ts';
import type { Comment, Pull, RepoPort } from '../../world/forge/forge.ts';
import type { Store } from '../../world/store/store.ts';
import { type Command, type CommandArgs, type CommandFacts, noArgs } from './command.ts';

/** Most deployments of the repository looked at on the board. */
const boardLimit = 300;

/** Most deployments of an environment looked at: as many as a rollback looks at. */
const historyLimit = 1_000;

/** Room for one answer beside the others of its comment. */
const answerShare = 0.5;

/** Where a comment stands, read once for all its commands. */
export interface Place {
  readonly repo: RepoRef;
  readonly thread: Thread;
  readonly comment: Comment;
  readonly port: RepoPort;
  readonly pull: Pull | null;
  readonly settings: Settings;
  /** Why newer settings than these are not in force; null when they are the newest. */
  readonly problem: string | null;
  readonly commands: readonly Command[];
  /** UTF-16 code units of a comment. */
  readonly limit: number;
}

/** Reads what a command decides upon, when it is carried out. */
export async function gatherFacts(
  place: Place,
  what: { readonly command: string; readonly args: CommandArgs },
  store: Store,
): Promise<CommandFacts> {
  const { repo, thread, comment, pull, settings, problem } = place;
  const isPull = thread.kind === 'pull';
  const deployments = await store.deployments.find(
    isPull ? { repo, pull: thread.number, limit: boardLimit } : { repo, limit: boardLimit },
  );
  return {
    repo,
    thread,
    command: what.command,
    actor: comment.author,
    askedAt: comment.createdAt,
    settings,
    problem,
    pull,
    plan: isPull ? await store.plans.of(repo, thread.number, null) : null,
    deployments,
    newest: await newestOf(deployments, store),
    closedReverts: isPull ? await closedAmong(deployments, place.port) : new Set(),
    history: await historyOf(repo, what.args.environment, store),
    marks: isPull ? await store.pulls.marks(repo, thread.number) : [],
    pauses: await store.pauses.list(repo),
    waiting: await store.deployments.find({ repo, states: ['waiting', 'applying'], limit: boardLimit }),
    drift: await driftOf(what.args.drift, repo, store),
    help: helpOf(place),
    limit: Math.floor(place.limit * answerShare),
  };
}

async function historyOf(repo: RepoRef, environment: string | null, store: Store): Promise<readonly Deployment[]> {
  return environment === null ? [] : store.deployments.find({ repo, environment, limit: historyLimit });
}

async function newestOf(deployments: readonly Deployment[], store: Store): Promise<ReadonlyMap<string, Deployment>> {
  const one = new Map(deployments.map((deployment) => [deployment.target, deployment]));
  const newest = new Map<string, Deployment>();
  for (const [target, { repo }] of one) {
    const [found] = await store.deployments.find({ repo, target, limit: 1 });
    if (found !== undefined) newest.set(target, found);
  }
  return newest;
}

async function closedAmong(deployments: readonly Deployment[], port: RepoPort): Promise<ReadonlySet<number>> {
  const numbers = [...new Set(deployments.flatMap(({ revertPull }) => revertPull ?? []))];
  const pulls = await Promise.all(numbers.map((number) => port.pull(number)));
  return new Set(pulls.filter(({ state }) => state === 'closed').map(({ number }) => number));
}

/** A row of this repository; ids of others are unknown here. */
async function driftOf(id: string | null, repo: RepoRef, store: Store): Promise<Drift | null> {
  const drift = id === null ? null : await store.drift.get(id);
  return drift !== null && repoKey(drift.repo) === repoKey(repo) ? drift : null;
}

/** What help tells of commands: each with who may give it here. */
export function helpOf({ commands, settings }: Pick<Place, 'commands' | 'settings'>): readonly CommandText[] {
  return commands.map((command) => ({
    usage: command.usage,
    text: command.text,
    on: command.on,
    who: command.role(settings, noArgs),
  }));
}
