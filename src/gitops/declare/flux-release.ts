import type { FluxHelmRelease } from '../../formats/flux/helm-release.ts';
import type { HelmOptions } from '../../model/declared.ts';
import type { Rendered, Renderer, RenderInputs } from '../../model/renderer.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';
import type { Application } from '../../model/target.ts';
import type { DeclaredRendererParts } from './argocd-render.ts';
import { declarationOf } from './declaration-of.ts';
import { defaultHelmOptions, renderHelmSource } from './declared-helm.ts';
import type { OpenedSource } from './declared-sources.ts';
import { withCommonMetadata } from './flux-apply.ts';
import { differingPointers } from './flux-secret-pointers.ts';
import { withoutEmptyNamespace } from './without-namespace.ts';

/** A HelmRelease to render. */
export interface ReleaseJob {
  readonly application: Application;
  readonly release: FluxHelmRelease;
  readonly opened: OpenedSource;
  readonly inputs: RenderInputs;
}

/**
 * Renders a release as helm-controller installs it: the chart with its values, what the post-renderers make of it, common metadata.
 * Where values came from Secrets it is rendered twice more with others in their place, to find what holds them.
 */
export async function renderRelease(
  job: ReleaseJob,
  parts: DeclaredRendererParts,
  signal: AbortSignal,
): Promise<Rendered> {
  const rendered = await renderOnce(job, parts, signal);
  const [one, other] = declarationOf(job.application).dummies;
  if (one === undefined || other === undefined) return rendered;
  const [first, second] = [
    await renderOnce(withOptions(job, one), parts, signal),
    await renderOnce(withOptions(job, other), parts, signal),
  ];
  return { ...rendered, resources: hide(rendered.resources, first.resources, second.resources) };
}

async function renderOnce(job: ReleaseJob, parts: DeclaredRendererParts, signal: AbortSignal): Promise<Rendered> {
  const { application, release, opened, inputs } = job;
  const { declaredAt } = declarationOf(application).application;
  const source = { application, opened, refs: new Map(), declaredAt };
  const own = { ...inputs, releaseName: release.releaseName, namespace: release.targetNamespace || inputs.namespace };
  // Patches are written for what Helm prints, and that leaves it to the server which namespace an object gets that names none.
  const bare = release.postRenderers.length === 0 ? own : { ...own, objectNamespace: '' };
  const rendered = await renderHelmSource(
    source,
    { renderer: parts.renderer('helm'), inputs: bare, fetchers: parts.fetchers },
    signal,
  );
  let resources = rendered.resources.map(withoutEmptyNamespace);
  for (const [index, step] of release.postRenderers.entries()) {
    const isLast = index === release.postRenderers.length - 1;
    const after = isLast ? own : { ...own, namespace: '' };
    const tools = { renderer: parts.renderer('kustomize'), application, inputs: after, signal };
    resources = (await postRender(resources, step, tools)).map(withoutEmptyNamespace);
  }
  return { ...rendered, resources: resources.map((resource) => withCommonMetadata(resource, release.commonMetadata)) };
}

async function postRender(
  resources: readonly Resource[],
  step: FluxHelmRelease['postRenderers'][number],
  tools: {
    readonly renderer: Renderer;
    readonly application: Application;
    readonly inputs: RenderInputs;
    readonly signal: AbortSignal;
  },
): Promise<readonly Resource[]> {
  const { renderer, application, inputs, signal } = tools;
  const { postRenderTree } = await import('./flux-post-render.ts');
  const tree = postRenderTree(
    resources.map(({ object }) => object),
    step,
  );
  const root = { ...application, ...({ root: '', renderer: 'kustomize', valuesFiles: [], inputs: [] } as const) };
  const { resources: built } = await renderer.render(root, tree, inputs, signal);
  const keyOf = ({ id }: Resource) => resourceKey({ ...id, namespace: null });
  const before = new Map(resources.map((resource) => [keyOf(resource), resource]));
  return built.map((resource) => {
    const from = before.get(keyOf(resource));
    return { ...resource, source: from?.source ?? null, lines: new Map(), random: from?.random ?? [] };
  });
}

function withOptions(job: ReleaseJob, options: Pick<HelmOptions, 'values' | 'parameters'>): ReleaseJob {
  const { source } = job.opened;
  return {
    ...job,
    opened: { ...job.opened, source: { ...source, helm: { ...(source.helm ?? defaultHelmOptions), ...options } } },
  };
}

/** What differs between the two renders came from a Secret. One that is in one of them only is hidden whole. */
function hide(
  resources: readonly Resource[],
  one: readonly Resource[],
  other: readonly Resource[],
): readonly Resource[] {
  const [first, second] = [byKey(one), byKey(other)];
  return resources.map((resource) => {
    const key = resourceKey(resource.id);
    const pointers = differingPointers(first.get(key)?.object ?? null, second.get(key)?.object ?? null);
    const whole = first.has(key) && second.has(key) ? pointers : [''];
    return whole.length === 0 ? resource : { ...resource, hidden: whole };
  });
}

function byKey(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  return new Map(resources.map((resource) => [resourceKey(resource.id), resource]));
}
