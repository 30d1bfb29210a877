import { code, count } from '../../formats/markdown.ts';
import type { Deployment } from '../../model/deployment.ts';
import type { Drift } from '../../model/drift.ts';
import type { PlanTarget } from '../../model/plan.ts';
import { formatResource } from '../../model/resource.ts';
import { clip, name, sentence } from './compose.ts';
import { commitCode, placeCode } from './deployment-words.ts';

/** Most things named in one sentence. */
const limit = 6;

/** Why commands that write are refused in observe mode, and the line that switches them on. */
export function observing(): string {
  return 'the mode is `observe`, in which nothing is deployed, healed or reverted. `mode: enforce` in `.fairlead.yaml` of the protected branch switches it on.';
}

/** Why a command that is bound to a head is refused when that head is not the one that was shown. */
export function pushedAfter(): string {
  return 'a push came after, or the review of the newest head was not written yet. Look again, then repeat the command.';
}

export function notReviewed(): string {
  return 'this pull was not reviewed yet. `/fairlead check` reviews it; then repeat the command.';
}

export function onlyOpen(): string {
  return 'this pull is not open any more.';
}

export function closedUnmerged(): string {
  return 'this pull was closed without a merge.';
}

export function ownPull(): string {
  return 'nobody approves a pull of their own. Ask somebody else to approve it.';
}

export function unknownEnvironment(environment: string, known: readonly string[]): string {
  const all = known.length === 0 ? 'none is known here' : `known here: ${names(known)}`;
  return `there is no environment ${name(environment)}; ${all}.`;
}

export function neverDeploys(environment: string): string {
  return `${name(`environments.${environment}.deploy.on`)} is \`never\` in \`.fairlead.yaml\`; \`merge\` or \`command\` switches deploys on.`;
}

export function notWorkedOut(targets: readonly PlanTarget[]): string {
  return `${names(targets.map(({ id }) => id))} could not be worked out in full, so there is nothing certain to approve. \`/fairlead check\` tries again.`;
}

export function underWay(deployments: readonly Deployment[]): string {
  return `${deploymentNames(deployments)} is under way already.`;
}

/** Why an older commit is not deployed again over merges that wait. */
export function newerWaits(environment: string, waiting: readonly Deployment[]): string {
  const pulls = [...new Set(waiting.flatMap((one) => one.pulls))].slice(0, limit).join(', ');
  const where = pulls === '' ? '' : ` \`/fairlead explain\` on pull ${pulls} says for what.`;
  const back = name(`/fairlead rollback ${environment}`);
  return `${deploymentNames(waiting)} waits there with a newer commit.${where} Let that go on first; ${back} goes back without losing it.`;
}

export function nothingDeployed(): string {
  return 'nothing of this pull was deployed.';
}

/** Why there is nothing to roll back in an environment, of whose deployments the known applications are told. */
export function neverDeployed(environment: string, application: string | null, history: readonly Deployment[]): string {
  const what = application === null ? 'nothing' : `nothing of ${name(application)}`;
  const known = names(history.map((one) => one.application));
  return `${what} was deployed to ${name(environment)} yet${known === '' ? '' : `; known there: ${known}`}.`;
}

export function noOtherHealthy(environment: string, application: string | null): string {
  const what = application === null ? '' : ` of ${name(application)}`;
  return `no other commit${what} was healthy in ${name(environment)} before, so there is nothing to go back to.`;
}

export function nothingFailed(): string {
  return 'no deployment of this pull failed or is of unknown outcome.';
}

export function overtaken(deployments: readonly Deployment[]): string {
  return `a newer deployment took the place of ${deploymentNames(deployments)}.`;
}

export function alreadyReverted(deployments: readonly Deployment[]): string {
  const pulls = [...new Set(deployments.flatMap(({ revertPull }) => revertPull ?? []))];
  return `${pulls.map((pull) => `pull ${pull}`).join(', ')} reverts it already.`;
}

export function unknownDrift(id: string): string {
  return `no drift ${name(id)} is known in this repository. The drift board lists the ids.`;
}

export function resolvedDrift(drift: Drift): string {
  return `${name(drift.id)} is not drifted any more${drift.resolution === null ? '' : ` (${drift.resolution})`}.`;
}

export function adoptedAlready(pull: number): string {
  return `pull ${pull} adopts it already.`;
}

