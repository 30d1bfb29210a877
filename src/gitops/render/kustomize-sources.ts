import { stringifyJson } from '../../formats/json.ts';
import { type KustomizeInputs, kustomizeInputs } from '../../formats/kustomization/kustomize-inputs.ts';
import type { NamedChart, NamedRemote } from '../../formats/kustomization/named-reference.ts';
import {
  parseRepositoryReference,
  type RepositoryReference,
} from '../../formats/kustomization/repository-reference.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonList, isJsonObject, type JsonObject, pick } from '../../model/json.ts';
import type { Tree } from '../../model/tree.ts';
import { mountTrees, overlayFiles } from '../../tools/mount-trees.ts';
import { type FetchedRoot, fetchedFolder, fetchedFor } from '../../world/sources/asked-for.ts';
import type { Fetchers, FetchFile } from '../../world/sources/fetchers.ts';
import { unpinnedChart } from './helm-dependencies.ts';
import { refuseForbidden, tooMany } from './refuse.ts';
import { refuseRemote } from './remote.ts';
import { isFileAddress, isRemoteFile, shownFile, unpinnedBase, unpinnedFile } from './remote-bases.ts';

/** All that a kustomization is built from, fetched where it has to be. */
export interface KustomizeSources {
  readonly tree: Tree;
  readonly closure: KustomizeInputs;
  readonly fetched: readonly FetchedRoot[];
  readonly findings: readonly Finding[];
}

type Gathered = Omit<KustomizeSources, 'closure'>;

/** Bases that name further bases, in as many steps. */
const MAX_ROUNDS = 10;

/** More than people name; each costs a look at its source. */
const MAX_FETCHED = 100;

/** Which kustomization. */
interface Wanted {
  readonly root: string;
  readonly tree: Tree;
  /** Whether kustomize is told `--enable-helm`. */
  readonly inflatesCharts: boolean;
}

/**
 * Finds what a kustomization reads, and fetches the charts and bases that are not in the repository, and what those name. Throws
 * `refused`, `remote-reference` for what is not fetched, `render-failed` for charts that are not inflated, and what fetching throws.
 */
export async function gatherSources(
  { root, tree, inflatesCharts }: Wanted,
  fetchers: Fetchers,
  signal: AbortSignal,
): Promise<KustomizeSources> {
  let gathered: Gathered = { tree, fetched: [], findings: [] };
  for (let round = 0; ; round++) {
    const repositories = gathered.fetched.map((fetched) => fetched.root).filter(isRepository);
    const closure = await kustomizeInputs({ tree: gathered.tree, root, readYaml: decodeYaml, repositories }, signal);
    refuseForbidden(closure, { inflatesCharts });
    const isLast = round === MAX_ROUNDS;
    refuseRemote({
      remote: closure.remote.filter((remote) => isLast || !isFetched(remote, fetchers)),
      charts: closure.charts.filter(() => isLast || fetchers.fetchChart === null),
    });
    const wanted = closure.remote.length + closure.charts.length;
    if (wanted === 0) return { ...gathered, closure };
    if (gathered.fetched.length + wanted > MAX_FETCHED)
      throw tooMany(root, `name more than ${MAX_FETCHED} charts and bases elsewhere`);
    for (const chart of closure.charts) gathered = await addChart(gathered, chart, fetchers, signal);
    for (const remote of closure.remote) gathered = await addRemote(gathered, remote, fetchers, signal);
  }
}

function isRepository(folder: string): boolean {
  return folder.includes(`${fetchedFolder}/git/`);
}

function isFetched(remote: NamedRemote, { fetchGit, fetchFile }: Fetchers): boolean {
  if (isRemoteFile(remote)) return fetchFile !== null;
  return fetchGit !== null && repositoryOf(remote) !== null;
}

/** The repository of a reference, null for what kustomize gets over HTTP as a file, or could not name a folder with. */
function repositoryOf({ reference, pointer }: NamedRemote): RepositoryReference | null {
  const isBase = /^\/(?:resources|bases|components)\/\d+$/.test(pointer);
  return isFileAddress(reference) || !isBase ? null : parseRepositoryReference(reference);
}

