import type { ApplyCounts } from '../../model/deployment.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { EngineWork } from '../engine.ts';
import { annotations } from './annotations.ts';
import { type AppOperation, type ArgoApplication, hasEnded } from './application.ts';
import { blame, clip, fingerprint, isBeyondCommit } from './blame.ts';
import { type Kept, keptOf, mayPrune } from './choose-prune.ts';
import { countResources, countResults } from './count-results.ts';
import { type AppNotes, noError } from './journal.ts';

/** How revisions of an Application stand to the commit: it itself, a later one that holds it, or anything else. */
export type Standing = 'exact' | 'newer' | 'other';

/** All that is known of one Application when a step is taken. */
export interface StepFacts {
  readonly app: ArgoApplication;
  readonly notes: AppNotes;
  readonly work: Pick<EngineWork, 'deployment' | 'commit' | 'deletes' | 'confirmed'>;
  /** What was compared last. */
  readonly compared: Standing;
  /** What the running or last sync wrote. */
  readonly operated: Standing;
  /** What the last sync that succeeded wrote. */
  readonly synced: Standing;
  /** Whether the commit is the newest of its branch: a comparison that ends in an error does not say what it compared. */
  readonly isHead: boolean;
  readonly now: Date;
}

/** `hard`: manifests are worked out afresh, whatever is cached of the last try. */
export type RefreshDepth = 'normal' | 'hard';

/** What to do about one Application. */
export type StepDecision =
  | { readonly kind: 'wait'; readonly note: string; readonly afterMs: number }
  /** Ask Argo CD to compare with Git again. */
  | {
      readonly kind: 'refresh';
      readonly depth: RefreshDepth;
      readonly notes: AppNotes;
      readonly note: string;
      readonly afterMs: number;
    }
  /** Start the one sync of this deployment. */
  | { readonly kind: 'sync'; readonly prune: boolean }
  | { readonly kind: 'done'; readonly counts: ApplyCounts; readonly kept: Kept }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly resource: ResourceId | null;
      readonly counts: ApplyCounts | null;
    };

/** Comparisons in a row that must end in the same error: the first may be of a commit before ours that the forge still showed. */
const surelyWrong = 3;

/** Milliseconds for which it must stay the same error to be the commit's: an outage has more words than any list of them. */
const lastingError = 120_000;

/** Comparisons after a successful sync that may still find differences; some objects differ for ever (defaults, webhooks). */
const surelySettled = 2;

/** Before what a manifest generation ended in earlier. */
const cached = 'Manifest generation error (cached): ';

/** The rules in their order: the first that has an answer decides. */
const rules: readonly ((facts: StepFacts) => StepDecision | null)[] = [
  refuseUntouchable,
  askFirst,
  awaitComparison,
  followRunning,
  judgeEnded,
  judgeErrors,
  askAfterEnd,
  awaitCommit,
  judgeDifference,
];

/** Decides what to do about one Application. Pure; doing it twice does no harm. */
export function decideStep(facts: StepFacts): StepDecision {
  for (const rule of rules) {
    const decision = rule(facts);
    if (decision !== null) return decision;
  }
  return startOrAwait(facts);
}

function refuseUntouchable({ app }: StepFacts): StepDecision | null {
  const why = app.isBeingDeleted
    ? 'is being deleted'
    : app.isHydrated
      ? 'has a source hydrator, whose revisions are not commits of this repository'
      : app.annotations.get(annotations.skipReconcile) === 'true'
        ? `is paused by its annotation ${annotations.skipReconcile}`
        : null;
  return why === null ? null : { kind: 'refused', reason: `Application ${app.name} ${why}.` };
}

function askFirst(facts: StepFacts): StepDecision | null {
  const { notes } = facts;
  if (notes.asked > 0) return null;
  return ask({ ...facts, notes: { ...notes, wasDone: hasSucceeded(facts) } }, 'compares with Git');
}

function awaitComparison({ app }: StepFacts): StepDecision | null {
  return app.annotations.has(annotations.refresh) ? wait(app, 'compares with Git', 500) : null;
}

