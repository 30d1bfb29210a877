import { type FluxHelmRelease, isFluxHelmRelease, readFluxHelmRelease } from '../../formats/flux/helm-release.ts';
import { type FluxKustomization, readFluxKustomization } from '../../formats/flux/kustomization.ts';
import type { DeclaredApplication, SecretTold } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { Rendered, Renderer, RenderInputs } from '../../model/renderer.ts';
import { formatResource, type Resource } from '../../model/resource.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import type { DeclaredRendererParts } from './argocd-render.ts';
import { declarationOf } from './declaration-of.ts';
import { type OpenedSource, openDeclared } from './declared-sources.ts';
import { renderRelease } from './flux-release.ts';
import { renderFlux } from './flux-render.ts';
import type { SubstitutedResource } from './flux-substitute.ts';
import type { FluxSubstituter } from './flux-substituter.ts';
import type { Variables } from './flux-variables.ts';
import { renderPlaced } from './placed.ts';
import { withoutEmptyNamespace } from './without-namespace.ts';

/** What the renderer of Flux is made of. */
export interface FluxRendererParts extends DeclaredRendererParts {
  readonly substituter: FluxSubstituter;
}

/** Renders what a Kustomization or HelmRelease declares as Flux' controllers do. */
export function createFluxRenderer(parts: FluxRendererParts): Renderer {
  return {
    name: 'flux',
    detects: () => false,
    render: async (application, tree, inputs, signal) => {
      const { application: declared } = declarationOf(application);
      const [opened] = await openDeclared({ application, tree, inputs }, parts.fetchers, signal);
      if (opened === undefined) throw sourceless(declared);
      const rendered = await renderPlaced({ opened, declaredAt: declared.declaredAt }, () =>
        renderOpened({ application, opened, inputs }, parts, signal),
      );
      return { ...rendered, findings: [...opened.findings, ...rendered.findings] };
    },
  };
}

interface FluxJob {
  readonly application: Application;
  readonly opened: OpenedSource;
  readonly inputs: RenderInputs;
}

async function renderOpened(job: FluxJob, parts: FluxRendererParts, signal: AbortSignal): Promise<Rendered> {
  const spec = specOf(declarationOf(job.application).application);
  if (spec.kind === 'helmrelease') return renderRelease({ ...job, release: spec }, parts, signal);
  return renderKustomization(spec, job, parts, signal);
}

async function renderKustomization(
  kustomization: FluxKustomization,
  { application, opened, inputs }: FluxJob,
  parts: FluxRendererParts,
  signal: AbortSignal,
): Promise<Rendered> {
  const { build } = declarationOf(application);
  const findings: Finding[] = [];
  const kustomize = async (root: string, tree: Tree): Promise<readonly Resource[]> => {
    const folder = { ...application, ...({ root, renderer: 'kustomize', valuesFiles: [], inputs: [] } as const) };
    const rendered = await parts.renderer('kustomize').render(folder, tree, { ...inputs, namespace: '' }, signal);
    findings.push(...rendered.findings);
    return rendered.resources;
  };
  const variables = variablesOf(build?.variables ?? noVariables);
  const { ignore = null, isStrict = false } = build ?? {};
  const input = { tree: opened.tree, ignore, kustomize, ...parts, variables, isStrict };
  const rendered = await renderFlux(kustomization, input, signal);
  const isHomeless = isNamespaced(inputs);
  return {
    // Where the scope of a kind is not known it may have no namespace at all.
    resources: rendered.resources.map(hidden).map(withoutEmptyNamespace),
    hooks: [],
    findings: [
      ...findings,
      ...rendered.findings.filter(({ rule, resource }) => rule !== 'flux-namespace-missing' || isHomeless(resource)),
      ...rendered.ignored.map(({ resource }) => leftAlone(resource, kustomization)),
    ],
  };
}

const noVariables: SecretTold = { values: {}, secret: [], hasUnknown: false };

function variablesOf({ values, secret, hasUnknown }: SecretTold): Variables {
  return { values: new Map(Object.entries(values)), secret: new Set(secret), hasUnknown, findings: [] };
}

function hidden({ resource, secret }: SubstitutedResource): Resource {
  return secret.length === 0 ? resource : { ...resource, hidden: secret };
}

/** Whether a kind is known to be namespaced: of Kubernetes itself, or as the cluster says. */
function isNamespaced({ namespaced }: RenderInputs): (resource: Finding['resource']) => boolean {
  return (id) => {
    if (id === null) return false;
    const told = namespaced[`${id.group}/${id.kind}`];
    return told ?? (!id.group.includes('.') || id.group.endsWith('.k8s.io'));
  };
}

function leftAlone({ id, source }: Resource, { name }: FluxKustomization): Finding {
  return {
    rule: 'flux-ignored',
    severity: 'note',
    target: null,
    resource: id,
    file: source?.file ?? null,
    line: source?.line ?? null,
    message: `${formatResource(id)} is built by Kustomization ${name} and left alone, as its labels or annotations ask.`,
    fix: null,
  };
}

/** What the object of an application says. It was read before: what is wrong with it was told then. */
function specOf({
  object,
  declaredAt,
  name,
  namespace,
  kind,
}: DeclaredApplication): FluxKustomization | FluxHelmRelease {
  const isRelease = kind === 'flux-helmrelease';
  const [group, version] = String(object['apiVersion'] ?? '').split('/');
  const id = {
    group: group ?? '',
    version: version ?? '',
    kind: isRelease ? 'HelmRelease' : 'Kustomization',
    namespace,
    name,
  };
  const resource: Resource = { id, object, source: declaredAt, lines: new Map(), random: [] };
  const read = isFluxHelmRelease(resource) ? readFluxHelmRelease(resource) : readFluxKustomization(resource);
  if ('kind' in read) return read;
  throw new FairleadError({
    code: 'render-failed',
    message: read[0]?.message ?? `${name} cannot be read.`,
    subject: `${declaredAt.file}:${declaredAt.line}`,
    remedy: read[0]?.fix ?? 'Correct the object.',
  });
}

function sourceless({ name, declaredAt }: DeclaredApplication): FairleadError {
  return new FairleadError({
    code: 'source-missing',
    message: `${name} names a source that is not in this repository, so what it applies cannot be told.`,
    subject: `${declaredAt.file}:${declaredAt.line}`,
    remedy: 'Keep the source in Git beside what uses it, or correct the name.',
  });
}
