import { confirmDeletes, type Deployment, isAsked } from '../../model/deployment.ts';
import type { TargetHealth } from '../../model/health.ts';
import type { EnvironmentSettings } from '../../model/settings.ts';
import { type Takeover, writeTakeovers } from '../../model/takeover.ts';
import type { Mode } from '../../model/verdict.ts';
import type { Mark, Pause } from '../../world/store/store.ts';
import { describeHealth } from './decide-health.ts';

/** A mark, and the pull it was said on. */
export interface PullMark extends Mark {
  readonly pull: number;
}

/** What decides whether a deployment may begin. */
export interface GateFacts {
  readonly deployment: Deployment;
  readonly mode: Mode;
  /** Why the newest settings are not in force, one sentence; null when they are. */
  readonly problem: string | null;
  /** null: the settings do not name the environment any more. */
  readonly environment: EnvironmentSettings | null;
  readonly pauses: readonly Pause[];
  /** Of all pulls in the deployment. */
  readonly marks: readonly PullMark[];
  /** Those of the pulls that an older deployment was writing when it made way for this one: what they needed was said then. */
  readonly begun: readonly number[];
  /** An older commit that a person asked for after this one was accepted; null when nobody did. */
  readonly setBack: Pick<Deployment, 'id' | 'commit' | 'createdAt'> | null;
  /** Logins of the authors of those pulls: they do not approve their own. */
  readonly authors: readonly string[];
  /** Approvers by name, members of a team that counts (or any, when no team is named). */
  readonly members: ReadonlySet<string>;
  /** Keyed digest of what would be applied. */
  readonly digest: string;
  /** What no reviewed plan shows, one sentence; null when the commit is what was reviewed. */
  readonly unreviewed: string | null;
  /** The same application in the environment before, newest first; empty where it does not exist there. */
  readonly before: readonly Pick<Deployment, 'id' | 'target' | 'commit' | 'state' | 'healthyAt'>[];
  /** Whether it exists there at all. */
  readonly existsBefore: boolean;
  /** How its targets fare now, as their last deployments left them. */
  readonly standing: readonly Standing[];
  readonly now: Date;
}

type StopFacts = Pick<GateFacts, 'deployment' | 'mode' | 'problem' | 'environment' | 'pauses'>;

/** The health of what a deployment left, read now; or why it cannot be told, one sentence. */
export type Standing =
  | { readonly id: string; readonly health: Pick<TargetHealth, 'state' | 'objects'> }
  | { readonly id: string; readonly health: null; readonly fault: string };

/** Whether it may begin; else what it waits for, and when to look again (null: somebody will wake it). */
export type Gate =
  | { readonly kind: 'open' }
  | { readonly kind: 'wait'; readonly reason: string; readonly lookAgainMs: number | null };

/** What a deployment must pass before anything is written, in the order people are told. Pure. */
export function gate(facts: GateFacts): Gate {
  const checks = [mayDeploy, isPaused, isHeld, needsCommand, needsReview, needsEarlier, needsApproval];
  for (const check of checks) {
    const found = check(facts);
    if (found !== null) return found;
  }
  return { kind: 'open' };
}

/** What stops a deployment between two steps, though it has passed its gate: the mode, the settings, a pause. null: nothing. */
export function stopOf(facts: StopFacts): string | null {
  const found = mayDeploy(facts) ?? isPaused(facts);
  return found?.kind === 'wait' ? `stopped: ${found.reason}` : null;
}

function wait(reason: string, lookAgainMs: number | null = null): Gate {
  return { kind: 'wait', reason, lookAgainMs };
}

function mayDeploy({ mode, problem, environment, deployment }: StopFacts): Gate | null {
  const because = problem === null ? '' : `; ${problem}`;
  if (mode === 'observe') return wait(`the mode is observe: nothing is deployed${because}`);
  if (environment === null || environment.deploy.on === 'never')
    return wait(`the settings do not deploy to ${deployment.environment} any more${because}`);
  return null;
}

function isPaused({ pauses, deployment }: StopFacts): Gate | null {
  const pause = pauses.find(({ environment }) => environment === null || environment === deployment.environment);
  if (pause === undefined) return null;
  const what = pause.environment === null ? 'everything is paused' : `${pause.environment} is paused`;
  return wait(`${what} by ${pause.by}${pause.reason === '' ? '' : `: ${pause.reason}`}`);
}

