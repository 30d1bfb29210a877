import type { ApplyCounts } from '../../model/deployment.ts';
import { BorderError } from '../../model/error.ts';
import { type Json, type JsonObject, pickText } from '../../model/json.ts';
import type { EngineStep, EngineWork } from '../engine.ts';
import { type ArgoApplication, applicationType } from './application.ts';
import { decideStep, type Standing, type StepDecision } from './decide-step.ts';
import { type Followed, followedApplications } from './followed-applications.ts';
import { type AppNotes, readJournal, writeJournal } from './journal.ts';
import { sourcesOfBranch } from './match-source.ts';
import type { ArgoCdOptions } from './options.ts';
import { refreshPatch, syncPatch } from './requests.ts';

/** Somebody else, often the controller, wrote to the Application in between: look again so many milliseconds later. */
const afterConflict = 300;

interface StepCall {
  readonly journal: Json;
  readonly signal: AbortSignal;
}

/** What one Application came to. */
interface Outcome {
  readonly decision: StepDecision;
  readonly notes: AppNotes;
}

/** Takes one step with every Application of the work: reads it, decides, and does at most one write to each. */
export async function takeStep(options: ArgoCdOptions, work: EngineWork, call: StepCall): Promise<EngineStep> {
  const { journal, signal } = call;
  try {
    const { followed, missing } = await followedApplications(
      options,
      work,
      readJournal(work.deployment, journal),
      signal,
    );
    if (missing !== null) return { kind: 'refused', journal, reason: missing };
    const outcomes = await Promise.all(followed.map((one) => stepOne(options, work, one, signal)));
    return summarise(options, work, outcomes);
  } catch (error) {
    // Only the operator can grant a permission or install the type: trying again says nothing new.
    if (!(error instanceof BorderError) || !['forbidden', 'not-found'].includes(error.kind)) throw error;
    return { kind: 'refused', journal, reason: `${error.message} ${error.remedy}` };
  }
}

async function stepOne(
  options: ArgoCdOptions,
  work: EngineWork,
  { app, notes }: Followed,
  signal: AbortSignal,
): Promise<Outcome> {
  if (app === null) return { decision: { kind: 'refused', reason: `Application ${notes.name} is gone.` }, notes };
  const sources = sourcesOfBranch(app, work);
  const standing = (revisions: readonly string[]): Promise<Standing> =>
    standingOf(options, work.commit, ours(app, revisions, sources), signal);
  const decision = decideStep({
    app,
    notes,
    work,
    compared: await standing(app.revisions),
    operated: await standing(app.operation?.revisions ?? []),
    synced: await standing(app.lastSynced),
    // Only a comparison that ended in an error asks for it.
    isHead: app.conditions.length > 0 && (await options.head(work.branch, signal)) === work.commit,
    now: options.now(),
  });
  return perform(options, { app, notes, work, sources }, decision, signal);
}

/** The revisions of those sources that follow the work's branch; of an app whose sources changed since, what cannot be told is none. */
function ours(app: ArgoApplication, revisions: readonly string[], sources: readonly number[]): readonly string[] {
  return app.hasManySources ? sources.map((index) => revisions[index] ?? '') : revisions;
}

async function standingOf(
  { isAncestor }: ArgoCdOptions,
  commit: string,
  revisions: readonly string[],
  signal: AbortSignal,
): Promise<Standing> {
  if (revisions.length === 0) return 'other';
  if (revisions.every((revision) => revision === commit)) return 'exact';
  for (const revision of revisions) {
    if (revision !== commit && !(await isAncestor(commit, revision, signal))) return 'other';
  }
  return 'newer';
}

interface Performed {
  readonly app: ArgoApplication;
  readonly notes: AppNotes;
  readonly work: EngineWork;
  readonly sources: readonly number[];
}

async function perform(
  options: ArgoCdOptions,
  { app, notes, work, sources }: Performed,
  decision: StepDecision,
  signal: AbortSignal,
): Promise<Outcome> {
  switch (decision.kind) {
    case 'refresh': {
      const request = refreshPatch(app, decision.depth, options.now().toISOString());
      const isWritten = await patch(options, app, request, signal);
      return isWritten ? { decision, notes: decision.notes } : { decision: lookAgain(app), notes };
    }
    case 'sync': {
      const isWritten = await patch(options, app, syncPatch(app, { work, sources, prune: decision.prune }), signal);
      return { decision: isWritten ? started(app) : lookAgain(app), notes };
    }
    case 'wait':
    case 'done':
    case 'refused':
    case 'failed':
      return { decision, notes };
    default:
      return decision satisfies never;
  }
}

/** Whether the patch was written; false when the Application is not the one that was read any more. */
async function patch(
  { control }: ArgoCdOptions,
  { namespace, name, resourceVersion }: ArgoApplication,
  jsonPatch: readonly JsonObject[],
  signal: AbortSignal,
): Promise<boolean> {
  const id = { ...applicationType, namespace, name };
  try {
    await control.patch(id, jsonPatch, { resourceVersion }, signal);
    return true;
  } catch (error) {
    if (!(error instanceof BorderError) || (error.kind !== 'conflict' && error.kind !== 'invalid')) throw error;
    if (error.kind === 'conflict') return false;
    // A patch that does not fit is refused before the version is compared: it may be a conflict all the same.
    const now = pickText((await control.get(id, signal)) ?? undefined, 'metadata', 'resourceVersion');
    if (now === resourceVersion) throw error;
    return false;
  }
}

function lookAgain({ name }: ArgoApplication): StepDecision {
  return { kind: 'wait', note: `Application ${name} was just changed by others.`, afterMs: afterConflict };
}

function started({ name }: ArgoApplication): StepDecision {
  return { kind: 'wait', note: `Application ${name} syncs.`, afterMs: 500 };
}

function summarise({ redactor }: ArgoCdOptions, { deployment }: EngineWork, outcomes: readonly Outcome[]): EngineStep {
  const journal = writeJournal(
    deployment,
    outcomes.map(({ notes }) => notes),
  );
  const decisions = outcomes.map(({ decision }) => decision);
  const failed = decisions.find(({ kind }) => kind === 'failed');
  if (failed?.kind === 'failed') return { ...failed, journal, reason: redactor.text(failed.reason) };
  const refused = decisions.flatMap((one) => (one.kind === 'refused' ? [one.reason] : []));
  if (refused.length > 0) return { kind: 'refused', journal, reason: redactor.text(refused.join(' ')) };
  const waiting = decisions.flatMap((one) => (one.kind === 'wait' || one.kind === 'refresh' ? [one] : []));
  if (waiting.length > 0) {
    const note = redactor.text(waiting.map((one) => one.note).join(' '));
    return { kind: 'again', journal, afterMs: Math.min(...waiting.map((one) => one.afterMs)), counts: null, note };
  }
  const done = decisions.flatMap((one) => (one.kind === 'done' ? [one] : []));
  return {
    kind: 'applied',
    journal,
    counts: add(done.map(({ counts }) => counts)),
    kept: done.flatMap((one) => one.kept),
  };
}

function add(counts: readonly ApplyCounts[]): ApplyCounts {
  const sum = (key: keyof ApplyCounts): number => counts.reduce((total, one) => total + one[key], 0);
  return { applied: sum('applied'), unchanged: sum('unchanged'), pruned: sum('pruned'), total: sum('total') };
}
