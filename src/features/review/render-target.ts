import type { ApplicationPair } from '../../gitops/discover/pair-applications.ts';
import { renderInputs } from '../../gitops/render/inputs.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { lentBy } from '../../model/lent.ts';
import type { Rendered, RenderInputs } from '../../model/renderer.ts';
import type { Resource } from '../../model/resource.ts';
import { type Application, type Target, targetId } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import type { Place } from '../../world/cluster/place.ts';
import { newlyIdle } from './idle.ts';
import { hiddenFindings, hookFindings, randomFindings, sealedFindings } from './render-findings.ts';
import type { ReviewRequest, ReviewTools } from './request.ts';

/** A target with what both sides of the pull want of it. */
export interface RenderedTarget {
  readonly target: Target;
  readonly place: Place;
  /** What base wants; null where it could not be rendered. */
  readonly base: readonly Resource[] | null;
  /** What declares it, at head where it is there; null for what is found by its files alone. */
  readonly declared: DeclaredApplication | null;
  /** Head has no such application any more. */
  readonly isGone: boolean;
  /** What head wants; null where it could not be rendered. */
  readonly head: readonly Resource[] | null;
  readonly findings: readonly Finding[];
}

/** What rendering works with. */
export interface RenderContext {
  readonly request: Pick<ReviewRequest, 'baseTree' | 'untrusted' | 'origin' | 'lending'> &
    Partial<Pick<ReviewRequest, 'base' | 'head'>>;
  readonly head: Tree;
  readonly tools: ReviewTools;
  readonly signal: AbortSignal;
}

interface Side {
  readonly rendered: Rendered | null;
  readonly failure: FairleadError | null;
}

const nothing: Side = { rendered: { resources: [], hooks: [], findings: [] }, failure: null };

/** Renders both sides of an application for one place. What cannot be rendered is the target's error. */
export async function renderTarget(
  pair: ApplicationPair,
  place: Place,
  context: RenderContext,
): Promise<RenderedTarget> {
  const { application, environment, cluster } = {
    application: pair.name,
    environment: pair.environment,
    cluster: place.context,
  };
  const [base, head] = await Promise.all([
    renderSide(pair.base, 'base', place, context),
    renderSide(pair.head, 'head', place, context),
  ]);
  learnSecrets([base, head], context.tools);
  const id = targetId({ application, environment, cluster });
  const error = head.failure?.message ?? place.error ?? base.failure?.message ?? pair.head?.declared?.untold ?? null;
  return {
    target: { id, application, environment, cluster, digest: null, error },
    place,
    declared: (pair.head ?? pair.base)?.declared?.application ?? null,
    isGone: pair.head === null,
    base: base.rendered?.resources ?? null,
    head: head.rendered?.resources ?? null,
    findings: newlyIdle(sideFindings(head), base.rendered?.findings ?? []).map((finding) => ({
      ...finding,
      target: id,
    })),
  };
}

/** Before anything is said: the message of a chart that fails may quote a value the other side has in a Secret. */
function learnSecrets(sides: readonly Side[], tools: ReviewTools): void {
  for (const { rendered } of sides) {
    for (const { object } of [...(rendered?.resources ?? []), ...(rendered?.hooks ?? [])]) tools.learnSecret(object);
  }
}

function sideFindings({ rendered, failure }: Side): readonly Finding[] {
  if (failure !== null) return [renderFinding(failure)];
  if (rendered === null) return [];
  const { findings, hooks, resources } = rendered;
  return [
    ...findings,
    ...hookFindings(hooks),
    ...randomFindings(resources),
    ...hiddenFindings(resources),
    ...sealedFindings(resources),
  ];
}

async function renderSide(
  application: Application | null,
  side: 'base' | 'head',
  place: Place,
  { request, head, tools, signal }: RenderContext,
): Promise<Side> {
  if (application === null) return nothing;
  const { untrusted, origin, lending } = request;
  const [tree, commit] = side === 'base' ? [request.baseTree, request.base] : [head, request.head];
  try {
    const { treeAt } = origin;
    const inputs: RenderInputs = {
      ...renderInputs(application, place, tools),
      ...(treeAt === undefined ? {} : { treeAt }),
      ...(commit === undefined ? {} : { commit }),
      ...(untrusted === null ? {} : { unfetched: untrusted }),
      ...(lending === undefined ? {} : { lent: lentBy(lending, side) }),
    };
    const rendered = await tools.rendererFor(application.renderer).render(application, tree, inputs, signal);
    return { rendered, failure: null };
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    return { rendered: null, failure: error };
  }
}

/** A side that could not be rendered makes the target incomplete; the finding says where and what to do. */
export function renderFinding(error: FairleadError): Finding {
  const match = /^(.*?):(\d+)(?::\d+)?$/.exec(error.subject);
  return {
    rule: error.code,
    severity: 'caution',
    target: null,
    resource: null,
    file: match?.[1] ?? (error.subject === '' ? null : error.subject),
    line: match === null ? null : Number(match[2]),
    message: error.message,
    fix: error.remedy,
  };
}
