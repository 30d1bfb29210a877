import type { ChangeSet, Desired, Predictor } from '../../engines/engine.ts';
import { isSops } from '../../formats/flux/sops.ts';
import { ownersOf } from '../../gitops/diff/owners.ts';
import { takeoversOf } from '../../gitops/diff/takeovers.ts';
import { digestOf, objectDigests } from '../../gitops/plan/digest.ts';
import { risksOf } from '../../gitops/risk/index.ts';
import { incompleteRule } from '../../gitops/validate/validate-resources.ts';
import { BorderError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { PlanTarget } from '../../model/plan.ts';
import { resourceKey } from '../../model/resource.ts';
import type { Target } from '../../model/target.ts';
import type { Place } from '../../world/cluster/place.ts';
import { fateOf } from './gone-declaration.ts';
import { heedController } from './heed-controller.ts';
import { heedMissing } from './heed-missing.ts';
import { reachLive } from './reach.ts';
import { isRemoved, judgeRemoved } from './removed-application.ts';
import type { RenderedTarget } from './render-target.ts';
import type { ReviewTools } from './request.ts';

/** What was worked out for one target. */
export interface TargetFacts extends Pick<ChangeSet, 'changes' | 'findings'> {
  readonly target: Target;
  /** Whether every side it exists on was rendered. */
  readonly rendered: boolean;
  /** Resource keys of all that base and head want of it. */
  readonly declares: { readonly base: readonly string[]; readonly head: readonly string[] };
  /** What a deploy of it is held to; null without a key, or when it could not be worked out in full. */
  readonly plan: Pick<PlanTarget, 'digest' | 'objects' | 'deletes' | 'takeovers'> | null;
}

/**
 * Validates the head of a rendered target, and predicts what merging does there. `keeps`: nothing is deleted where Git holds nothing
 * of it any more.
 */
export async function reviewTarget(
  rendered: RenderedTarget,
  { tools, engine, keeps }: { readonly tools: ReviewTools; readonly engine: string; readonly keeps: boolean },
  signal: AbortSignal,
): Promise<TargetFacts> {
  const { target, place, base, head } = rendered;
  const declares = { base: keysOf(base), head: keysOf(head) };
  if (head === null) return { target, changes: [], findings: rendered.findings, rendered: false, declares, plan: null };
  const desired: Desired = { base, head, declared: rendered.declared };
  const { predictor, failure } = await predictorFor(engine, place, tools);
  const [invalid, all] = await Promise.all([
    // Of what is encrypted nothing but the keys can be judged.
    tools.validate(
      head.filter(({ object }) => !isSops(object)),
      { target: target.id, read: place.read, base },
      signal,
    ),
    predict({ target, desired, place, predictor }, tools, signal),
  ]);
  const { declared, isGone } = rendered;
  const heeded = heedController({ declared, base, changes: all.changes, isGone });
  const predicted = { ...all, changes: heeded.changes };
  const judged = judgeRemoved(rendered, { target, changes: predicted.changes, keeps });
  const own = (finding: Finding): Finding => ({ ...finding, target: target.id });
  const error = failure ?? predicted.error ?? target.error ?? uncheckedReason(invalid);
  const unpruned = heeded.findings.flatMap(({ resource }) => (resource === null ? [] : [resourceKey(resource)]));
  const stays = keeps || (isGone && declared !== null && !fateOf(declared).isDeleted);
  const within = {
    ...{ predicted, place, tools, engine, manager: predictor.manager },
    ...{ keeps: stays, unpruned: new Set(unpruned) },
  };
  const plan = error === null ? await planFor(desired, within) : null;
  const { live } = predicted;
  const question = { target: target.id, base, changes: judged.changes, live };
  const reached = await reachLive(question, { head, read: place.read, tools }, signal);
  const risks = risksOf({ ...question, head, changes: reached.changes, ownersOf });
  const said = heedMissing([...invalid, ...predicted.findings].map(own), { declared, head });
  const found = [...rendered.findings, ...said, ...risks, ...reached.findings];
  return {
    target: { ...target, error, digest: plan?.digest ?? null },
    changes: reached.changes,
    findings: [...found, ...heeded.findings, ...judged.findings],
    rendered: base !== null,
    declares,
    plan,
  };
}

function keysOf(side: Desired['base']): readonly string[] {
  return (side ?? []).map(({ id }) => resourceKey(id));
}

/** A check that did not finish leaves the target unknown: never green by accident. */
function uncheckedReason(findings: readonly Finding[]): string | null {
  return findings.find((finding) => finding.rule === incompleteRule)?.message ?? null;
}

/** A cluster that does not answer is compared in Git, and said to be missing. */
async function predictorFor(
  engine: string,
  place: Place,
  tools: ReviewTools,
): Promise<{ readonly predictor: Predictor; readonly failure: string | null }> {
  if (place.read === null) return { predictor: tools.gitEngine, failure: null };
  try {
    return { predictor: await tools.engineFor(engine, place.read.cluster), failure: null };
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    return { predictor: tools.gitEngine, failure: `cluster ${place.context ?? ''} was not read: ${error.message}` };
  }
}

interface Question {
  readonly target: Target;
  readonly desired: Desired;
  readonly place: Place;
  readonly predictor: Predictor;
}

async function predict(
  { target, desired, place, predictor }: Question,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<ChangeSet> {
  try {
    return await predictor.predict(target, desired, signal);
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    const set = await tools.gitEngine.predict(target, desired, signal);
    return { ...set, error: `cluster ${place.context ?? ''} was not read: ${error.message}` };
  }
}

interface PlanPlace {
  readonly predicted: ChangeSet;
  readonly place: Place;
  readonly tools: ReviewTools;
  readonly engine: string;
  readonly keeps: boolean;
  readonly manager: string;
  /** Keys of objects that their controller does not delete. */
  readonly unpruned: ReadonlySet<string>;
}

/** What a deploy is held to: each object's digest on both sides, what goes, and what is taken over. */
async function planFor(
  { base, head }: Desired,
  { predicted, place, tools, engine, keeps, manager, unpruned }: PlanPlace,
): Promise<TargetFacts['plan']> {
  const { key } = tools;
  if (key === null || base === null) return null;
  const kept = new Set([...unpruned, ...head.map(({ id }) => resourceKey(id))]);
  // What is not shown as deleted may not be deleted either.
  const stays = keeps && isRemoved({ base, head });
  const deletes = stays ? [] : base.map(({ id }) => id).filter((id) => !kept.has(resourceKey(id)));
  const [before, after] = [await objectDigests(key, base), await objectDigests(key, head)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return {
    digest: digestOf({ key, clusterUid: place.read?.uid ?? null, engine, manager, head, deletes }),
    objects: Object.fromEntries(
      keys.map((id) => [id, { base: before.get(id) ?? null, head: after.get(id) ?? null }] as const),
    ),
    deletes,
    takeovers: takeoversOf(predicted.changes, predicted.live, manager),
  };
}