function isHeld({ marks }: GateFacts): Gate | null {
  const hold = marks.find(({ kind }) => kind === 'hold');
  return hold === undefined ? null : wait(`held by ${hold.by}${hold.reason === '' ? '' : `: ${hold.reason}`}`);
}

/** Whether people let it begin by command on each of its pulls. */
export function isCommanded(facts: GateFacts): boolean {
  return uncommanded(facts).length === 0;
}

/** Who let it begin: those whose approvals count, and who commanded it last. */
export function letBy(facts: GateFacts): {
  readonly approvers: readonly string[];
  readonly commandedBy: string | null;
} {
  const pulls = speaking(facts);
  const commands = pulls.flatMap((pull) => commandsFor(facts, pull));
  return {
    approvers: [...new Set(pulls.flatMap((pull) => [...approversOf(facts, pull)]))],
    commandedBy: commands.at(-1)?.by ?? null,
  };
}

/** Whether the newest command on each of its pulls confirms the deletes that need a person's word. */
export function isConfirmed(facts: GateFacts): boolean {
  const { pulls } = facts.deployment;
  return pulls.length > 0 && pulls.every((pull) => commandsFor(facts, pull).at(-1)?.reason === confirmDeletes);
}

/** A pull whose people must speak; null stands for a deployment without one, of which nobody can. */
type Speaking = number | null;

function speaking({ deployment: { pulls }, begun }: GateFacts): readonly Speaking[] {
  return pulls.length === 0 ? [null] : pulls.filter((pull) => !begun.includes(pull));
}

function uncommanded(facts: GateFacts): readonly Speaking[] {
  return speaking(facts).filter((pull) => commandsFor(facts, pull).length === 0);
}

/**
 * Commands that let a pull of this deployment begin, oldest first; one that came before the cluster refused it, or before the target
 * was set back, does not count.
 */
function commandsFor(facts: GateFacts, pull: Speaking): readonly PullMark[] {
  const [refusedAt, setBackAt] = [refusalOf(facts.deployment)?.at ?? '', facts.setBack?.createdAt ?? ''];
  return saidFor(facts, 'deploy', pull).filter(({ at }) => at > refusedAt && at > setBackAt);
}

/** What was said for a pull about the environment: on the pull itself, or anywhere about exactly what would be applied. */
function saidFor(facts: GateFacts, wanted: Mark['kind'], pull: Speaking): readonly PullMark[] {
  return facts.marks.filter(
    (mark) =>
      mark.kind === wanted &&
      mark.subject === facts.deployment.environment &&
      (mark.pull === pull || isExact(mark, facts)),
  );
}

/** ` on #3 and #4`: where people must speak; '' where that is plain. */
function on(pulls: readonly Speaking[], { deployment }: GateFacts): string {
  return deployment.pulls.length < 2 ? '' : ` on ${pulls.map((pull) => `#${pull}`).join(' and ')}`;
}

/** That the engine refused the last try: when, why, and what people were told, now or before, would be taken over. */
export interface Refusal {
  readonly at: string;
  readonly reason: string;
  readonly takeovers: readonly Takeover[];
}

/** The refusal a deployment stands before; null when there is none. Written by `refusalJournal`. */
export function refusalOf({ journal }: Pick<Deployment, 'journal'>): Refusal | null {
  if (typeof journal !== 'object' || journal === null || !('refused' in journal)) return null;
  return journal['refused'] as unknown as Refusal; // written below by this very file
}

/** The journal of a refused deployment: the engine starts anew after a command. */
export function refusalJournal(refusal: Refusal): Deployment['journal'] {
  return { refused: { at: refusal.at, reason: refusal.reason, takeovers: writeTakeovers(refusal.takeovers) } };
}

function needsCommand(facts: GateFacts): Gate | null {
  const { deployment, environment, setBack } = facts;
  const refused = refusalOf(deployment);
  const lacking = uncommanded(facts);
  if (lacking.length === 0) return null;
  const ask = `\`/fairlead deploy ${deployment.environment}\`${on(lacking, facts)}`;
  if (refused !== null) return wait(`${refused.reason} ${ask} goes on with that.`);
  if (setBack !== null)
    return wait(
      `${setBack.id} went back to ${setBack.commit.slice(0, 7)} since; ${ask} goes on with this all the same`,
    );
  return environment?.deploy.on === 'command' && !isAsked(deployment) ? wait(`for ${ask}`) : null;
}

