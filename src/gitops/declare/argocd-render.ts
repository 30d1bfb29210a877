import { kustomizationNames } from '../../formats/kustomization/kustomize-inputs.ts';
import type { ArgoCdApi } from '../../model/argocd-api.ts';
import { isReference } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonObject, pick } from '../../model/json.ts';
import type { Rendered, Renderer, RenderInputs } from '../../model/renderer.ts';
import { formatResource, type Resource, resourceKey, type Source } from '../../model/resource.ts';
import type { Application, FolderRenderer } from '../../model/target.ts';
import { treeFiles } from '../../tools/tree-files.ts';
import type { SourceFetchers } from '../../world/sources/fetchers.ts';
import { isLink, renderDirectory } from './argocd-directory.ts';
import { withoutExcluded } from './argocd-excluded.ts';
import { renderKustomizeSource } from './argocd-kustomize.ts';
import { linkFindings } from './argocd-links.ts';
import { documentOf, overrideFromTree } from './argocd-overrides.ts';
import { pluginOf, renderByArgoCd } from './argocd-plugin.ts';
import { judgeObjects } from './argocd-projects.ts';

import { annotationRefused, notAsked, notRendered } from './argocd-refusals.ts';
import { checkSchemes } from './argocd-value-schemes.ts';

import { declarationOf } from './declaration-of.ts';
import { renderHelmSource } from './declared-helm.ts';

import { type DeclaredRender, type OpenedSource, openDeclared } from './declared-sources.ts';
import { renderPlaced } from './placed.ts';

/** What renderers of declared applications are made of. */
export interface DeclaredRendererParts {
  readonly renderer: (name: FolderRenderer) => Renderer;
  readonly fetchers: SourceFetchers;
}

/** What the renderer of Applications is made of. */
export interface ArgoRendererParts extends DeclaredRendererParts {
  /** Argo CD itself, for its plugins; null where it is not asked. */
  readonly argocd: ArgoCdApi | null;
}

/**
 * Renders what an Application declares as Argo CD 3.5 does (reposerver/repository `GenerateManifests`): each source by its kind, one
 * after the other; of an object in two of them the later counts.
 */
export function createArgoRenderer(parts: ArgoRendererParts): Renderer {
  return {
    name: 'argocd',
    detects: () => false,
    render: async (application, tree, inputs, signal) => {
      const declaration = declarationOf(application);
      const { application: declared, restrictions, place = null } = declaration;
      const job = { application, tree, inputs };
      const rendered =
        pluginOf(declared) === null
          ? await renderSources(job, parts, signal)
          : await renderByArgoCd(job, { argocd: parts.argocd, plain: parts.renderer('plain') }, signal);
      const all = withoutExcluded(rendered, declaration);
      if (restrictions === undefined) return all;
      const refused = judgeObjects(declared, { spec: restrictions, place, resources: all.resources, inputs });
      return { ...all, findings: [...all.findings, ...refused] };
    },
  };
}

async function renderSources(
  job: DeclaredRender,
  parts: DeclaredRendererParts,
  signal: AbortSignal,
): Promise<Rendered> {
  const { application, inputs } = job;
  const { application: declared, settings } = declarationOf(application);
  const opened: OpenedSource[] = [];
  for (const one of await openDeclared(job, parts.fetchers, signal)) {
    opened.push(await withOverrides(one, { index: opened.length, application }, signal));
  }
  const refs = new Map(opened.flatMap((one) => (one.source.ref === null ? [] : [[one.source.ref, one] as const])));
  const own = {
    ...inputs,
    namespace: declared.destination.namespace ?? inputs.namespace,
    releaseName: declared.name,
  };
  const rendered: Rendered[] = [];
  for (const one of opened.filter(({ source }) => !isReference(source))) {
    rendered.push(await renderSource({ application, opened: one, refs }, { parts, inputs: own }, signal));
  }
  const areLinksAllowed = settings?.['reposerver.allow.oob.symlinks'] === 'true';
  const links = areLinksAllowed ? [] : await linkFindings(opened, declared.declaredAt, signal);
  return combine(rendered, [...opened.flatMap(({ findings }) => findings), ...links], declared.declaredAt);
}

/** Overrides in the files of the tree were looked at when it was declared; those of others are now. */
async function withOverrides(
  opened: OpenedSource,
  { index, application }: { readonly index: number; readonly application: Application },
  signal: AbortSignal,
): Promise<OpenedSource> {
  if (opened.isHere || isReference(opened.source)) return opened;
  const { application: declared } = declarationOf(application);
  const reading = { controllerNamespace: 'argocd', revisionOf: () => opened.resolved };
  const files = { index, tree: opened.tree, folder: opened.folder, hydrator: 'sync' } as const;
  const changed = await overrideFromTree(
    { application: declared, document: documentOf(declared) },
    files,
    reading,
    signal,
  );
  const [refused] = changed.findings;
  if (changed.application === null)
    throw notRendered(refused?.message ?? 'its overrides cannot be read', declared.declaredAt);
  return { ...opened, source: changed.application.sources[index] ?? opened.source };
}

