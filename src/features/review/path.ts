import { isSops } from '../../formats/flux/sops.ts';
import { renderInputs } from '../../gitops/render/inputs.ts';
import type { TreeOrigin } from '../../model/declare.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { Rendered, RenderInputs } from '../../model/renderer.ts';
import type { Review } from '../../model/review.ts';
import type { Application, RendererName } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { mapConcurrently } from '../../tools/each.ts';
import { gitPlace, type Place, readCluster } from '../../world/cluster/place.ts';
import { decide } from './decide.ts';
import type { Facts } from './gather.ts';
import { withoutIdle } from './idle.ts';
import { renderFinding, renderTarget } from './render-target.ts';
import type { ReviewTools } from './request.ts';
import { noRulings } from './rulings.ts';
import { reviewTarget } from './target.ts';

/** Files on disk, and the folder or file of them that is meant. */
export interface PathRequest {
  readonly tree: Tree;
  /** Relative to the tree's root, '' for the root itself. */
  readonly path: string;
  /** Where it comes from. */
  readonly origin: TreeOrigin;
  /** Every application of the tree. */
  readonly applications: readonly Application[];
  readonly kubeVersion: string | null;
}

/** What `render` is told beside the path. */
export interface RenderChoices {
  /** Name of an application, or `NAME@ENVIRONMENT`; null: what stands at the path. */
  readonly app: string | null;
  readonly releaseName: string | null;
  readonly namespace: string | null;
  readonly valuesFiles: readonly string[];
  readonly set: readonly string[];
}

/** What validating a path found. */
export interface Validation {
  readonly applications: number;
  readonly resources: number;
  readonly findings: readonly Finding[];
  readonly failed: readonly string[];
}

/**
 * Renders the application that stands at the path, or the one of a name. Throws what the renderer throws, `path-missing`, and `usage` for a
 * name that none has, or several.
 */
