import type { ApplyCounts } from '../../model/deployment.ts';
import { BorderError } from '../../model/error.ts';
import { type Json, pickText } from '../../model/json.ts';
import { resourceKey } from '../../model/resource.ts';
import type { EngineStep, EngineWork } from '../engine.ts';
import { countObjects } from './count-objects.ts';
import { decideStep } from './decide-step.ts';
import type { StepDecision, StepFacts } from './decision.ts';
import { firstLook } from './first-look.ts';
import type { FluxObject } from './flux-object.ts';
import { type Followed, readFollowed } from './followed.ts';
import { type Notes, readJournal, writeJournal } from './journal.ts';
import type { FluxEngineOptions } from './options.ts';
import { requestPatch, requestToken } from './request.ts';
import { type Standing, standingOf } from './revision.ts';

/** Somebody else, often the controller, wrote to the object in between: look again so many milliseconds later. */
const afterConflict = 200;

interface StepCall {
  readonly journal: Json;
  readonly signal: AbortSignal;
}

/** What one Kustomization or HelmRelease came to; facts are null when it is gone. */
interface Outcome {
  readonly facts: StepFacts | null;
  readonly notes: Notes;
  readonly decision: StepDecision;
}

/** Takes one step: reads all that carries out the work, decides, and makes each request that is due once. */
export async function takeStep(options: FluxEngineOptions, work: EngineWork, call: StepCall): Promise<EngineStep> {
  const { journal, signal } = call;
  try {
    const remembered = readJournal(work.deployment, journal);
    const { followed, missing } = await readFollowed(options, work, remembered, signal);
    if (missing !== null) return { kind: 'refused', journal, reason: missing };
    const outcomes = await Promise.all(followed.map((one) => decide(options, work, one, signal)));
    const isRefused = outcomes.some(({ decision }) => decision.kind === 'refused');
    return summarise(options, work, isRefused ? outcomes : await perform(options, work, outcomes, signal));
  } catch (error) {
    // Only the operator can grant a permission: trying again says nothing new.
    if (!(error instanceof BorderError) || error.kind !== 'forbidden') throw error;
    return { kind: 'refused', journal, reason: `${error.message} ${error.remedy}` };
  }
}

async function decide(
  options: FluxEngineOptions,
  work: EngineWork,
  followed: Followed,
  signal: AbortSignal,
): Promise<Outcome> {
  const { notes, reconciler, source, chart } = followed;
  if (reconciler === null || source === null) {
    const [kind, { namespace, name }] =
      reconciler === null ? [nameOf(notes), notes.ref] : ['GitRepository', notes.source];
    return { facts: null, notes, decision: { kind: 'refused', reason: `${kind} ${namespace}/${name} is gone.` } };
  }
  const standing = await standingsOf(options, work, followed, signal);
  const first = { reconciler, source, chart, notes, work, standing, now: options.now() };
  const facts = { ...first, notes: await firstLook(options.cluster, first, work.root, signal) };
  return { facts, notes: facts.notes, decision: decideStep(facts) };
}

function nameOf({ kind }: Notes): string {
  return kind === 'kustomization' ? 'Kustomization' : 'HelmRelease';
}

async function standingsOf(
  { isAncestor }: FluxEngineOptions,
  work: EngineWork,
  { reconciler, source, chart }: Followed,
  signal: AbortSignal,
): Promise<StepFacts['standing']> {
  const standing = (revision: string): Promise<Standing> => standingOf(isAncestor, work, revision, signal);
  const [attempted, applied] =
    reconciler?.kind === 'kustomization' ? [reconciler.attempted, reconciler.applied] : ['', ''];
  return {
    source: await standing(source?.revision ?? ''),
    attempted: await standing(attempted),
    applied: await standing(applied),
    chart: await standing(chart?.sourceRevision ?? ''),
  };
}