interface SourceJob {
  readonly application: Application;
  readonly opened: OpenedSource;
  readonly refs: ReadonlyMap<string, OpenedSource>;
}

interface SourceTools {
  readonly parts: DeclaredRendererParts;
  readonly inputs: RenderInputs;
}

function renderSource(job: SourceJob, tools: SourceTools, signal: AbortSignal): Promise<Rendered> {
  const { declaredAt } = declarationOf(job.application).application;
  return renderPlaced({ ...job, declaredAt }, async () => {
    const rendered = await renderByKind(job, tools, signal);
    checkAnnotations(rendered, declaredAt);
    return rendered;
  });
}

async function renderByKind(job: SourceJob, { parts, inputs }: SourceTools, signal: AbortSignal): Promise<Rendered> {
  const { application, opened, refs } = job;
  const { source } = opened;
  const declaration = declarationOf(application);
  const { declaredAt } = declaration.application;
  checkSchemes(source, declaration);
  if (source.plugin !== null) throw notAsked(source.plugin, fromElsewhere, declaredAt);
  const kind = await kindOf(opened, declaredAt, signal);
  const renderer = parts.renderer(kind);
  switch (kind) {
    case 'helm':
      return renderHelmSource(
        { application, opened, refs, declaredAt },
        // Whatever Helm is told of its release.
        { renderer, inputs: { ...inputs, objectNamespace: inputs.namespace }, fetchers: parts.fetchers },
        signal,
      );
    case 'kustomize':
      return renderKustomizeSource({ application, opened, declaredAt }, { renderer, inputs }, signal);
    case 'plain':
      return renderDirectory({ application, opened, declaredAt }, { renderer, inputs }, signal);
    default:
      return kind satisfies never;
  }
}

/** Overrides in files that were fetched are found too late. */
const fromElsewhere = {
  why: 'files of its source in another place name it',
  fix: 'Name the plugin in spec.source.plugin of the Application.',
};

/** What the options say, else the last of the files that tell (util/app/discovery): a kustomization rather than a chart. */
async function kindOf(
  { source, tree, folder }: OpenedSource,
  declaredAt: Source,
  signal: AbortSignal,
): Promise<FolderRenderer> {
  if (source.helm !== null) return 'helm';
  if (source.kustomize !== null) return 'kustomize';
  if (source.directory !== null) return 'plain';
  const place = await treeFiles(tree).resolve(folder, signal);
  if (place.kind !== 'folder') throw notRendered(`${folder}: app path does not exist`, declaredAt);
  if (await isLink(tree, folder, signal)) return 'plain';
  const isChart = (name: string) => name.endsWith('Chart.yaml');
  const told = treeFiles(tree)
    .list(place.path)
    .filter((name) => isChart(name) || kustomizationNames.includes(name));
  const [last] = told.sort().reverse();
  if (last === undefined) return 'plain';
  return isChart(last) ? 'helm' : 'kustomize';
}

/** Throws where an annotation of what Argo CD tracks, which is all but definitions, is no text. */
function checkAnnotations({ resources, hooks }: Rendered, declaredAt: Source): void {
  for (const resource of [...resources, ...hooks]) {
    const annotations = pick(resource.object, 'metadata', 'annotations') ?? null;
    if (annotations === null || resource.id.kind === 'CustomResourceDefinition') continue;
    if (!isJsonObject(annotations)) throw annotationRefused(resource, '', declaredAt);
    const odd = Object.entries(annotations).find(([, value]) => typeof value !== 'string');
    if (odd !== undefined) throw annotationRefused(resource, odd[0], declaredAt);
  }
}

/** Later sources count where one object is in several. */
function combine(parts: readonly Rendered[], findings: readonly Finding[], { file, line }: Source): Rendered {
  const all = parts.flatMap(({ resources }) => resources);
  const last = new Map(all.map((resource) => [resourceKey(resource.id), resource]));
  const repeated = all.filter((resource) => last.get(resourceKey(resource.id)) !== resource);
  return {
    resources: all.filter((resource) => last.get(resourceKey(resource.id)) === resource),
    hooks: parts.flatMap(({ hooks }) => hooks),
    findings: [
      ...findings,
      ...parts.flatMap((part) => part.findings),
      ...repeated.map((resource) => repeatedFinding(resource, { file, line })),
    ],
  };
}

function repeatedFinding({ id, source }: Resource, declaredAt: Source): Finding {
  const { file, line } = source ?? declaredAt;
  return {
    rule: 'argocd-repeated',
    severity: 'caution',
    target: null,
    resource: id,
    file,
    line,
    message: `${formatResource(id)} is rendered more than once; Argo CD takes the last one.`,
    fix: 'Keep it in one place.',
  };
}
