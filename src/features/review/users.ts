import { nameOfRepository } from '../../formats/repository-url.ts';
import type { AffectedPair, AffectedPairs } from '../../gitops/discover/affected.ts';
import { BorderError, FairleadError } from '../../model/error.ts';
import type { Tree } from '../../model/tree.ts';
import type { RepositoryUser, ReviewRequest, ReviewTools, UnreadUser } from './request.ts';

/** What a change has to do with the applications of a repository. */
export interface Reached {
  readonly request: ReviewRequest;
  /** Of the merge result. */
  readonly head: Tree;
  readonly affected: AffectedPairs;
}

/** The same for a repository that uses the one under review. */
export interface ReachedUser extends Reached {
  readonly kind: 'reached';
  readonly name: string;
  /** What files of the one under review begin with in what is said here. */
  readonly lender: string;
}

/** What a change reaches: in its own repository, and in those that use it. Throws `TypeError` for one in conflict. */
export async function reachAll(
  request: ReviewRequest,
  tools: Pick<ReviewTools, 'affected'>,
  signal: AbortSignal,
): Promise<{ readonly own: Reached; readonly users: readonly (ReachedUser | UnreadUser)[] }> {
  const own = await reach(request, tools, signal);
  const users: (ReachedUser | UnreadUser)[] = [];
  let { unownedFiles } = own.affected;
  for (const user of request.users ?? []) {
    const reached = await reachUser(user, { request, head: own.head, unowned: unownedFiles, tools }, signal);
    users.push(reached);
    if (reached.kind === 'reached') ({ unownedFiles } = reached.affected);
  }
  return { own: { ...own, affected: { ...own.affected, unownedFiles } }, users };
}

/**
 * Without what its files alone tell of, that has no environment and no cluster, and that a user deploys: such a chart or base is not
 * deployed as it is, and may not even render without the values it gets there.
 */
export function withoutTaken(own: Reached, users: readonly (ReachedUser | UnreadUser)[]): Reached {
  const taken = new Set(users.flatMap((user) => (user.kind === 'reached' ? (user.affected.lentFolders ?? []) : [])));
  if (taken.size === 0 || own.request.clusters.bare !== null) return own;
  const isTaken = ({ environment, base, head }: AffectedPair): boolean =>
    environment === null &&
    [base, head].every((side) => side === null || (side.declared === undefined && taken.has(side.root)));
  const pairs = own.affected.pairs.filter((pair) => !isTaken(pair));
  return { ...own, affected: { ...own.affected, pairs } };
}

/** Does it, and says why it cannot be done. Throws what another try may mend: the queue makes one. */
export async function orUnread<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | UnreadUser> {
  try {
    return await work();
  } catch (fault) {
    signal.throwIfAborted();
    if (!(fault instanceof FairleadError) || isPassing(fault)) throw fault;
    return { kind: 'unread', name, reason: fault.message, remedy: fault.remedy };
  }
}

function isPassing(fault: FairleadError): boolean {
  return fault instanceof BorderError && (fault.kind === 'unavailable' || fault.kind === 'limited');
}

async function reach(
  request: ReviewRequest,
  tools: Pick<ReviewTools, 'affected'>,
  signal: AbortSignal,
): Promise<Reached> {
  const { baseTree: base, merged, changedFiles, settings, origin, lending } = request;
  if (merged.kind === 'conflict') throw new TypeError('a change in conflict has no merge result');
  const question = { base, head: merged.tree, changedFiles, settings, origin, lending };
  return { request, head: merged.tree, affected: await tools.affected(question, signal) };
}

async function reachUser(
  user: RepositoryUser,
  {
    request,
    head,
    unowned,
    tools,
  }: {
    readonly request: ReviewRequest;
    readonly head: Tree;
    readonly unowned: readonly string[];
    readonly tools: Pick<ReviewTools, 'affected'>;
  },
  signal: AbortSignal,
): Promise<ReachedUser | UnreadUser> {
  if (user.kind === 'unread') return user;
  const { name, commit, tree, settings, clusters, findings, isEveryBranch } = user;
  const { origin, untrusted, baseTree, rulings } = request;
  const lender = nameOfRepository(origin.own.urls[0] ?? '') ?? 'this repository';
  const { treeAt, own } = origin;
  // What the change proposes for its own repository is nothing to theirs.
  const { proposed: _, ...common } = request;
  const theirs: ReviewRequest = {
    ...common,
    // Its own commit, and not those of the change: a pull elsewhere leaves it where it is.
    ...{ base: commit, head: commit },
    ...{ baseTree: tree, merged: { kind: 'clean', tree }, settings, clusters, users: [] },
    rulings: { rules: settings.policy.rules, allowed: rulings.allowed, findings },
    origin: untrusted === null ? user.origin : { ...user.origin, unfetched: untrusted },
    lending: { name: lender, own, base: baseTree, head, treeAt, unowned, isEveryBranch },
  };
  return orUnread(name, signal, async () => ({
    ...({ kind: 'reached', name, lender } as const),
    ...(await reach(theirs, tools, signal)),
  }));
}