/** Makes the requests, one to each object however many wait for it. */
async function perform(
  options: FluxEngineOptions,
  work: EngineWork,
  outcomes: readonly Outcome[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const written = new Map<string, boolean>();
  const performed: Outcome[] = [];
  for (const outcome of outcomes) {
    const { decision } = outcome;
    if (decision.kind === 'request') {
      const key = resourceKey(decision.object.id);
      if (!written.has(key)) written.set(key, await request(options, work, decision.object, signal));
      performed.push(written.get(key) === true ? remember(outcome, decision.object) : lookAgain(outcome, decision));
    } else performed.push(outcome);
  }
  return performed;
}

/** Whether the request was written; false when the object is not the one that was read any more. */
async function request(
  { cluster, now }: FluxEngineOptions,
  work: EngineWork,
  object: FluxObject,
  signal: AbortSignal,
): Promise<boolean> {
  const { id, resourceVersion } = object;
  try {
    await cluster.patch(id, requestPatch(object, requestToken(work, now())), { resourceVersion }, signal);
    return true;
  } catch (error) {
    if (!(error instanceof BorderError) || (error.kind !== 'conflict' && error.kind !== 'invalid')) throw error;
    if (error.kind === 'conflict') return false;
    // A patch that does not fit is refused before the version is compared: it may be a conflict all the same.
    const live = (await cluster.get(id, signal)) ?? undefined;
    if (pickText(live, 'metadata', 'resourceVersion') === resourceVersion) throw error;
    return false;
  }
}

function remember(outcome: Outcome, { id }: FluxObject): Outcome {
  const { notes } = outcome;
  const isSource = id.kind === 'GitRepository';
  const changed = isSource ? { ...notes, asked: notes.asked + 1 } : { ...notes, isRequested: true };
  return { ...outcome, notes: changed };
}

function lookAgain(outcome: Outcome, { object }: { readonly object: FluxObject }): Outcome {
  const note = `${object.title} was just changed by others.`;
  return { ...outcome, decision: { kind: 'wait', note, afterMs: afterConflict } };
}

function summarise({ redactor }: FluxEngineOptions, work: EngineWork, outcomes: readonly Outcome[]): EngineStep {
  const journal = writeJournal(
    work.deployment,
    outcomes.map(({ notes }) => notes),
  );
  const decisions = outcomes.map(({ decision }) => decision);
  const failed = decisions.find(({ kind }) => kind === 'failed');
  if (failed?.kind === 'failed') return { ...failed, journal, reason: redactor.text(failed.reason), counts: null };
  const refused = decisions.flatMap((one) => (one.kind === 'refused' ? [one.reason] : []));
  if (refused.length > 0) return { kind: 'refused', journal, reason: redactor.text(refused.join(' ')) };
  const waiting = decisions.flatMap((one) => (one.kind === 'wait' || one.kind === 'request' ? [one] : []));
  if (waiting.length > 0) {
    const note = redactor.text([...new Set(waiting.map((one) => one.note))].join(' '));
    return { kind: 'again', journal, afterMs: Math.min(...waiting.map((one) => one.afterMs)), counts: null, note };
  }
  const counts = outcomes.flatMap(({ facts }) => (facts === null ? [] : [countObjects(facts, work.root)]));
  return { kind: 'applied', journal, counts: add(counts), kept: keptOf(outcomes) };
}

function keptOf(outcomes: readonly Outcome[]): Extract<EngineStep, { kind: 'applied' }>['kept'] {
  const stale = outcomes.flatMap(({ notes }) => notes.stale);
  return stale.flatMap(({ resource, why }) => (why === null ? [] : [{ resource, why }]));
}

function add(counts: readonly ApplyCounts[]): ApplyCounts {
  const sum = (key: keyof ApplyCounts): number => counts.reduce((total, one) => total + one[key], 0);
  return { applied: sum('applied'), unchanged: sum('unchanged'), pruned: sum('pruned'), total: sum('total') };
}