function needsReview(facts: GateFacts): Gate | null {
  const { deployment, unreviewed } = facts;
  if (unreviewed === null || isAsked(deployment)) return null;
  const lacking = speaking(facts).filter((pull) => !commandsFor(facts, pull).some((mark) => isMeant(mark, facts)));
  if (lacking.length === 0) return null;
  const ask = `\`/fairlead deploy ${deployment.environment}\`${on(lacking, facts)}`;
  return wait(`${unreviewed}; ${ask} deploys it all the same`);
}

/** Whether a mark was given for exactly this result, or after people were told what waits. */
function isMeant(mark: Mark, facts: GateFacts): boolean {
  return isExact(mark, facts) || mark.at > facts.deployment.createdAt;
}

function isExact(mark: Mark, { deployment, digest }: GateFacts): boolean {
  return mark.digests[deployment.target] === digest;
}

/** Longest time between two looks at the environment before. */
const longestLook = 30_000;

/**
 * The environment before must have this commit, or one that is the same there (which was read before), healthy for long enough, and
 * still: that it was healthy once says nothing of what came after.
 */
function needsEarlier({ environment, before, existsBefore, standing: fares, deployment, now }: GateFacts): Gate | null {
  const after = environment?.deploy.after ?? null;
  if (after === null || !existsBefore || deployment.trigger === 'rollback') return null;
  const standing = newestOfEach(before.filter(({ commit }) => commit === deployment.commit));
  if (standing.length === 0) return wait(`for ${after.environment} to get this commit`, longestLook);
  const pending = standing.find(({ state }) => state !== 'healthy');
  if (pending !== undefined) return wait(`for ${after.environment} (${pending.id} is ${pending.state})`, longestLook);
  const unwell = fares.map(unwellText).find((text) => text !== null);
  if (unwell !== undefined) return wait(`for ${after.environment} (${unwell})`, longestLook);
  const since = Math.max(...standing.map(({ healthyAt }) => Date.parse(healthyAt ?? '')));
  const left = since + after.healthyFor - now.getTime();
  if (!(left > 0)) return null;
  return wait(`for ${after.environment} to be healthy for ${after.healthyFor / 1000} s`, Math.min(left, longestLook));
}

function unwellText(standing: Standing): string | null {
  const { id, health } = standing;
  if (health === null) return `how ${id} fares cannot be told: ${standing.fault}`;
  if (health.state === 'healthy') return null;
  const what = describeHealth(health.objects);
  return `${id} is not healthy now${what === '' ? '' : `: ${what}`}`;
}

/** The newest deployment of each target that nothing took the place of. */
function newestOfEach(deployments: GateFacts['before']): GateFacts['before'] {
  const standing = deployments.filter(({ state }) => state !== 'superseded');
  return standing.filter(({ target }, index) => standing.findIndex((other) => other.target === target) === index);
}

/** Each pull needs its own approvals: what is said on one is bound to its head, and says nothing of the others. */
function needsApproval(facts: GateFacts): Gate | null {
  const { environment, deployment } = facts;
  const wanted = environment?.deploy.approvals ?? null;
  if (wanted === null || deployment.trigger === 'rollback') return null;
  const missing = new Map(speaking(facts).map((pull) => [pull, wanted.count - approversOf(facts, pull).size]));
  const lacking = [...missing].filter(([, count]) => count > 0).map(([pull]) => pull);
  if (lacking.length === 0) return null;
  const of = wanted.teams.length === 0 ? '' : ` of ${wanted.teams.join(' or ')}`;
  const most = Math.max(...missing.values());
  const what = most === 1 ? 'an approval' : `${most} approvals`;
  return wait(`for ${what}${of}${on(lacking, facts)}: \`/fairlead approve ${deployment.environment}\``);
}

function approversOf(facts: GateFacts, pull: Speaking): ReadonlySet<string> {
  // Logins differ in case only for the eye.
  const authors = facts.authors.map((author) => author.toLowerCase());
  const given = saidFor(facts, 'approve', pull).filter(
    (mark) => !authors.includes(mark.by.toLowerCase()) && facts.members.has(mark.by) && isMeant(mark, facts),
  );
  return new Set(given.map(({ by }) => by));
}