export function noSuchResource(wanted: string, known: readonly string[]): string {
  const hint = known.length === 0 ? 'This pull changes nothing there.' : `This pull changes ${names(known)}.`;
  return `no change of ${name(wanted)} is in the plan. ${hint}`;
}

export function notHeld(): string {
  return 'this pull is not held.';
}

export function notPaused(environment: string | null): string {
  return environment === null ? 'there is no pause of every environment.' : `${name(environment)} is not paused.`;
}

export function reviewing(): string {
  return 'the review runs again; its comment is edited in place.';
}

export function allowed(rule: string, head: string): string {
  return `findings of ${name(rule)} are allowed for ${commitCode(head)} only; the review runs again.`;
}

export function trusted(head: string): string {
  return `${commitCode(head)} is trusted to be compared with live clusters; the review runs again. A later push needs it again.`;
}

export function held(): string {
  return 'nothing of this pull is deployed until `/fairlead unhold`.';
}

export function unheld(): string {
  return 'this pull is not held any more.';
}

export function approved(environment: string, head: string, waiting: readonly Deployment[]): string {
  return `${name(environment)} is approved at ${commitCode(head)}. ${goesOn(waiting)}`;
}

export function deploys(environment: string, waiting: readonly Deployment[]): string {
  return waiting.length === 0
    ? `${name(environment)} gets it once this pull is merged.`
    : `to ${name(environment)}. ${goesOn(waiting)}`;
}

export function deploysAgain(environment: string, commit: string): string {
  return `${commitCode(commit)} is deployed to ${name(environment)} again.`;
}

export function retries(deployments: readonly Deployment[]): string {
  return `tries ${deploymentNames(deployments)} again with the same commit.`;
}

export function rollsBack(environment: string, application: string | null): string {
  const what = application === null ? 'everything' : name(application);
  return `puts ${what} in ${name(environment)} back to the last commit that was healthy there. Git stays as it is; \`/fairlead revert\` changes that.`;
}

export function reverts(deployments: readonly Deployment[]): string {
  return `works out a revert for ${deploymentNames(deployments)}; the deploy comment names its pull, or why there is none.`;
}

export function heals(drift: Drift): string {
  return `puts ${driftName(drift)} back to what Git says.`;
}

export function adopts(drift: Drift): string {
  return `opens a pull that brings the live value of ${driftName(drift)} into Git.`;
}

/** Why drift was not put right after all. */
export function driftRefused(why: string): string {
  return sentence(why, 800);
}

export function driftWaits(drift: Drift): string {
  return `waits until the deployment of ${name(drift.target)} has ended, two hours at most.`;
}

export function driftDone(drift: Drift): string {
  return `done: ${driftName(drift)} is put right.`;
}

export function paused(environment: string | null): string {
  const what = environment === null ? 'every environment' : name(environment);
  return `${what} is paused: nothing new is deployed or healed there until ${name(`/fairlead resume${environment === null ? '' : ` ${environment}`}`)}.`;
}

export function resumed(environment: string | null, waiting: readonly Deployment[]): string {
  return `${environment === null ? 'every environment' : name(environment)} goes on. ${waiting.length === 0 ? '' : goesOn(waiting)}`.trim();
}

/** A fault of the settings or of the comment itself, as its own sentences. */
export function fault(message: string, remedy: string): string {
  return `${sentence(message, 400)} ${sentence(remedy, 300)}`;
}

function goesOn(waiting: readonly Deployment[]): string {
  return waiting.length === 0 ? 'Nothing waits for it yet.' : `Looks again at ${deploymentNames(waiting)}.`;
}

function deploymentNames(deployments: readonly Deployment[]): string {
  const shown = deployments
    .slice(0, limit)
    .map((deployment) => `${name(deployment.id)} (${name(deployment.application)} in ${placeCode(deployment)})`);
  const rest = deployments.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${count(rest, 'more', 'more')}` : shown.join(', ');
}

function driftName(drift: Drift): string {
  const field = drift.path === '' ? '' : ` ${code(clip(drift.path, 120))} of`;
  return `${name(drift.id)},${field} ${name(formatResource(drift.resource))} in ${placeCode(drift)},`;
}

function names(all: readonly string[]): string {
  const unique = [...new Set(all)];
  const shown = unique.slice(0, limit).map(name).join(', ');
  return unique.length > limit ? `${shown} and ${count(unique.length - limit, 'more', 'more')}` : shown;
}
