import type { ChangeSet, Desired } from '../../engines/engine.ts';
import type { Rendered, RenderInputs } from '../../gitops/render/renderer.ts';
import { incompleteRule } from '../../gitops/validate/validate-resources.ts';
import { BorderError, FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { type Application, type Target, targetId } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { digestOf } from './digest.ts';
import { offlineKubeVersion, type Place } from './places.ts';
import { hookFindings, randomFindings } from './render-findings.ts';
import type { ApplicationPair, ReviewRequest, ReviewTools } from './request.ts';

/** What was worked out for one target. */
export interface TargetFacts extends Pick<ChangeSet, 'changes' | 'findings'> {
  readonly target: Target;
  /** Whether every side it exists on was rendered. */
  readonly rendered: boolean;
}

interface Side {
  readonly rendered: Rendered | null;
  readonly findings: readonly Finding[];
  readonly error: string | null;
}

const nothing: Side = { rendered: { resources: [], hooks: [], findings: [] }, findings: [], error: null };

/** Renders both sides of an application for one place, validates the head, and predicts what merging does there. */
export async function reviewTarget(
  pair: ApplicationPair,
  place: Place,
  context: {
    readonly request: ReviewRequest;
    readonly head: Tree;
    readonly tools: ReviewTools;
    readonly signal: AbortSignal;
  },
): Promise<TargetFacts> {
  const { request, tools, signal } = context;
  const id = targetId({ application: pair.name, environment: pair.environment, cluster: place.context });
  const target: Target = {
    id,
    application: pair.name,
    environment: pair.environment,
    cluster: place.context,
    digest: null,
    error: place.error,
  };
  const [base, head] = await Promise.all([
    renderSide(pair.base, request.baseTree, place, context),
    renderSide(pair.head, context.head, place, context),
  ]);
  const own = (finding: Finding): Finding => ({ ...finding, target: id });
  // Before anything is said: the message of a chart that fails may quote a value the other side has in a Secret.
  for (const side of [base, head])
    for (const { object } of [...(side.rendered?.resources ?? []), ...(side.rendered?.hooks ?? [])])
      tools.learnSecret(object);
  const early = head.findings.map(own);
  if (head.rendered === null) {
    return { target: { ...target, error: head.error ?? target.error }, changes: [], findings: early, rendered: false };
  }
  const desired: Desired = { base: base.rendered?.resources ?? null, head: head.rendered.resources };
  const [invalid, predicted] = await Promise.all([
    tools.validate(head.rendered.resources, { target: id, read: place.read }, signal),
    predict(target, desired, place, tools, signal),
  ]);
  const notes = [...hookFindings(head.rendered.hooks), ...randomFindings(head.rendered.resources)];
  return {
    target: {
      ...predicted.target,
      error: predicted.target.error ?? base.error ?? uncheckedReason(invalid),
      digest: digestFor(predicted.target, desired, place, tools),
    },
    changes: predicted.set.changes,
    findings: [...early, ...[...head.rendered.findings, ...invalid, ...predicted.set.findings, ...notes].map(own)],
    rendered: base.rendered !== null,
  };
}

/** A check that did not finish leaves the target unknown: never green by accident. */
function uncheckedReason(findings: readonly Finding[]): string | null {
  return findings.find((finding) => finding.rule === incompleteRule)?.message ?? null;
}

async function renderSide(
  application: Application | null,
  tree: Tree,
  place: Place,
  { tools, signal }: { readonly tools: ReviewTools; readonly signal: AbortSignal },
): Promise<Side> {
  if (application === null) return nothing;
  try {
    const rendered = await tools
      .rendererFor(application.renderer)
      .render(application, tree, renderInputs(application, place, tools), signal);
    return { rendered, findings: [], error: null };
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    return { rendered: null, findings: [renderFinding(error)], error: error.message };
  }
}

/** What an application is rendered for: the place's version and types, the folder's name as release. */
export function renderInputs(
  application: Application,
  place: Place,
  tools: Pick<ReviewTools, 'offlineApiVersions'>,
): RenderInputs {
  const read = place.read;
  const namespaced = (read?.discovery.resources ?? []).map(
    (type) => [`${type.group}/${type.kind}`, type.namespaced] as const,
  );
  return {
    releaseName: application.root.split('/').at(-1) || 'release',
    namespace: read?.namespace ?? 'default',
    kubeVersion: read?.kubeVersion ?? offlineKubeVersion,
    apiVersions: read?.discovery.apiVersions ?? tools.offlineApiVersions,
    namespaced: Object.fromEntries(namespaced),
    set: [],
  };
}

async function predict(
  target: Target,
  desired: Desired,
  place: Place,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<{ readonly target: Target; readonly set: ChangeSet }> {
  const offline = async (error: string | null) => ({
    target: { ...target, error },
    set: await tools.gitEngine.predict(target, desired, signal),
  });
  if (place.read === null) return offline(place.error);
  try {
    const engine = await tools.engineFor(place.read.cluster);
    const set = await engine.predict(target, desired, signal);
    return { target: { ...target, error: set.error }, set };
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    return offline(`cluster ${place.context ?? ''} was not read: ${error.message}`);
  }
}

function digestFor(target: Target, desired: Desired, place: Place, tools: ReviewTools): string | null {
  if (tools.key === null || target.error !== null) return null;
  const deletes = (desired.base ?? []).filter((resource) => !holds(desired.head, resource)).map(({ id }) => id);
  return digestOf({ key: tools.key, clusterUid: place.read?.uid ?? null, head: desired.head, deletes });
}

function holds(resources: readonly Resource[], wanted: Resource): boolean {
  return resources.some(
    ({ id }) =>
      id.group === wanted.id.group &&
      id.kind === wanted.id.kind &&
      id.namespace === wanted.id.namespace &&
      id.name === wanted.id.name,
  );
}

/** A side that could not be rendered makes the target incomplete; the finding says where and what to do. */
function renderFinding(error: FairleadError): Finding {
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
