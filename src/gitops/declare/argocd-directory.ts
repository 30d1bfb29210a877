import { directoryFilter, skipMarker } from '../../formats/argocd/directory.ts';
import type { DirectoryOptions } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { Rendered, Renderer, RenderInputs } from '../../model/renderer.ts';
import type { Source } from '../../model/resource.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { treeFiles } from '../../tools/tree-files.ts';
import { judgeDocuments, judgeJson, looksLikeManifest } from './argocd-manifest-file.ts';
import { jsonnetRefused, notRendered } from './argocd-refusals.ts';
import type { OpenedSource } from './declared-sources.ts';

/** A folder of plain manifests, and what declares it. */
export interface DirectorySource {
  readonly application: Application;
  readonly opened: OpenedSource;
  readonly declaredAt: Source;
}

interface Tools {
  readonly renderer: Renderer;
  readonly inputs: RenderInputs;
}

const everyManifest: DirectoryOptions = { recurse: false, include: '', exclude: '' };
const nothing: Rendered = { resources: [], hooks: [], findings: [] };

/** How many files are held in memory at once. */
const batch = 500;
/** As many unreadable files as are left out before it is all given up. */
const maxUnreadable = 20;

/**
 * Renders the plain manifests of a folder as Argo CD 3.5 does (reposerver/repository `findManifests`): what is no object is skipped
 * where it does not look like one. Throws what the renderer throws, and `FairleadError` `render-failed` for what Argo CD refuses.
 */
export async function renderDirectory(source: DirectorySource, tools: Tools, signal: AbortSignal): Promise<Rendered> {
  const { tree, folder } = source.opened;
  // Argo CD walks into no link, the folder itself included.
  if (await isLink(tree, folder, signal)) return nothing;
  const files = await manifestsOf(source, signal);
  const { rendered, unread } = await renderReadable(source, files, tools, signal);
  const strange = rendered.findings.flatMap(({ rule, file }) => (rule === 'not-a-resource' ? [file] : []));
  const skipped = new Set<string>();
  for (const file of files.filter(({ path }) => strange.includes(path))) {
    const text = (await readTexts(tree, [file], signal)).get(file.path) ?? '';
    if (judgeDocuments(file.path, text) === 'skipped') skipped.add(file.path);
  }
  const resources = rendered.resources.filter((resource) => !skipped.has(resource.source?.file ?? ''));
  return { resources, hooks: rendered.hooks, findings: [...rendered.findings, ...unread] };
}

/** Whether a path is a symbolic link itself, whatever leads to it. */
export async function isLink(tree: Tree, path: string, signal: AbortSignal): Promise<boolean> {
  const files = treeFiles(tree);
  const slash = path.lastIndexOf('/');
  const parent = await files.resolve(path.slice(0, Math.max(slash, 0)), signal);
  const name = path.slice(slash + 1);
  const own = parent.path === '' ? name : `${parent.path}/${name}`;
  return (await files.resolve(path, signal)).links.includes(own);
}

interface ManifestFile {
  readonly path: string;
  /** Where it is once links are followed. */
  readonly real: string;
}

/** The files of a directory in the order Argo CD walks it, without those that ask to be left out. */
async function manifestsOf({ opened, declaredAt }: DirectorySource, signal: AbortSignal) {
  const { source, tree, folder } = opened;
  const place = await treeFiles(tree).resolve(folder, signal);
  if (place.kind !== 'folder') throw notRendered(`${folder}: app path does not exist`, declaredAt);
  const prefix = place.path === '' ? '' : `${place.path}/`;
  const isWanted = directoryFilter(source.directory ?? everyManifest);
  const paths = tree.entries
    .filter(({ mode, path }) => mode !== '160000' && path.startsWith(prefix) && isWanted(path.slice(prefix.length)))
    .map(({ path }) => path)
    .sort(byWalk);
  const jsonnet = paths.find((path) => path.endsWith('.jsonnet'));
  if (jsonnet !== undefined) throw jsonnetRefused(jsonnet, declaredAt);
  const files = await realFiles(tree, paths, signal);
  const kept: ManifestFile[] = [];
  for (let start = 0; start < files.length; start += batch) {
    const wanted = files.slice(start, start + batch);
    const texts = await readTexts(tree, wanted, signal);
    kept.push(...wanted.filter(({ path }) => isTaken(path, texts.get(path) ?? '')));
  }
  return kept;
}

