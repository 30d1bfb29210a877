import { type RevertView, revertBody, revertTitle } from '../../gitops/report/revert.ts';
import type { Change } from '../../model/change.ts';
import type { Deployment } from '../../model/deployment.ts';
import { repoKey } from '../../model/repo.ts';
import type { Pull } from '../../world/forge/forge.ts';
import { lastAttempt, type Name, pullIntent } from './attempt.ts';
import type { Suspect } from './decide.ts';
import { type RevertGround, revertBranchOf } from './gather.ts';
import { type Inverse, inverseOf, type NoInverse } from './inverse.ts';
import type { RevertTools } from './tools.ts';

/** What taking back works on. */
export interface Around {
  readonly ground: RevertGround;
  readonly tools: RevertTools;
  readonly signal: AbortSignal;
}

/** The pull that takes a merge back, or why there is none (one sentence). */
export type Outcome = { readonly kind: 'pull'; readonly pull: Pull } | { readonly kind: 'none'; readonly why: string };

/**
 * Takes a merge back by one pull, the same one for every deployment that it failed in. A pull that people closed is followed by
 * another only when somebody asks. May run twice. Throws `BorderError`.
 */
export async function takeBack(deployment: Deployment, suspect: Suspect, around: Around): Promise<Outcome> {
  const { ground, tools, signal } = around;
  const names = namesOf(deployment, suspect);
  const place = { port: ground.port, store: tools.store };
  const attempts = { whole: await lastAttempt(names.whole, place), paths: await lastAttempt(names.paths, place) };
  const before = [attempts.whole.last, attempts.paths.last].flatMap((pull) => pull ?? []);
  const open = before.find(({ state }) => state === 'open');
  if (open !== undefined) return { kind: 'pull', pull: open };
  const [ended] = before;
  if (ended !== undefined && ground.facts.actor === null) return { kind: 'none', why: endedText(ended, deployment) };
  const inverse = await inverseOf(suspect.commit, ground, signal);
  if (!('files' in inverse)) return { kind: 'none', why: hindranceText(inverse, suspect) };
  const pull = await openPull(deployment, { suspect, inverse, name: attempts[inverse.how].next }, around);
  // Where an answer was lost, what is found again may have been closed meanwhile.
  return pull.state === 'open' ? { kind: 'pull', pull } : takeBack(deployment, suspect, around);
}

/** One merge that fails in several targets is taken back by one pull: its branch, pull and lease are named by the merge. */
export function causeKey({ repo }: Deployment, { commit }: Suspect): string {
  return `revert:${repoKey(repo)}:${commit.id}`;
}

/** What goes back to the last healthy commit is one application's: another one needs a pull of its own. */
function namesOf(deployment: Deployment, suspect: Suspect): Readonly<Record<Inverse['how'], Name>> {
  const whole = { key: causeKey(deployment, suspect), branch: revertBranchOf(suspect) };
  const part = `${deployment.application}-${deployment.environment}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return { whole, paths: { key: `${whole.key}-${part}`, branch: `${whole.branch}-${part}` } };
}

function endedText({ number, state }: Pull, { environment }: Deployment): string {
  return state === 'merged'
    ? `#${number} took it back already and is merged.`
    : `#${number} took it back and was closed; \`/fairlead revert ${environment}\` opens another.`;
}

function hindranceText({ how }: NoInverse, { commit, pull }: Suspect): string {
  const which = pull === null ? commit.id.slice(0, 7) : `#${pull.number}`;
  return how === 'undone'
    ? `${which} is undone already: nothing of it is left to take back.`
    : `${which} cannot be taken back by itself: later changes stand on it. Revert it by hand.`;
}

interface Opening {
  readonly suspect: Suspect;
  readonly inverse: Inverse;
  readonly name: Name;
}

/** Makes branch and pull of a revert, or finds them again, whatever became of the pull since. */
async function openPull(deployment: Deployment, opening: Opening, around: Around): Promise<Pull> {
  const { ground, tools, signal } = around;
  const { commit, pull } = opening.suspect;
  const { key, branch } = opening.name;
  const { outbox } = tools.store;
  const made = await makeBranch(opening, commitMessage(deployment, opening.suspect), around);
  const preview = await tools.preview({ repo: deployment.repo, base: made.base, head: made.head, branch }, signal);
  const view: RevertView = {
    deployment,
    pulls: pull === null ? [] : [pull],
    commits: [commit.id],
    how: opening.inverse.how,
    files: [...made.files.keys()],
    restores: preview?.targets.find(({ id }) => id === deployment.target)?.changes ?? ([] as readonly Change[]),
    effect: preview?.review ?? null,
    goodCommit: ground.facts.goodCommit ?? commit.parents[0] ?? '',
    evidence: deployment.evidence,
  };
  await outbox.begin({ key: pullIntent(opening.name), operation: 'pull', subject: branch });
  const { limits } = tools.forge(deployment.repo.forge);
  const opened = await ground.port.ensurePull({
    key,
    branch,
    base: deployment.branch,
    title: tools.redact(revertTitle(view)),
    body: tools.redact(revertBody(view, { limit: limits.comment })),
    labels: ['fairlead/revert'],
  });
  await outbox.finish(pullIntent(opening.name), opened.number);
  return opened;
}

async function makeBranch(
  { suspect, inverse, name: { key, branch } }: Opening,
  message: string,
  { ground, tools, signal }: Around,
): Promise<{ readonly base: string; readonly head: string; readonly files: Inverse['files'] }> {
  const { outbox } = tools.store;
  const base = await baseOf({ key, branch }, { ground, tools, signal });
  await outbox.begin({ key: `${key}:branch`, operation: 'branch', subject: branch });
  // A branch that stands is compared with what it was made of.
  const again = base === ground.tip ? inverse : await inverseOf(suspect.commit, { ...ground, tip: base }, signal);
  const { files } = 'files' in again ? again : inverse;
  const head = await ground.port.ensureBranchCommit({ branch, base, files, message: tools.redact(message) });
  await outbox.finish(`${key}:branch`, { base, head });
  return { base, head, files };
}

/**
 * The commit a branch starts from, written down before the branch is made: what a lost answer left is found again, even if the
 * tip has moved since.
 */
async function baseOf({ key, branch }: Name, { ground, tools, signal }: Around): Promise<string> {
  const { port, repository, tip } = ground;
  const { outbox } = tools.store;
  const intent = { key: `${key}:base`, operation: 'branch-base', subject: branch };
  const begun = await outbox.begin(intent);
  const before = begun.done ? String(begun.outcome) : null;
  const isMade = before !== null && (await port.branchHead(branch)) !== null;
  if (isMade && (await repository.isAncestor(before, tip, signal))) return before;
  await outbox.finish(intent.key, tip);
  return tip;
}

function commitMessage(deployment: Deployment, { commit, pull }: Suspect): string {
  const what = pull === null ? commit.subject : `#${pull.number}`;
  const subject = `revert(${deployment.environment}): take back ${what}`.slice(0, 72);
  const why = `${deployment.id} of ${deployment.target} failed: ${deployment.reason}`;
  return `${subject}\n\n${why}\n\nReverts: ${commit.id}\nReverts-Deployment: ${deployment.id}\n`;
}