async function addChart(
  known: Gathered,
  { chart, folder, file, line }: NamedChart,
  { fetchChart }: Fetchers,
  signal: AbortSignal,
): Promise<Gathered> {
  if (fetchChart === null || known.fetched.some(({ root }) => root === folder)) return known;
  const { name, version } = chart;
  const repository = chart.repo.replace(/\/$/, '');
  const askedAt = { file, line };
  const asked = { what: `the chart ${name} ${version} of ${repository}`, place: askedAt, fetched: known.fetched };
  const { tree, resolved, isPinned } = await fetchedFor(asked, () =>
    fetchChart({ repository, name, version, digest: null }, signal),
  );
  const finding = isPinned ? [] : [unpinnedChart({ name, repository, version, resolved }, askedAt)];
  return {
    tree: mountTrees(known.tree, [{ path: folder, tree }]),
    fetched: [...known.fetched, { root: folder, askedAt }],
    findings: [...known.findings, ...finding],
  };
}

async function addRemote(
  known: Gathered,
  remote: NamedRemote,
  { fetchGit, fetchFile }: Fetchers,
  signal: AbortSignal,
): Promise<Gathered> {
  if (isRemoteFile(remote)) return fetchFile === null ? known : addFile(known, remote, fetchFile, signal);
  const wanted = repositoryOf(remote);
  if (fetchGit === null || wanted === null) return known;
  const asked = { what: remote.reference, place: remote, fetched: known.fetched };
  const { tree, resolved, isPinned } = await fetchedFor(asked, () =>
    fetchGit({ url: wanted.url, revision: wanted.revision, reads: 'name' }, signal),
  );
  // Below the repository that names it, out of which nothing leads.
  const above = known.fetched.findLast(({ root }) => isRepository(root) && `${remote.folder}/`.startsWith(`${root}/`));
  const root = `${above === undefined ? '' : `${above.root}/`}${fetchedFolder}/git/${known.fetched.length}`;
  const up = '../'.repeat(remote.folder === '' ? 0 : remote.folder.split('/').length);
  return {
    tree: await pointTo(mountTrees(known.tree, [{ path: root, tree }]), remote, `${up}${root}/${wanted.path}`, signal),
    fetched: [...known.fetched, { root, askedAt: { file: remote.file, line: remote.line } }],
    findings: [...known.findings, ...(isPinned ? [] : [unpinnedBase(remote, wanted, resolved)])],
  };
}

/** Below the kustomization that names it: kustomize reads files from nowhere else. */
async function addFile(
  known: Gathered,
  remote: NamedRemote,
  fetchFile: FetchFile,
  signal: AbortSignal,
): Promise<Gathered> {
  const { reference: url, file, line } = remote;
  const asked = { what: shownFile(remote), place: remote, fetched: known.fetched };
  const { tree, isPinned, path } = await fetchedFor(asked, async () => {
    const found = await fetchFile({ url }, signal);
    const path = found.tree.entries[0]?.path ?? '';
    // What is no YAML kustomize would try to clone.
    const bytes = (await found.tree.read([path], signal)).get(path) ?? new Uint8Array();
    decodeYaml({ file: shownFile(remote), bytes });
    return { ...found, path };
  });
  const below = `${fetchedFolder}/file/${known.fetched.length}`;
  const root = remote.folder === '' ? below : `${remote.folder}/${below}`;
  const mounted = mountTrees(known.tree, [{ path: root, tree }]);
  return {
    tree: await pointTo(mounted, remote, `${below}/${path}`, signal),
    fetched: [...known.fetched, { root, askedAt: { file, line } }],
    findings: [...known.findings, ...(isPinned ? [] : [unpinnedFile(remote)])],
  };
}

/** Lays a kustomization that names what was fetched, by its path from there, over the one that names where it came from. */
async function pointTo(tree: Tree, remote: NamedRemote, to: string, signal: AbortSignal): Promise<Tree> {
  const { file, pointer } = remote;
  const bytes = (await tree.read([file], signal)).get(file) ?? new Uint8Array();
  const value = decodeYaml({ file, bytes })[0]?.value;
  const [, field = '', index = ''] = pointer.split('/');
  const list = pick(value, field);
  if (!isJsonObject(value) || !isJsonList(list)) return tree;
  const changed: JsonObject = { ...value, [field]: list.with(Number(index), to) };
  return overlayFiles(tree, new Map([[file, new TextEncoder().encode(stringifyJson(changed))]]));
}