export async function renderPath(
  request: PathRequest,
  choices: RenderChoices,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<Rendered> {
  const { app, valuesFiles } = choices;
  const application =
    app === null ? { ...applicationAt(request.tree, request.path, tools), valuesFiles } : named(app, request);
  const defaults = inputsFor(application, gitPlace, request, tools);
  const inputs: RenderInputs = {
    ...defaults,
    releaseName: choices.releaseName ?? defaults.releaseName,
    namespace: choices.namespace ?? defaults.namespace,
    set: choices.set,
  };
  return renderQuiet(application, request, inputs, { tools, signal });
}

function named(name: string, { applications }: PathRequest): Application {
  const found = applications.filter((one) => one.name === name || `${one.name}@${one.environment}` === name);
  const [application] = found;
  if (application !== undefined && found.length === 1) return application;
  const choices = found.map((one) => `${one.name}@${one.environment}`).join(', ');
  throw new FairleadError({
    code: 'usage',
    subject: name,
    message:
      found.length === 0 ? `no application is called ${name}` : `${found.length} applications are called ${name}`,
    remedy: found.length === 0 ? '`fairlead discover` lists what there is.' : `Name one of ${choices}.`,
  });
}

/** Renders and validates every application at or below the path, without a cluster. */
export async function validatePath(request: PathRequest, tools: ReviewTools, signal: AbortSignal): Promise<Validation> {
  const applications = applicationsBelow(request, tools);
  const results = await mapConcurrently(applications, 2, async (application) => {
    const side = await renderQuietly(application, request, tools, signal);
    if (side.rendered === null) return { resources: 0, findings: side.findings, failed: [application.name] };
    for (const { object } of side.rendered.resources) tools.learnSecret(object);
    const target =
      application.environment === null ? application.name : `${application.name}@${application.environment}`;
    const open = side.rendered.resources.filter(({ object }) => !isSops(object));
    const invalid = await tools.validate(open, { target, read: null, base: null }, signal);
    return { resources: side.rendered.resources.length, findings: [...side.rendered.findings, ...invalid], failed: [] };
  });
  return {
    applications: applications.length,
    resources: results.reduce((sum, result) => sum + result.resources, 0),
    findings: results.flatMap((result) => result.findings),
    failed: results.flatMap((result) => result.failed),
  };
}

/** What applying every application at or below the path would change in a cluster. The cluster must answer: else `BorderError`. */
export async function diffPath(
  request: PathRequest,
  clusterName: string,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<Review> {
  const { cluster, namespace } = await tools.openCluster(clusterName);
  const place: Place = { context: clusterName, read: await readCluster(cluster, namespace, signal), error: null };
  const { tree, origin } = request;
  const context = { request: { baseTree: tree, untrusted: null, origin }, head: tree, tools, signal };
  const targets = await mapConcurrently(applicationsBelow(request, tools), 4, async (head) => {
    const pair = { name: head.name, environment: head.environment, base: null, head };
    const rendered = await renderTarget(pair, place, context);
    const target = { ...rendered, findings: withoutIdle(rendered.findings) };
    return reviewTarget(target, { tools, engine: 'apply', keeps: false }, signal);
  });
  const facts: Facts = {
    request: { base: 'live', head: 'working tree' },
    conflict: null,
    targets,
    leaks: [],
    declarations: [],
    incomplete: null,
    unownedFiles: [],
    inputs: [],
    clustersRead: [clusterName],
    gitOnly: null,
    helm: [],
    readAt: tools.now(),
  };
  return decide(facts, noRulings);
}

async function renderQuietly(
  application: Application,
  request: PathRequest,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<{ readonly rendered: Rendered | null; readonly findings: readonly Finding[] }> {
  try {
    const inputs = inputsFor(application, gitPlace, request, tools);
    return { rendered: await renderQuiet(application, request, inputs, { tools, signal }), findings: [] };
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    return { rendered: null, findings: [renderFinding(error)] };
  }
}

async function renderQuiet(
  application: Application,
  { tree }: PathRequest,
  inputs: RenderInputs,
  { tools, signal }: { readonly tools: ReviewTools; readonly signal: AbortSignal },
): Promise<Rendered> {
  const rendered = await tools.rendererFor(application.renderer).render(application, tree, inputs, signal);
  return { ...rendered, findings: withoutIdle(rendered.findings) };
}

function inputsFor(application: Application, place: Place, request: PathRequest, tools: ReviewTools): RenderInputs {
  const inputs = renderInputs(application, place, tools);
  return request.kubeVersion === null ? inputs : { ...inputs, kubeVersion: normalVersion(request.kubeVersion) };
}

function normalVersion(text: string): string {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text);
  if (match !== null) return `v${match[1]}.${match[2]}.${match[3] ?? '0'}`;
  throw new FairleadError({
    code: 'usage',
    subject: text,
    message: `${text} is no Kubernetes version`,
    remedy: 'Write it as v1.36.0.',
  });
}

function applicationsBelow(request: PathRequest, tools: ReviewTools): readonly Application[] {
  const prefix = request.path === '' ? '' : `${request.path}/`;
  const found = request.applications.filter(({ root }) => root === request.path || root.startsWith(prefix));
  return found.length > 0 ? found : [applicationAt(request.tree, request.path, tools)];
}

function applicationAt(tree: Tree, path: string, tools: ReviewTools): Application {
  const prefix = path === '' ? '' : `${path}/`;
  const names = tree.entries
    .filter((entry) => entry.path.startsWith(prefix))
    .map((entry) => entry.path.slice(prefix.length));
  const isFile = tree.entries.some((entry) => entry.path === path);
  const order: readonly RendererName[] = ['kustomize', 'helm', 'plain'];
  const renderer = isFile
    ? 'plain'
    : order.find((name) => tools.rendererFor(name).detects(names.filter((file) => !file.includes('/'))));
  if (renderer !== undefined)
    return { name: path, root: path, renderer, environment: null, valuesFiles: [], inputs: [] };
  throw new FairleadError({
    code: 'path-missing',
    subject: path === '' ? '.' : path,
    message:
      names.length === 0 && path !== ''
        ? `there is no ${path}`
        : `${path === '' ? 'the folder' : path} holds no kustomization, chart or manifest`,
    remedy:
      'Name a folder with a kustomization.yaml, a Chart.yaml or manifests; `fairlead discover` lists what there is.',
  });
}