function isTaken(path: string, text: string): boolean {
  if (text.includes(skipMarker)) return false;
  if (path.endsWith('.json')) judgeJson(path, text);
  return true;
}

/** A folder's entries by name, what is in a folder where its name is due. */
function byWalk(one: string, other: string): number {
  const [left, right] = [one.split('/'), other.split('/')];
  const at = left.findIndex((name, index) => name !== right[index]);
  return (left[at] ?? '') < (right[at] ?? '') ? -1 : 1;
}

/** Links to files are followed; those to folders and to nothing are none. One that leads out is the renderer's to refuse. */
async function realFiles(tree: Tree, paths: readonly string[], signal: AbortSignal): Promise<readonly ManifestFile[]> {
  const found: ManifestFile[] = [];
  for (const path of paths) {
    const { kind, path: real } = await treeFiles(tree).resolve(path, signal);
    if (kind === 'file' || kind === 'outside') found.push({ path, real: kind === 'file' ? real : path });
  }
  return found;
}

async function readTexts(
  tree: Tree,
  files: readonly ManifestFile[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const contents = await tree.read([...new Set(files.map(({ real }) => real))], signal);
  return new Map(files.map(({ path, real }) => [path, Buffer.from(contents.get(real) ?? []).toString()]));
}

interface Readable {
  readonly rendered: Rendered;
  /** What is told of the files that were left out. */
  readonly unread: readonly Finding[];
}

/** Leaves out what cannot be read and looks like no manifest. */
async function renderReadable(
  source: DirectorySource,
  files: readonly ManifestFile[],
  tools: Tools,
  signal: AbortSignal,
): Promise<Readable> {
  const unread = new Map<string | null, Finding>();
  while (unread.size <= maxUnreadable) {
    const left = files.filter(({ path }) => !unread.has(path));
    const tried = await attempt(source, left, tools, signal);
    if ('resources' in tried) return { rendered: tried, unread: [...unread.values()] };
    unread.set(tried.file, tried);
  }
  throw notRendered(`more than ${maxUnreadable} files of ${source.opened.folder} cannot be read`, source.declaredAt);
}

/** What the files give, or the finding of one that is to be left out. */
async function attempt(
  { application, opened: { tree, folder } }: DirectorySource,
  files: readonly ManifestFile[],
  { renderer, inputs }: Tools,
  signal: AbortSignal,
): Promise<Rendered | Finding> {
  if (files.length === 0) return nothing;
  const paths = files.map(({ path }) => path);
  const root = { ...application, root: folder, renderer: 'plain', valuesFiles: [], inputs: paths } as const;
  try {
    return await renderer.render(root, tree, inputs, signal);
  } catch (fault) {
    const finding = await leftOut(fault, { tree, files }, signal);
    if (finding === null) throw fault;
    return finding;
  }
}

/** What to tell of a file that could not be read and is none of Argo CD's; null for every other fault. */
async function leftOut(
  fault: unknown,
  { tree, files }: { readonly tree: Tree; readonly files: readonly ManifestFile[] },
  signal: AbortSignal,
): Promise<Finding | null> {
  if (!(fault instanceof FairleadError) || fault.code !== 'decode-failed') return null;
  const [, path, line] = /^(.*):(\d+)$/.exec(fault.subject) ?? [];
  const file = files.find((one) => one.path === path);
  if (file === undefined) return null;
  const text = (await readTexts(tree, [file], signal)).get(file.path) ?? '';
  // JSON has its own marks, and that there is more of it than is read here is no fault of it.
  if (looksLikeManifest(text) || text.includes('"kind"')) return null;
  return {
    ...{ rule: 'not-a-resource', severity: 'caution', target: null, resource: null },
    ...{ file: file.path, line: Number(line) },
    message: `The file cannot be read and does not look like a manifest, so Argo CD leaves it out: ${fault.message}`,
    fix: fault.remedy,
  };
}
