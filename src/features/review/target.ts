import type { ChangeSet, Desired } from '../../engines/engine.ts';
import { incompleteRule } from '../../gitops/validate/validate-resources.ts';
import { BorderError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { resourceKey } from '../../model/resource.ts';
import type { Target } from '../../model/target.ts';
import { digestOf } from './digest.ts';
import type { Place } from './places.ts';
import type { RenderedTarget } from './render-target.ts';
import type { ReviewTools } from './request.ts';

/** What was worked out for one target. */
export interface TargetFacts extends Pick<ChangeSet, 'changes' | 'findings'> {
  readonly target: Target;
  /** Whether every side it exists on was rendered. */
  readonly rendered: boolean;
}

/** Validates the head of a rendered target, and predicts what merging does there. */
export async function reviewTarget(
  rendered: RenderedTarget,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<TargetFacts> {
  const { target, place, base, head } = rendered;
  if (head === null) return { target, changes: [], findings: rendered.findings, rendered: false };
  const desired: Desired = { base, head };
  const [invalid, predicted] = await Promise.all([
    tools.validate(head, { target: target.id, read: place.read }, signal),
    predict(target, desired, place, tools, signal),
  ]);
  const own = (finding: Finding): Finding => ({ ...finding, target: target.id });
  const error = predicted.error ?? target.error ?? uncheckedReason(invalid);
  return {
    target: { ...target, error, digest: error === null ? digestFor(desired, place, tools) : null },
    changes: predicted.changes,
    findings: [...rendered.findings, ...[...invalid, ...predicted.findings].map(own)],
    rendered: base !== null,
  };
}

/** A check that did not finish leaves the target unknown: never green by accident. */
function uncheckedReason(findings: readonly Finding[]): string | null {
  return findings.find((finding) => finding.rule === incompleteRule)?.message ?? null;
}

async function predict(
  target: Target,
  desired: Desired,
  place: Place,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<ChangeSet> {
  if (place.read === null) return tools.gitEngine.predict(target, desired, signal);
  try {
    const engine = await tools.engineFor(place.read.cluster);
    return await engine.predict(target, desired, signal);
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    const set = await tools.gitEngine.predict(target, desired, signal);
    return { ...set, error: `cluster ${place.context ?? ''} was not read: ${error.message}` };
  }
}

function digestFor({ base, head }: Desired, place: Place, tools: ReviewTools): string | null {
  if (tools.key === null) return null;
  const kept = new Set(head.map(({ id }) => resourceKey(id)));
  const deletes = (base ?? []).map(({ id }) => id).filter((id) => !kept.has(resourceKey(id)));
  return digestOf({ key: tools.key, clusterUid: place.read?.uid ?? null, head, deletes });
}