function followRunning({ app, work }: StepFacts): StepDecision | null {
  const { operation } = app;
  if (operation === null || hasEnded(operation.phase)) return null;
  const whose = isOurs(operation, work) || app.syncsItself ? 'syncs' : 'is busy with another sync';
  return wait(app, operation.message === '' ? whose : `${whose}: ${clip(operation.message, 200)}`, 1000);
}

/** A sync that failed counts when we started it or when Argo CD did for exactly this commit. */
function judgeEnded(facts: StepFacts): StepDecision | null {
  const { operation, name } = facts.app;
  if (operation === null || operation.phase === 'Succeeded' || !isOfCommit(facts, operation)) return null;
  const { reason, resource, ...fault } = blame(operation);
  if (fault.isBeyondCommit)
    return { kind: 'refused', reason: `The sync of Application ${name} ended early: ${reason}` };
  const counts = countResults(operation.results);
  return { kind: 'failed', reason: `The sync of Application ${name} failed. ${reason}`, resource, counts };
}

function judgeErrors(given: StepFacts): StepDecision | null {
  const { app } = given;
  const error = app.conditions.find(({ type }) => type === 'ComparisonError' || type === 'InvalidSpecError');
  if (error === undefined) return null;
  const message = error.message.replaceAll(cached, '');
  const note = `cannot compare: ${clip(message, 200)}`;
  // Argo CD tells the error of three bad moments again for an hour.
  const depth = error.message.includes(cached) ? 'hard' : 'normal';
  if (isBeyondCommit(message)) return { ...ask(calm(given), note), depth };
  const facts = { ...given, notes: countError(given, message) };
  if (facts.notes.errors < surelyWrong) return { ...ask(facts, note), depth };
  if (isWritten(facts)) return done(facts);
  if (!facts.isHead) return tryExactly(facts, note);
  if (depth === 'hard' || !lasts(facts)) return { ...ask(facts, note), depth };
  const reason = `Argo CD cannot work out Application ${app.name} (${error.type}): ${clip(message, 1000)}`;
  return { kind: 'failed', reason, resource: null, counts: null };
}

/** One more comparison that ended in this error, or the first that ended in another one. */
function countError({ notes, now }: StepFacts, message: string): AppNotes {
  const error = fingerprint(message);
  const since = error === notes.error ? notes.errorsSince : now.getTime();
  return { ...notes, errors: notes.errors + 1, error, errorsSince: since };
}

function lasts({ notes, now }: StepFacts): boolean {
  return now.getTime() - notes.errorsSince >= lastingError;
}

/** The error may be of a later commit: a sync of exactly ours tells, where we may start one. */
function tryExactly(facts: StepFacts, note: string): StepDecision {
  const mayStart = !facts.app.syncsItself && !isMarked(facts);
  return mayStart ? { kind: 'sync', prune: false } : ask(facts, `${note}; a later commit may be meant`);
}

/** Its status lags behind the end of a sync. Both times are the controller's own, to the second. */
function askAfterEnd(facts: StepFacts): StepDecision | null {
  const { operation, reconciledAt } = facts.app;
  const finishedAt = operation?.finishedAt ?? null;
  if (finishedAt === null || (reconciledAt !== null && Date.parse(reconciledAt) > Date.parse(finishedAt))) return null;
  return soon(ask(calm(facts), 'compares what it has written'));
}

function awaitCommit(facts: StepFacts): StepDecision | null {
  const { app, compared } = facts;
  if (compared !== 'other' || hasSucceeded(facts)) return null;
  const seen = app.revisions.map((revision) => revision.slice(0, 7)).join(', ') || 'no revision';
  return ask(calm(facts), `still sees ${seen}`);
}

function judgeDifference(facts: StepFacts): StepDecision | null {
  const { app, notes, compared } = facts;
  const isPruningLeft = needsOnlyPruning(app);
  if (app.sync === 'Synced' || (isPruningLeft && !prunes(facts))) return done(facts);
  if (!isWritten(facts)) return null;
  // What differs from a later commit is that one's business.
  if (isPruningLeft || compared !== 'exact' || notes.unsettled >= surelySettled) return done(facts);
  return ask({ ...facts, notes: { ...notes, unsettled: notes.unsettled + 1 } }, 'is written, and compared once more');
}

