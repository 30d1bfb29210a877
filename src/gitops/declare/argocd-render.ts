import { directoryFilter, skipMarker } from '../../formats/argocd/directory.ts';
import { kustomizationNames } from '../../formats/kustomization/kustomize-inputs.ts';
import type { DirectoryOptions } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { Rendered, Renderer, RenderInputs } from '../../model/renderer.ts';
import { formatResource, type Resource, resourceKey, type Source } from '../../model/resource.ts';
import type { Application, FolderRenderer } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { treeFiles } from '../../tools/tree-files.ts';
import { type SourceFetchers, sourceFetchersFor } from '../../world/sources/fetchers.ts';
import { argoKustomizationTree } from './argocd-kustomization.ts';
import { documentOf, overrideFromTree } from './argocd-overrides.ts';
import { declarationOf } from './declaration-of.ts';
import { renderHelmSource } from './declared-helm.ts';
import { isReference, type OpenedSource, openSource, placedIn } from './declared-sources.ts';

/** What renderers of declared applications are made of. */
export interface DeclaredRendererParts {
  readonly renderer: (name: FolderRenderer) => Renderer;
  readonly fetchers: SourceFetchers;
}

/**
 * Renders what an Application declares as Argo CD 3.5 does (reposerver/repository `GenerateManifests`): each source by its kind, one
 * after the other; of an object in two of them the later counts.
 */
export function createArgoRenderer(parts: DeclaredRendererParts): Renderer {
  return {
    name: 'argocd',
    detects: () => false,
    render: async (application, tree, inputs, signal) => {
      const { application: declared, origins } = declarationOf(application);
      const fetchers = sourceFetchersFor(parts.fetchers, inputs.unfetched);
      const opening = { application: declared, tree, treeAt: inputs.treeAt, fetchers };
      const opened: OpenedSource[] = [];
      for (const [index, source] of declared.sources.entries()) {
        const one = await openSource(source, origins[index] ?? 'elsewhere', opening, signal);
        opened.push(await withOverrides(one, { index, application }, signal));
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
      return combine(
        rendered,
        opened.flatMap(({ findings }) => findings),
        declared.declaredAt,
      );
    },
  };
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

async function renderSource(job: SourceJob, tools: SourceTools, signal: AbortSignal): Promise<Rendered> {
  const { declaredAt } = declarationOf(job.application).application;
  try {
    const rendered = await renderByKind(job, tools, signal);
    const place = placedIn(job.opened, declaredAt);
    const findings = job.opened.isHere
      ? rendered.findings
      : rendered.findings.map((one) => ({ ...one, ...declaredAt }));
    return { resources: rendered.resources.map(place), hooks: rendered.hooks.map(place), findings };
  } catch (fault) {
    if (!(fault instanceof FairleadError) || job.opened.isHere) throw fault;
    const { code, message, remedy } = fault;
    throw new FairleadError({ code, message, remedy, subject: `${declaredAt.file}:${declaredAt.line}`, cause: fault });
  }
}

async function renderByKind(job: SourceJob, { parts, inputs }: SourceTools, signal: AbortSignal): Promise<Rendered> {
  const { application, opened, refs } = job;
  const { tree, folder, source } = opened;
  const { declaredAt } = declarationOf(application).application;
  if (source.plugin !== null) throw pluginRefused(source.plugin, declaredAt);
  const kind = await kindOf(opened, declaredAt, signal);
  const renderer = parts.renderer(kind);
  switch (kind) {
    case 'helm':
      return renderHelmSource(
        { application, opened, refs, declaredAt },
        // Whatever Helm is told of its release.
        { renderer, inputs: { ...inputs, objectNamespace: inputs.namespace } },
        signal,
      );
    case 'kustomize': {
      const place = { tree, folder, declaredAt };
      const edited = source.kustomize === null ? tree : await argoKustomizationTree(place, source.kustomize, signal);
      const root = { ...application, root: folder, renderer: kind, valuesFiles: [], inputs: [] };
      return renderer.render(root, edited, inputs, signal);
    }
    case 'plain': {
      const files = await manifestsOf(opened, declaredAt, signal);
      if (files.length === 0) return { resources: [], hooks: [], findings: [] };
      const root = { ...application, root: folder, renderer: kind, valuesFiles: [], inputs: files };
      return renderer.render(root, tree, inputs, signal);
    }
    default:
      return kind satisfies never;
  }
}

/** What the options say, else what the folder holds; a kustomization beside a chart counts (util/app/discovery). */
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
  const names = treeFiles(tree).list(place.path);
  if (names.some((name) => kustomizationNames.includes(name))) return 'kustomize';
  return names.includes('Chart.yaml') ? 'helm' : 'plain';
}

const everyManifest: DirectoryOptions = { recurse: false, include: '', exclude: '' };

/** The files of a directory, without those that ask to be left out. */
async function manifestsOf(
  { source, tree, folder }: OpenedSource,
  declaredAt: Source,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const place = await treeFiles(tree).resolve(folder, signal);
  if (place.kind !== 'folder') throw notRendered(`${folder}: app path does not exist`, declaredAt);
  const prefix = place.path === '' ? '' : `${place.path}/`;
  const isWanted = directoryFilter(source.directory ?? everyManifest);
  const paths = tree.entries
    .filter(({ mode, path }) => mode !== '160000' && path.startsWith(prefix) && isWanted(path.slice(prefix.length)))
    .map(({ path }) => path);
  const jsonnet = paths.find((path) => path.endsWith('.jsonnet'));
  if (jsonnet !== undefined) throw jsonnetRefused(jsonnet, declaredAt);
  const kept: string[] = [];
  for (let start = 0; start < paths.length; start += batch) {
    const wanted = paths.slice(start, start + batch);
    const contents = await readAll(tree, wanted, signal);
    kept.push(...wanted.filter((path) => !contents.get(path)?.includes(skipMarker)));
  }
  return kept;
}

/** How many files are held in memory at once. */
const batch = 500;

async function readAll(
  tree: Tree,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const contents = await tree.read(paths, signal);
  return new Map([...contents].map(([path, bytes]) => [path, Buffer.from(bytes)]));
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

function notRendered(why: string, { file, line }: Source): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `Argo CD could not render the application: ${why}.`,
    subject: `${file}:${line}`,
    remedy: 'Correct spec.source of the Application.',
  });
}

function jsonnetRefused(path: string, { file, line }: Source): FairleadError {
  return new FairleadError({
    code: 'refused',
    message: `${path} is jsonnet, which is not evaluated here; the application is not rendered.`,
    subject: `${file}:${line}`,
    remedy: 'Commit what the jsonnet evaluates to, or exclude the file with spec.source.directory.exclude.',
  });
}

function pluginRefused(plugin: string, { file, line }: Source): FairleadError {
  const name = plugin === '' ? 'a plugin' : `the plugin ${plugin}`;
  return new FairleadError({
    code: 'refused',
    message: `It is rendered by ${name}, which runs in Argo CD only; code of a repository is never run here.`,
    subject: `${file}:${line}`,
    remedy: 'Look at the change in Argo CD, or commit what the plugin generates.',
  });
}