/** Git is ahead of the cluster, and no sync of ours runs or ran. */
function startOrAwait(facts: StepFacts): StepDecision {
  const { app } = facts;
  if (app.sync !== 'OutOfSync') return ask(calm(facts), `is ${app.sync}`);
  if (app.syncsItself) return awaitItself(facts);
  if (isMarked(facts)) {
    return { kind: 'refused', reason: `Another sync took the place of ours in Application ${app.name}.` };
  }
  return { kind: 'sync', prune: prunes(facts) };
}

function awaitItself(facts: StepFacts): StepDecision {
  const { app } = facts;
  const error = app.conditions.find(({ type }) => type === 'SyncError');
  if (error !== undefined)
    return { kind: 'refused', reason: `Application ${app.name} does not sync: ${clip(error.message, 1000)}` };
  return ask(calm(facts), 'has not begun its automated sync; a sync window may hold it back');
}

function done(facts: StepFacts): StepDecision {
  const { app, notes, work, compared } = facts;
  // An automated sync may well have ended before the first look, and yet be the one that wrote this commit.
  const wasWritten = hasSucceeded(facts) && (app.syncsItself || !notes.wasDone);
  const counts = wasWritten ? countResults(app.operation?.results ?? []) : countResources(app.resources);
  return { kind: 'done', counts, kept: keptOf(app, work, compared === 'exact') };
}

/** Whether the last sync wrote exactly this commit, for this deployment where we start them. */
function hasSucceeded(facts: StepFacts): boolean {
  const { operation } = facts.app;
  return operation !== null && operation.phase === 'Succeeded' && isOfCommit(facts, operation);
}

function isOfCommit(facts: StepFacts, operation: AppOperation): boolean {
  const { app, work, operated } = facts;
  return isOurs(operation, work) || (operated === 'exact' && (app.syncsItself || isMarked(facts)));
}

function isOurs(operation: AppOperation, { deployment }: Pick<EngineWork, 'deployment'>): boolean {
  return operation.info.get(annotations.deployment) === deployment;
}

/**
 * Whether the cluster holds the commit already. A later one is never taken back while the branch has it. A manual sync of the
 * same commit for an earlier deployment does not count: whoever deploys it again wants it written again.
 */
function isWritten(facts: StepFacts): boolean {
  if (hasSucceeded(facts) || (facts.synced === 'newer' && facts.compared !== 'exact')) return true;
  return facts.synced === 'exact' && (facts.app.syncsItself || isMarked(facts));
}

/** Whether the one sync of this deployment was started, even if another has taken its place since. */
function isMarked({ app, work }: Pick<StepFacts, 'app' | 'work'>): boolean {
  return app.annotations.get(annotations.deployment) === work.deployment;
}

function prunes({ app, work, compared }: StepFacts): boolean {
  return app.syncsItself ? app.prunesItself : mayPrune(app, work, compared === 'exact');
}

function needsOnlyPruning({ sync, resources }: ArgoApplication): boolean {
  const differing = resources.filter(({ isSynced, isHook }) => !isSynced && !isHook);
  return sync === 'OutOfSync' && differing.length > 0 && differing.every(({ requiresPruning }) => requiresPruning);
}

function calm(facts: StepFacts): StepFacts {
  return { ...facts, notes: { ...facts.notes, ...noError } };
}

function soon(decision: StepDecision): StepDecision {
  return decision.kind === 'refresh' ? { ...decision, afterMs: 500 } : decision;
}

/** Asked again and again, it is asked ever more rarely: half a second to fifteen. */
function ask({ app, notes }: StepFacts, note: string): Extract<StepDecision, { kind: 'refresh' }> {
  const afterMs = Math.min(500 * 2 ** Math.min(notes.asked, 10), 15_000);
  const asked = { ...notes, asked: notes.asked + 1 };
  return { kind: 'refresh', depth: 'normal', notes: asked, note: `Application ${app.name} ${note}.`, afterMs };
}

function wait(app: ArgoApplication, note: string, afterMs: number): StepDecision {
  return { kind: 'wait', note: `Application ${app.name} ${note}.`, afterMs };
}
